use anyhow::Context;
use contract::label::Labelled as _;
use contract::subsidies::v1;
use contract::subsidies::v1::standard_service_client::StandardServiceClient;
use kernel::Fen;
use serde_json::json;
use tonic::Code;

use super::super::arguments::Global;
use super::super::reach::City;
use super::super::say::say;
use super::super::table::table;
use super::arguments::{PublishArguments, StandardCommand};
use super::client::{door, month, request_id, yuan};
use crate::payroll::read_standards;

pub(super) async fn run(global: Global, command: StandardCommand) -> anyhow::Result<()> {
    match command {
        StandardCommand::Publish(arguments) => publish(&global, arguments).await,
        StandardCommand::List(arguments) => {
            let mut client = StandardServiceClient::new(door(&global, &arguments.reach, "").await?);
            let standards = client.list_standards(v1::ListStandardsRequest::default()).await?.into_inner().standards;
            if arguments.json {
                for one in &standards {
                    say!(
                        "{}",
                        json!({
                            "id": one.id, "tier": one.tier().label().en, "area": one.area, "from_month": month(one.from_month.as_ref()),
                            "monthly_fen": one.monthly_fen, "previous_fen": one.previous_fen, "growth_permille": one.growth_permille,
                            "legal_basis": one.legal_basis,
                        })
                    );
                }
                return Ok(());
            }
            let mut rows = table(["tier", "area", "from", "yuan a month", "growth", "legal basis"], &[3, 4]);
            for one in &standards {
                let growth = match one.previous_fen {
                    0 => String::new(),
                    _ => format!("{:.1} %", f64::from(one.growth_permille) / 10.0),
                };
                rows.add_row([
                    one.tier().label().zh,
                    one.area.clone(),
                    month(one.from_month.as_ref()),
                    yuan(one.monthly_fen),
                    growth,
                    one.legal_basis.clone(),
                ]);
            }
            say!("{rows}");
            Ok(())
        }
    }
}

async fn publish(global: &Global, arguments: PublishArguments) -> anyhow::Result<()> {
    let settings = City::reach(global, None)?.config;
    let city = settings.city.division.padded();
    let mut client = StandardServiceClient::new(door(global, &arguments.reach, "").await?);
    let entries = match &arguments.file {
        Some(file) => {
            let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            read_standards(&text, &city).with_context(|| file.display().to_string())?
        }
        None => vec![v1::PublishStandardRequest {
            request_id: request_id(),
            tier: arguments.tier.map_or(0, |tier| tier.tier().number()),
            area: arguments.area.clone().unwrap_or_else(|| city.clone()),
            from_month: arguments.from.map(contract::date::from_month),
            monthly_fen: arguments.yuan.map_or(0, Fen::as_fen),
            legal_basis: arguments.basis.clone().unwrap_or_default(),
        }],
    };
    let (mut published, mut known) = (0, 0);
    for entry in entries {
        match client.publish_standard(entry).await {
            Ok(_) => published += 1,
            Err(status) if status.code() == Code::AlreadyExists && arguments.file.is_some() => known += 1,
            Err(status) => return Err(status.into()),
        }
    }
    say!("{published} published, {known} counted already.");
    Ok(())
}
