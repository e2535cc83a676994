use contract::subsidies::v1;
use contract::subsidies::v1::insurance_service_client::InsuranceServiceClient;
use serde_json::json;

use super::super::arguments::Global;
use super::super::say::say;
use super::arguments::InsuranceCommand;
use super::client::{door, month, request_id, yuan};
use crate::bank_files::{read_insurance_results, write_insured};

/// Results in one call.
const PART: usize = 2_000;

pub(super) async fn run(global: Global, command: InsuranceCommand) -> anyhow::Result<()> {
    match command {
        InsuranceCommand::Open { year, insurer, premium, month, reach } => {
            let mut client = InsuranceServiceClient::new(door(&global, &reach, "").await?);
            let request = v1::OpenPolicyYearRequest {
                request_id: request_id(),
                year,
                insurer,
                premium_fen: premium.as_fen(),
                eligible_month: month.map(contract::date::from_month),
            };
            let policy = client.open_policy_year(request).await?.into_inner().policy_year.unwrap_or_default();
            say!("{} children are on the list of {year}.", policy.listed);
        }
        InsuranceCommand::Show(arguments) => {
            let mut client = InsuranceServiceClient::new(door(&global, &arguments.reach, "").await?);
            let request = v1::GetPolicyYearRequest { year: arguments.year };
            let policy = client.get_policy_year(request).await?.into_inner().policy_year.unwrap_or_default();
            if arguments.json {
                say!(
                    "{:#}",
                    json!({ "year": policy.year, "insurer": policy.insurer, "premium_fen": policy.premium_fen,
                    "eligible_month": month(policy.eligible_month.as_ref()), "listed": policy.listed, "enrolled": policy.enrolled,
                    "refused": policy.refused, "total_fen": policy.total_fen })
                );
                return Ok(());
            }
            say!(
                "{}: {} children listed (due basic living in {}), {} enrolled, {} refused; {} yuan each, {} in all.",
                policy.insurer,
                policy.listed,
                month(policy.eligible_month.as_ref()),
                policy.enrolled,
                policy.refused,
                yuan(policy.premium_fen),
                yuan(policy.total_fen)
            );
        }
        InsuranceCommand::File { year, file, reach } => {
            let mut client = InsuranceServiceClient::new(door(&global, &reach, "").await?);
            let policy = client.get_policy_year(v1::GetPolicyYearRequest { year }).await?.into_inner();
            let premium = policy.policy_year.unwrap_or_default().premium_fen;
            let mut answers = client.export_insured(v1::ExportInsuredRequest { year }).await?.into_inner();
            let mut children = Vec::new();
            while let Some(answer) = answers.message().await? {
                children.extend(answer.children);
            }
            write_insured(&file, &children, premium)?;
            say!("{} children are in {}.", children.len(), file.display());
        }
        InsuranceCommand::Result { year, file, reach } => {
            let results = read_insurance_results(&file)?;
            let mut client = InsuranceServiceClient::new(door(&global, &reach, "").await?);
            let mut told = v1::RecordInsuranceResultsResponse::default();
            for (part, results) in results.chunks(PART).enumerate() {
                let request =
                    v1::RecordInsuranceResultsRequest { request_id: request_id(), year, results: results.to_vec() };
                let answer = client.record_insurance_results(request).await?.into_inner();
                told.enrolled += answer.enrolled;
                told.refused += answer.refused;
                told.repeated += answer.repeated;
                let first = i32::try_from(part * PART).unwrap_or(i32::MAX);
                told.not_listed.extend(answer.not_listed.iter().map(|index| first + index + 2));
            }
            say!("{} enrolled, {} refused, {} known before.", told.enrolled, told.refused, told.repeated);
            for row in &told.not_listed {
                say!("! row {row}: the child is not on the list");
            }
        }
    }
    Ok(())
}
