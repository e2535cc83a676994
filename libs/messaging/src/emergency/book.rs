use platform::database::Rows;
use platform::error::ServiceError;
use sea_orm::sea_query::UpdateStatement;

use super::store::Written;
use crate::journal::{Context, Journal, RequestKey, UseCase, Workspace};

/// Where emergencies are written: the journal of a service, whatever its workspace.
#[async_trait::async_trait]
pub(super) trait Book: std::fmt::Debug + Send + Sync {
    async fn open(&self, written: Written) -> Result<(), ServiceError>;
    async fn change(&self, update: UpdateStatement) -> Result<(), ServiceError>;
}

#[async_trait::async_trait]
impl<W: Workspace> Book for Journal<W> {
    async fn open(&self, written: Written) -> Result<(), ServiceError> {
        self.submit(OpenEmergency(written), RequestKey::none("OpenEmergency")).await
    }

    async fn change(&self, update: UpdateStatement) -> Result<(), ServiceError> {
        self.submit(ChangeEmergency(update), RequestKey::none("ChangeEmergency")).await
    }
}

struct OpenEmergency(Written);

impl<W: Workspace> UseCase<W> for OpenEmergency {
    type Reply = ();

    fn needs(&self, _: &mut W::Needs) {}

    fn decide(&self, _: &mut W, context: &mut Context<'_>) -> Result<(), ServiceError> {
        let Written { id, opened_at, caller, method, sealed, review_due } = &self.0;
        context.insert(
            Rows::new("emergency")
                .uuid("id", vec![*id])
                .int("opened_at", vec![opened_at.as_micros()])
                .text("caller", vec![caller.clone()])
                .text("method", vec![method.clone()])
                .blob("sealed", vec![sealed.clone()])
                .int("review_due", vec![review_due.as_micros()]),
        );
        Ok(())
    }
}

/// A change that says itself on which row it may be made.
struct ChangeEmergency(UpdateStatement);

impl<W: Workspace> UseCase<W> for ChangeEmergency {
    type Reply = ();

    fn needs(&self, _: &mut W::Needs) {}

    fn decide(&self, _: &mut W, context: &mut Context<'_>) -> Result<(), ServiceError> {
        context.change(self.0.clone());
        Ok(())
    }
}
