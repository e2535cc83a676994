//! `hutong payroll`: standards, runs, files, tasks, budget and insurance.

mod arguments;
mod bank;
mod budget;
mod client;
mod insurance;
mod payees;
mod payments;
mod runs;
mod standards;
mod tasks;

pub(super) use arguments::PayrollCommand;
pub(super) use client::yuan;
pub(super) use runs::year_table;

use super::arguments::Global;

pub(super) async fn run(global: Global, command: PayrollCommand) -> anyhow::Result<()> {
    match command {
        PayrollCommand::Standard(command) => standards::run(global, command).await,
        PayrollCommand::Payees(arguments) => payees::run(global, arguments).await,
        PayrollCommand::Run(arguments) => runs::run(global, arguments).await,
        PayrollCommand::Approve(arguments) => runs::approve(global, arguments).await,
        PayrollCommand::Cancel(arguments) => runs::cancel(global, arguments).await,
        PayrollCommand::Show(arguments) => runs::show(global, arguments).await,
        PayrollCommand::List(arguments) => runs::list(global, arguments).await,
        PayrollCommand::Year(arguments) => runs::year(global, arguments).await,
        PayrollCommand::Reconcile(arguments) => runs::reconcile(global, arguments).await,
        PayrollCommand::Recompute(arguments) => runs::recompute(global, arguments).await,
        PayrollCommand::File(arguments) => payments::file(global, arguments).await,
        PayrollCommand::Result(arguments) => payments::result(global, arguments).await,
        PayrollCommand::Unknown(arguments) => payments::unknown(global, arguments).await,
        PayrollCommand::Payments(arguments) => payments::list(global, arguments).await,
        PayrollCommand::Explain(arguments) => payments::explain(global, arguments).await,
        PayrollCommand::Tasks(arguments) => tasks::list(global, arguments).await,
        PayrollCommand::Decide(arguments) => tasks::decide(global, arguments).await,
        PayrollCommand::Budget(arguments) => budget::show(global, arguments).await,
        PayrollCommand::Funds(arguments) => budget::record(global, arguments).await,
        PayrollCommand::Insurance(command) => insurance::run(global, command).await,
        PayrollCommand::Bank(arguments) => bank::run(&arguments),
    }
}
