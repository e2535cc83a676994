use anyhow::Context;
use contract::label::Labelled as _;
use contract::subsidies::v1;
use contract::subsidies::v1::standard_service_client::StandardServiceClient;
use kernel::{Fen, Month, Tier};
use serde::Deserialize;
use serde_json::json;
use tonic::Code;

use super::super::arguments::Global;
use super::super::reach::City;
use super::super::say::say;
use super::super::table::table;
use super::arguments::{PublishArguments, StandardCommand};
use super::client::{door, month, request_id, yuan};

/// A file of standards.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StandardsFile {
    standard: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    tier: String,
    from: String,
    yuan: String,
    basis: String,
    area: Option<String>,
}

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
    let city = &city[..6];
    let mut client = StandardServiceClient::new(door(global, &arguments.reach, "").await?);
    let entries = match &arguments.file {
        Some(file) => {
            let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            read(&text, city).with_context(|| file.display().to_string())?
        }
        None => vec![v1::PublishStandardRequest {
            request_id: request_id(),
            tier: arguments.tier.map_or(0, |tier| tier.tier().number()),
            area: arguments.area.clone().unwrap_or_else(|| city.to_owned()),
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

fn read(text: &str, city: &str) -> anyhow::Result<Vec<v1::PublishStandardRequest>> {
    let file: StandardsFile = toml::from_str(text)?;
    let entries = file.standard.into_iter().enumerate().map(|(index, entry)| {
        let place = || format!("standard {}", index + 1);
        let tier = Tier::ALL.into_iter().find(|tier| tier.to_string() == entry.tier);
        let from: Month = entry.from.parse().with_context(place)?;
        let amount: Fen = entry.yuan.parse().with_context(place)?;
        Ok(v1::PublishStandardRequest {
            request_id: request_id(),
            tier: tier.with_context(|| format!("{}: the tier is A, B or C", place()))?.number(),
            area: entry.area.unwrap_or_else(|| city.to_owned()),
            from_month: Some(contract::date::from_month(from)),
            monthly_fen: amount.as_fen(),
            legal_basis: entry.basis,
        })
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_file_that_comes_with_hutong_is_read_and_a_wrong_one_is_refused_with_its_place() {
        let entries = super::read(include_str!("../../../../../deploy/standards.toml"), "371600").unwrap();
        assert_eq!(entries.iter().map(|one| one.monthly_fen).max(), Some(267_500));
        for (wrong, expected) in [
            ("[[standard]]\ntier = \"D\"\nfrom = \"2024-01\"\nyuan = \"1\"\nbasis = \"x\"", "the tier is A, B or C"),
            ("[[standard]]\ntier = \"A\"\nfrom = \"2024-13\"\nyuan = \"1\"\nbasis = \"x\"", "standard 1"),
            ("x = 1", "unknown field"),
        ] {
            let error = format!("{:#}", super::read(wrong, "371600").unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
    }
}
