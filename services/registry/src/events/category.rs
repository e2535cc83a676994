//! What happened on a category's path. No event names the category.

use contract::date::from_date;
use contract::registry::v1;
use messaging::journal::Context;

use crate::domain::CategoryApplication;
use crate::domain::application::{ApplicationState, Due, Step};

/// An application came in.
pub fn submitted(application: &CategoryApplication, context: &mut Context<'_>) {
    context.record(&v1::CategorySubmitted {
        child: application.child.to_string(),
        county: application.county.to_string(),
        application: application.id.to_string(),
        received_on: Some(from_date(application.submission.received_on)),
        due_on: due_on(application),
    });
}

/// A township checked it.
pub fn checked(application: &CategoryApplication, context: &mut Context<'_>) {
    context.record(&v1::CategoryChecked {
        child: application.child.to_string(),
        county: application.county.to_string(),
        application: application.id.to_string(),
        checked_on: application.check.as_ref().map(|check| from_date(check.on)),
        due_on: due_on(application),
    });
}

/// The county refused it.
pub fn refused(application: &CategoryApplication, context: &mut Context<'_>) {
    if let ApplicationState::Refused { decision } = &application.state {
        context.record(&v1::CategoryRefused {
            child: application.child.to_string(),
            county: application.county.to_string(),
            application: application.id.to_string(),
            refused_on: Some(from_date(decision.on)),
        });
    }
}

/// It was withdrawn.
pub fn withdrawn(application: &CategoryApplication, context: &mut Context<'_>) {
    if let ApplicationState::Withdrawn { on } = &application.state {
        context.record(&v1::CategoryWithdrawn {
            child: application.child.to_string(),
            county: application.county.to_string(),
            application: application.id.to_string(),
            withdrawn_on: Some(from_date(*on)),
        });
    }
}

/// A step of it is late; `due` is what it had.
pub fn overdue(application: &CategoryApplication, step: Step, due: Due, context: &mut Context<'_>) {
    context.record(&v1::CategoryOverdue {
        child: application.child.to_string(),
        county: application.county.to_string(),
        application: application.id.to_string(),
        step: step.number(),
        due_on: Some(from_date(due.last_day)),
        reminders: i32::try_from(due.reminders + 1).unwrap_or(i32::MAX),
    });
}

fn due_on(application: &CategoryApplication) -> Option<contract::google::r#type::Date> {
    application.waiting().map(|(_, due)| from_date(due.last_day))
}
