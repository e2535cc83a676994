use contract::label::Labelled as _;
use contract::subsidies::v1;
use contract::subsidies::v1::budget_service_client::BudgetServiceClient;
use serde_json::json;

use super::super::arguments::Global;
use super::super::say::say;
use super::super::table::table;
use super::arguments::{FundsArguments, YearArguments};
use super::client::{door, month, request_id, today, yuan};

pub(super) async fn show(global: Global, arguments: YearArguments) -> anyhow::Result<()> {
    let mut client = BudgetServiceClient::new(door(&global, &arguments.reach, "").await?);
    let request = v1::GetBudgetRequest { year: arguments.year, county: String::new() };
    let lines = client.get_budget(request).await?.into_inner().lines;
    if arguments.json {
        for one in &lines {
            say!(
                "{}",
                json!({ "county": one.county, "tier": one.tier().as_str_name(), "received_fen": one.received_fen,
                "committed_fen": one.committed_fen, "paid_fen": one.paid_fen, "forecast_fen": one.forecast_fen,
                "short_from_month": one.short_from_month.as_ref().map(|date| month(Some(date))) })
            );
        }
        return Ok(());
    }
    let header = ["county", "tier", "received", "committed", "paid", "forecast for the year", "short from"];
    let mut rows = table(header, &[2, 3, 4, 5]);
    for one in &lines {
        rows.add_row([
            one.county.clone(),
            one.tier().label().zh,
            yuan(one.received_fen),
            yuan(one.committed_fen),
            yuan(one.paid_fen),
            yuan(one.forecast_fen),
            month(one.short_from_month.as_ref()),
        ]);
    }
    say!("{rows}");
    Ok(())
}

pub(super) async fn record(global: Global, arguments: FundsArguments) -> anyhow::Result<()> {
    let mut client = BudgetServiceClient::new(door(&global, &arguments.reach, "").await?);
    let request = v1::RecordFundsRequest {
        request_id: request_id(),
        county: arguments.county,
        tier: arguments.tier.tier().number(),
        year: arguments.year,
        amount_fen: arguments.yuan.as_fen(),
        reference: arguments.reference,
        received_on: Some(today()),
    };
    let received = client.record_funds(request).await?.into_inner().received_fen;
    say!("{} yuan were received in {} in all.", yuan(received), arguments.year);
    Ok(())
}
