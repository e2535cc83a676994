use contract::audit::v1::audit_service_server::{AuditService, AuditServiceServer};
use contract::audit::v1::{
    Call, CallTotals, Decision, GetCallRequest, GetCallResponse, ListCallsRequest, ListCallsResponse,
    ListUnusualRequest, ListUnusualResponse, UnusualAccess, UnusualPattern,
};
use contract::date::{instant, timestamp};
use kernel::ErrorCode;
use platform::error::ServiceError;
use platform::page;
use prost::Message as _;
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::list::Listed;
use super::places::Places;
use super::unusual::{self, FoundFilter};
use super::{AuditLog, CallFilter, SealedCall, Totals};

/// Entries on a page, if nobody says how many.
const PAGE: u64 = 50;
/// Children of an entry in a list at most: a page is no export of its own.
const CHILDREN: u64 = 50;

/// `hutong.audit.v1.AuditService` for the services behind one door.
#[derive(Debug, Clone)]
pub struct AuditHandler {
    audits: Vec<AuditLog>,
}

impl AuditHandler {
    /// The service for these audits.
    #[must_use]
    pub fn service(mut audits: Vec<AuditLog>) -> AuditServiceServer<Self> {
        audits.sort_by(|one, other| one.service().cmp(other.service()));
        AuditServiceServer::new(Self { audits })
    }

    /// The newest entries of all audits before those places, and the places after them where there are more.
    async fn page(
        &self,
        filter: &CallFilter,
        places: Places,
        size: u64,
    ) -> Result<(Vec<Call>, Option<Places>), ServiceError> {
        let mut found = Vec::with_capacity(self.audits.len());
        for audit in &self.audits {
            let before = places.before(audit.service());
            found.push((audit.service(), audit.list(filter, before, size + 1, CHILDREN).await?));
        }
        let (page, next) = places.page(found, size, |listed| (listed.call.at, listed.call.sequence));
        Ok((page.into_iter().map(|(service, listed)| message(&service, listed)).collect(), next))
    }

    /// As [`Self::page`], of what was unusual.
    async fn unusual_page(
        &self,
        filter: &FoundFilter,
        places: Places,
        size: u64,
    ) -> Result<(Vec<UnusualAccess>, Option<Places>), ServiceError> {
        let mut found = Vec::with_capacity(self.audits.len());
        for audit in &self.audits {
            let before = places.before(audit.service());
            found.push((audit.service(), audit.unusual(filter, before, size + 1).await?));
        }
        let (page, next) = places.page(found, size, |listed| (listed.told_at, listed.number));
        Ok((page.into_iter().map(|(service, listed)| unusual_message(service, listed)).collect(), next))
    }

    async fn totals(&self, filter: &CallFilter) -> Result<CallTotals, ServiceError> {
        let mut sum = CallTotals::default();
        for audit in &self.audits {
            let Totals { by_decision, children } = audit.totals(filter).await?;
            let of = |decision: Decision| by_decision.get(&i64::from(i32::from(decision))).copied().unwrap_or_default();
            sum.allowed += of(Decision::Allowed);
            sum.redacted += of(Decision::Redacted);
            sum.refused += of(Decision::Refused);
            sum.failed += of(Decision::Failed);
            sum.children += children;
        }
        Ok(sum)
    }
}

#[tonic::async_trait]
impl AuditService for AuditHandler {
    async fn list_calls(&self, request: Request<ListCallsRequest>) -> Result<Response<ListCallsResponse>, Status> {
        let request = request.into_inner();
        let filter = filter(&request);
        let size = page::size_or(request.page_size, PAGE);
        let token = request.page_token.clone();
        let filters = ListCallsRequest { page_size: 0, page_token: String::new(), with_totals: false, ..request };
        let filters = filters.encode_to_vec();
        let places = Places::read(&token, &filters)?;
        let (calls, next) = self.page(&filter, places, size).await?;
        let totals = if request.with_totals { Some(self.totals(&filter).await?) } else { None };
        let next_page_token = next.map(|places| places.write(&filters)).unwrap_or_default();
        Ok(Response::new(ListCallsResponse { calls, next_page_token, totals }))
    }

    async fn get_call(&self, request: Request<GetCallRequest>) -> Result<Response<GetCallResponse>, Status> {
        let GetCallRequest { service, sequence } = request.into_inner();
        let none = || ServiceError::new(ErrorCode::NotFound, "ENTRY_NOT_FOUND", "the audit has no such entry");
        let audit = self.audits.iter().find(|audit| audit.service() == service).ok_or_else(none)?;
        let call = audit.get(sequence).await?.ok_or_else(none)?;
        let child_count = call.children.len() as u64;
        Ok(Response::new(GetCallResponse { call: Some(message(&service, Listed { call, child_count })) }))
    }

    async fn list_unusual(
        &self,
        request: Request<ListUnusualRequest>,
    ) -> Result<Response<ListUnusualResponse>, Status> {
        let request = request.into_inner();
        let pattern = Some(request.pattern()).filter(|pattern| *pattern != UnusualPattern::Unspecified);
        let filter = FoundFilter { caller: request.caller.clone(), pattern };
        let size = page::size_or(request.page_size, PAGE);
        let token = request.page_token.clone();
        let filters = ListUnusualRequest { page_size: 0, page_token: String::new(), ..request }.encode_to_vec();
        let places = Places::read(&token, &filters)?;
        let (unusual, next) = self.unusual_page(&filter, places, size).await?;
        let next_page_token = next.map(|places| places.write(&filters)).unwrap_or_default();
        Ok(Response::new(ListUnusualResponse { unusual, next_page_token }))
    }
}

fn filter(request: &ListCallsRequest) -> CallFilter {
    CallFilter {
        // The contract's rules have let a UUID through, or nothing.
        child: Uuid::try_parse(&request.child).ok(),
        caller: request.caller.clone(),
        actor: request.actor.clone(),
        decision: Some(request.decision()).filter(|decision| *decision != Decision::Unspecified),
        from: request.from.as_ref().map(instant),
        until: request.until.as_ref().map(instant),
    }
}

fn message(service: &str, Listed { call, child_count }: Listed) -> Call {
    let SealedCall { sequence, id, at, caller, actor, method, purpose, decision, reason, fields, trace, calls, .. } =
        call;
    Call {
        service: service.to_owned(),
        sequence,
        id: id.to_string(),
        time: Some(timestamp(at)),
        caller,
        actor,
        method,
        purpose,
        decision: i32::try_from(decision).unwrap_or_default(),
        reason,
        fields: fields.split(',').filter(|field| !field.is_empty()).map(str::to_owned).collect(),
        children: call.children.iter().map(Uuid::to_string).collect(),
        child_count: u32::try_from(child_count).unwrap_or(u32::MAX),
        trace,
        calls: u64::try_from(calls).unwrap_or_default(),
    }
}

fn unusual_message(service: String, listed: unusual::Listed) -> UnusualAccess {
    UnusualAccess {
        service,
        id: listed.id.to_string(),
        pattern: listed.pattern.into(),
        caller: listed.caller,
        actor: listed.actor,
        from: Some(timestamp(listed.first)),
        until: Some(timestamp(listed.last)),
        calls: listed.calls,
        children: listed.children,
        told_at: Some(timestamp(listed.told_at)),
        over: listed.is_over,
    }
}
