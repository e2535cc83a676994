use contract::label::Labelled as _;
use contract::subsidies::v1;
use contract::subsidies::v1::payroll_service_client::PayrollServiceClient;
use serde_json::json;

use super::super::arguments::Global;
use super::super::import::progress;
use super::super::say::say;
use super::super::table::table;
use super::arguments::{ExplainArguments, FileArguments, PaymentsArguments, ResultArguments};
use super::client::{Door, door, month, request_id, run_of, yuan};
use crate::bank_files::{read_results, write_instructions};

/// Results in one call.
const PART: usize = 2_000;

pub(super) async fn file(global: Global, arguments: FileArguments) -> anyhow::Result<()> {
    let door = door(&global, &arguments.reach, "").await?;
    let run = run_of(&door, arguments.month).await?;
    let request = v1::ExportPaymentsRequest { run: run.id };
    let mut answers = PayrollServiceClient::new(door).export_payments(request).await?.into_inner();
    let mut instructions = Vec::new();
    while let Some(answer) = answers.message().await? {
        instructions.extend(answer.instructions);
    }
    write_instructions(&arguments.file, &instructions)?;
    let total: i64 = instructions.iter().map(|one| one.amount_fen).sum();
    say!("{} payments of {} yuan are in {}.", instructions.len(), yuan(total), arguments.file.display());
    Ok(())
}

pub(super) async fn unknown(global: Global, arguments: FileArguments) -> anyhow::Result<()> {
    let door = door(&global, &arguments.reach, "").await?;
    let run = run_of(&door, arguments.month).await?;
    let payments = all(&door, &run.id, v1::PaymentState::Instructed).await?;
    let instructions: Vec<_> = payments
        .iter()
        .map(|one| v1::BankInstruction { payment: one.id.clone(), amount_fen: one.amount_fen, ..Default::default() })
        .collect();
    write_instructions(&arguments.file, &instructions)?;
    say!("The outcome of {} payments is unknown; they are in {}.", instructions.len(), arguments.file.display());
    Ok(())
}

pub(super) async fn result(global: Global, arguments: ResultArguments) -> anyhow::Result<()> {
    let read = read_results(&arguments.file)?.results;
    let mut client = PayrollServiceClient::new(door(&global, &arguments.reach, "").await?);
    let bar = progress("taking in", Some(read.len() as u64));
    let mut told = v1::RecordBankResultsResponse::default();
    let mut refused = Vec::new();
    for part in read.chunks(PART) {
        let results = part.iter().map(|(_, result)| result.clone()).collect();
        let request = v1::RecordBankResultsRequest { request_id: request_id(), results };
        let answer = client.record_bank_results(request).await?.into_inner();
        told.settled += answer.settled;
        told.returned += answer.returned;
        told.repeated += answer.repeated;
        for one in answer.refused {
            let row = usize::try_from(one.index).ok().and_then(|index| part.get(index)).map_or(0, |(row, _)| *row);
            refused.push((row, one.refusal().label()));
        }
        bar.inc(part.len() as u64);
    }
    bar.finish_and_clear();
    if arguments.json {
        let refused: Vec<_> = refused.iter().map(|(row, label)| json!({ "row": row, "reason": label.en })).collect();
        say!(
            "{:#}",
            json!({ "settled": told.settled, "returned": told.returned, "repeated": told.repeated, "refused": refused })
        );
        return Ok(());
    }
    say!("{} settled, {} returned, {} known before.", told.settled, told.returned, told.repeated);
    for (row, label) in &refused {
        say!("! row {row}: {} {}", label.zh, label.en);
    }
    if told.returned > 0 {
        say!("What came back waits for a person: hutong payroll tasks");
    }
    Ok(())
}

pub(super) async fn list(global: Global, arguments: PaymentsArguments) -> anyhow::Result<()> {
    let door = door(&global, &arguments.reach, "").await?;
    let run = run_of(&door, arguments.month).await?;
    let payments = all(&door, &run.id, v1::PaymentState::Unspecified).await?;
    if arguments.json {
        for one in &payments {
            say!(
                "{}",
                json!({ "id": one.id, "child": one.child, "county": one.county, "amount_fen": one.amount_fen,
                "state": one.state().as_str_name(), "months": one.lines.len() })
            );
        }
        return Ok(());
    }
    let mut rows = table(["payment", "child", "county", "yuan", "months", "state"], &[3, 4]);
    for one in &payments {
        let state = match one.hold_reason() {
            v1::HoldReason::Unspecified => one.state().label().zh,
            reason => format!("{} {}", one.state().label().zh, reason.label().zh),
        };
        let (amount, months) = (yuan(one.amount_fen), one.lines.len().to_string());
        rows.add_row([one.id.clone(), one.child.clone(), one.county.clone(), amount, months, state]);
    }
    say!("{rows}");
    Ok(())
}

pub(super) async fn explain(global: Global, arguments: ExplainArguments) -> anyhow::Result<()> {
    let mut client = PayrollServiceClient::new(door(&global, &arguments.reach, "").await?);
    let request = v1::ExplainPaymentRequest { payment: arguments.payment };
    let told = client.explain_payment(request).await?.into_inner().explanation.unwrap_or_default();
    if arguments.json {
        let months: Vec<_> = told.months.iter().map(|one| {
            let (line, fact) = (one.line.clone().unwrap_or_default(), one.fact.clone().unwrap_or_default());
            let standard = one.standard.clone().unwrap_or_default();
            json!({
                "month": month(line.month.as_ref()), "kind": line.kind().as_str_name(), "tier": line.tier().as_str_name(),
                "county": line.county, "standard": { "id": standard.id, "monthly_fen": standard.monthly_fen, "legal_basis": standard.legal_basis },
                "fact": { "record": fact.record, "from_month": month(fact.from_month.as_ref()) },
                "other_grant_fen": line.other_grant_fen, "due_fen": line.due_fen, "paid_before_fen": line.paid_before_fen,
                "amount_fen": line.amount_fen, "rules": one.rules,
            })
        }).collect();
        say!(
            "{:#}",
            json!({ "agrees": told.agrees, "rules": told.rules, "months": months, "zh": told.zh, "en": told.en })
        );
    } else {
        say!("{}\n\n{}", told.zh, told.en);
    }
    if !told.agrees {
        anyhow::bail!("computed anew it does not agree with what was paid");
    }
    Ok(())
}

/// All payments of a run that stand so.
async fn all(door: &Door, run: &str, state: v1::PaymentState) -> anyhow::Result<Vec<v1::Payment>> {
    let mut client = PayrollServiceClient::new(door.clone());
    let (mut payments, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListPaymentsRequest {
            run: run.to_owned(),
            state: state.into(),
            page_size: 500,
            page_token,
            ..Default::default()
        };
        let page = client.list_payments(request).await?.into_inner();
        payments.extend(page.payments);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(payments);
        }
    }
}
