use contract::label::Labelled as _;
use contract::subsidies::v1;
use contract::subsidies::v1::payment_task_service_client::PaymentTaskServiceClient;
use serde_json::json;

use super::super::arguments::Global;
use super::super::say::say;
use super::super::table::table;
use super::arguments::{DecideArguments, OutcomeName, TasksArguments};
use super::client::{door, month, request_id, yuan};

pub(super) async fn list(global: Global, arguments: TasksArguments) -> anyhow::Result<()> {
    let mut client = PaymentTaskServiceClient::new(door(&global, &arguments.reach, "").await?);
    let mut rows = table(["task", "child", "county", "what", "month", "yuan", "due on", "decided"], &[5]);
    let mut page_token = String::new();
    loop {
        let request = v1::ListPaymentTasksRequest { decided: arguments.all, page_size: 500, page_token };
        let page = client.list_payment_tasks(request).await?.into_inner();
        for one in &page.tasks {
            let due =
                one.due_on.map(|day| format!("{:04}-{:02}-{:02}", day.year, day.month, day.day)).unwrap_or_default();
            let decided = match one.outcome() {
                v1::PaymentTaskOutcome::Unspecified => String::new(),
                outcome => format!("{} {}", outcome.label().zh, one.decided_by),
            };
            if arguments.json {
                say!(
                    "{}",
                    json!({ "id": one.id, "kind": one.kind().as_str_name(), "child": one.child, "county": one.county,
                    "payment": one.payment, "month": month(one.month.as_ref()), "amount_fen": one.amount_fen, "due_on": due,
                    "outcome": one.outcome().as_str_name(), "decided_by": one.decided_by })
                );
                continue;
            }
            rows.add_row([
                one.id.clone(),
                one.child.clone(),
                one.county.clone(),
                one.kind().label().zh,
                month(one.month.as_ref()),
                yuan(one.amount_fen),
                due,
                decided,
            ]);
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    if !arguments.json {
        say!("{rows}");
    }
    Ok(())
}

pub(super) async fn decide(global: Global, arguments: DecideArguments) -> anyhow::Result<()> {
    let mut client = PaymentTaskServiceClient::new(door(&global, &arguments.reach, &arguments.actor).await?);
    let outcome = match arguments.outcome {
        OutcomeName::PayAgain => v1::PaymentTaskOutcome::PayAgain,
        OutcomeName::WriteOff => v1::PaymentTaskOutcome::WriteOff,
        OutcomeName::Recovered => v1::PaymentTaskOutcome::Recovered,
        OutcomeName::Waived => v1::PaymentTaskOutcome::Waived,
    };
    let request = v1::DecidePaymentTaskRequest {
        request_id: request_id(),
        task: arguments.task,
        outcome: outcome.into(),
        note: arguments.note,
    };
    let task = client.decide_payment_task(request).await?.into_inner().task.unwrap_or_default();
    say!("{} yuan: {} {}", yuan(task.amount_fen), task.outcome().label().zh, task.outcome().label().en);
    Ok(())
}
