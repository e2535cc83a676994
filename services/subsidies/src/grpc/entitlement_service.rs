use std::sync::Arc;

use contract::subsidies::v1;
use contract::subsidies::v1::entitlement_service_server::EntitlementService;
use kernel::Fen;
use messaging::mutation::Mutation;
use platform::error::ServiceError;
use platform::request::{Violations, id, month, reason};
use tonic::{Request, Response, Status};

use super::request::optional_month;
use crate::app::Application;
use crate::app::entitlement::{RecordOtherGrant, SetPayees};
use crate::domain::file::OtherGrant;
use crate::store::payee::Payee;

/// Longest text of a payee's.
const LONGEST: usize = 60;

/// Tells what a child is due and to whom it is paid.
#[derive(Clone, Debug)]
pub struct EntitlementEndpoint {
    application: Arc<Application>,
}

impl EntitlementEndpoint {
    /// The service over these use cases.
    #[must_use]
    pub fn new(application: Arc<Application>) -> Self {
        Self { application }
    }
}

#[tonic::async_trait]
impl EntitlementService for EntitlementEndpoint {
    async fn get_entitlement(
        &self,
        request: Request<v1::GetEntitlementRequest>,
    ) -> Result<Response<v1::GetEntitlementResponse>, Status> {
        let child = id("child", &request.into_inner().child)?;
        Ok(Response::new(self.application.get_entitlement(child).await?))
    }

    async fn record_other_grant(
        &self,
        request: Request<v1::RecordOtherGrantRequest>,
    ) -> Result<Response<v1::RecordOtherGrantResponse>, Status> {
        let mutation = Mutation::of(&self.application, "RecordOtherGrant", &request, |r| &r.request_id)?;
        let request = request.into_inner();
        let from = month("from_month", request.from_month.as_ref())?;
        let until = optional_month("until_month", request.until_month.as_ref())?;
        if until.is_some_and(|until| until <= from) {
            return Err(ServiceError::invalid("until_month", "INVALID_FIELDS", "must be after from_month").into());
        }
        let grant = OtherGrant {
            monthly: Fen::new(request.monthly_fen),
            from,
            until,
            source: reason("source", &request.source)?,
        };
        mutation.submit(RecordOtherGrant { child: id("child", &request.child)?, grant }).await
    }

    async fn set_payees(
        &self,
        request: Request<v1::SetPayeesRequest>,
    ) -> Result<Response<v1::SetPayeesResponse>, Status> {
        let mutation = Mutation::of(&self.application, "SetPayees", &request, |r| &r.request_id)?;
        let mut violations = Violations::default();
        let mut payees = Vec::new();
        for (index, one) in request.into_inner().payees.into_iter().enumerate() {
            let child = id(&format!("payees[{index}].child"), &one.child)?;
            let payee = one.payee.unwrap_or_default();
            let text = |name: &str, text: &str, violations: &mut Violations| {
                let text = text.trim().to_owned();
                if text.is_empty() || text.chars().count() > LONGEST {
                    let field = format!("payees[{index}].payee.{name}");
                    violations.add(field, "INVALID_FIELDS", format!("must have 1 to {LONGEST} characters"));
                }
                text
            };
            let payee = Payee {
                holder: text("holder", &payee.holder, &mut violations),
                bank: text("bank", &payee.bank, &mut violations),
                account: text("account", &payee.account, &mut violations),
            };
            if !payee.account.bytes().all(|byte| byte.is_ascii_digit()) {
                let field = format!("payees[{index}].payee.account");
                violations.add(field, "INVALID_FIELDS", "must be digits alone");
            }
            payees.push((child, payee));
        }
        violations.none()?;
        mutation.submit(SetPayees { payees }).await
    }

    async fn get_payee(&self, request: Request<v1::GetPayeeRequest>) -> Result<Response<v1::GetPayeeResponse>, Status> {
        let child = id("child", &request.into_inner().child)?;
        Ok(Response::new(v1::GetPayeeResponse { payee: Some(self.application.get_payee(child).await?) }))
    }
}
