//! What a person must decide about money.

mod decide_task;
mod list_tasks;

pub use decide_task::DecideTask;
