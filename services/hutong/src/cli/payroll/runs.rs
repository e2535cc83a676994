use contract::label::Labelled as _;
use contract::subsidies::v1;
use contract::subsidies::v1::payroll_service_client::PayrollServiceClient;
use kernel::Month;
use serde_json::{Value, json};
use tonic::Code;

use super::super::arguments::Global;
use super::super::import::progress;
use super::super::say::say;
use super::super::table::table;
use super::arguments::{CancelArguments, ListArguments, MonthArguments, ShowArguments, YearArguments};
use super::client::{Door, door, month, request_id, run_of, yuan};

/// Opens, computes and checks, from wherever the run stands.
pub(super) async fn run(global: Global, arguments: MonthArguments) -> anyhow::Result<()> {
    let door = door(&global, &arguments.reach, &arguments.actor).await?;
    let mut client = PayrollServiceClient::new(door.clone());
    let mut run = match run_of(&door, arguments.month).await {
        Ok(run) => run,
        Err(status) if status.code() == Code::NotFound => {
            let month = Some(contract::date::from_month(arguments.month));
            let request = v1::OpenRunRequest { request_id: request_id(), month };
            client.open_run(request).await?.into_inner().run.unwrap_or_default()
        }
        Err(status) => return Err(status.into()),
    };
    if run.state() == v1::RunState::Open || arguments.anew {
        let bar = progress("computing", Some(0));
        let request = v1::AccrueRunRequest { run: run.id.clone(), anew: arguments.anew };
        let mut answers = client.accrue_run(request).await?.into_inner();
        while let Some(answer) = answers.message().await? {
            bar.set_length(u64::try_from(answer.of_children).unwrap_or_default());
            bar.set_position(u64::try_from(answer.children).unwrap_or_default());
            run = answer.run.unwrap_or(run);
        }
        bar.finish_and_clear();
    }
    if matches!(run.state(), v1::RunState::Accrued | v1::RunState::Checked) {
        let request = v1::CheckRunRequest { request_id: request_id(), run: run.id.clone(), etag: String::new() };
        client.check_run(request).await?;
    }
    tell(&door, arguments.month, arguments.json).await
}

pub(super) async fn approve(global: Global, arguments: MonthArguments) -> anyhow::Result<()> {
    let door = door(&global, &arguments.reach, &arguments.actor).await?;
    let run = run_of(&door, arguments.month).await?;
    if run.state() != v1::RunState::Approved {
        let request = v1::ApproveRunRequest { request_id: request_id(), run: run.id, etag: String::new() };
        PayrollServiceClient::new(door.clone()).approve_run(request).await?;
    }
    tell(&door, arguments.month, arguments.json).await
}

pub(super) async fn cancel(global: Global, arguments: CancelArguments) -> anyhow::Result<()> {
    let door = door(&global, &arguments.reach, &arguments.actor).await?;
    let run = run_of(&door, arguments.month).await?.id;
    let (etag, reason) = (String::new(), arguments.reason);
    let request = v1::CancelRunRequest { request_id: request_id(), run, etag, reason };
    PayrollServiceClient::new(door).cancel_run(request).await?;
    say!("The run of {} was given up. Nothing was paid.", arguments.month);
    Ok(())
}

pub(super) async fn reconcile(global: Global, arguments: MonthArguments) -> anyhow::Result<()> {
    let door = door(&global, &arguments.reach, &arguments.actor).await?;
    let run = run_of(&door, arguments.month).await?;
    if run.state() != v1::RunState::Reconciled {
        let request = v1::ReconcileRunRequest { request_id: request_id(), run: run.id, etag: String::new() };
        PayrollServiceClient::new(door.clone()).reconcile_run(request).await?;
    }
    tell(&door, arguments.month, arguments.json).await
}

pub(super) async fn show(global: Global, arguments: ShowArguments) -> anyhow::Result<()> {
    let door = door(&global, &arguments.reach, "").await?;
    tell(&door, arguments.month, arguments.json).await
}

/// Prints how a run stands.
async fn tell(door: &Door, of: Month, json: bool) -> anyhow::Result<()> {
    let run = run_of(door, of).await?;
    let request = v1::GetRunTotalsRequest { run: run.id.clone() };
    let totals = PayrollServiceClient::new(door.clone()).get_run_totals(request).await?.into_inner().totals;
    if json {
        let totals: Vec<Value> = totals.iter().map(total_json).collect();
        say!("{:#}", json!({ "run": run_json(&run), "totals": totals }));
        return Ok(());
    }
    say!(
        "{}  {} {}  opened by {}{}",
        month(run.month.as_ref()),
        run.state().label().zh,
        run.state().label().en,
        run.opened_by,
        if run.approved_by.is_empty() { String::new() } else { format!(", approved by {}", run.approved_by) }
    );
    let mut rows = table(["county", "tier", "children", "the month's own", "arrears", "in all"], &[2, 3, 4, 5]);
    for one in &totals {
        rows.add_row([
            one.county.clone(),
            one.tier().label().zh,
            one.children.to_string(),
            yuan(one.current_fen),
            yuan(one.arrears_fen),
            yuan(one.current_fen + one.arrears_fen),
        ]);
    }
    let children: i64 = totals.iter().map(|one| one.children).sum();
    let total = yuan(run.total_fen);
    rows.add_row([
        "",
        "",
        &children.to_string(),
        &yuan(run.total_fen - run.arrears_fen),
        &yuan(run.arrears_fen),
        &total,
    ]);
    say!("{rows}\n");
    let mut counts = table(["payments", "", "yuan"], &[1, 2]);
    for one in &run.counts {
        let label = one.state().label();
        counts.add_row([format!("{} {}", label.zh, label.en), one.payments.to_string(), yuan(one.total_fen)]);
    }
    say!("{counts}");
    for finding in &run.findings {
        let label = finding.kind().label();
        let (now, compared) = (yuan(finding.now_fen), yuan(finding.compared_fen));
        say!("! {} {} {}: {now} against {compared}", finding.county, label.zh, label.en);
    }
    Ok(())
}

fn run_json(run: &v1::PayrollRun) -> Value {
    json!({
        "id": run.id, "month": month(run.month.as_ref()), "state": run.state().as_str_name(), "opened_by": run.opened_by,
        "approved_by": run.approved_by, "children": run.children, "payments": run.payments, "total_fen": run.total_fen,
        "arrears_fen": run.arrears_fen, "rules": run.rules,
        "counts": run.counts.iter().map(|one| json!({
            "state": one.state().as_str_name(), "payments": one.payments, "total_fen": one.total_fen })).collect::<Vec<_>>(),
        "findings": run.findings.iter().map(|one| json!({
            "kind": one.kind().as_str_name(), "county": one.county, "now_fen": one.now_fen, "compared_fen": one.compared_fen,
        })).collect::<Vec<_>>(),
    })
}

fn total_json(one: &v1::CountyTotal) -> Value {
    json!({ "county": one.county, "tier": one.tier().as_str_name(), "children": one.children, "current_fen": one.current_fen,
        "arrears_fen": one.arrears_fen })
}

pub(super) async fn list(global: Global, arguments: ListArguments) -> anyhow::Result<()> {
    let mut client = PayrollServiceClient::new(door(&global, &arguments.reach, "").await?);
    let runs = client.list_runs(v1::ListRunsRequest::default()).await?.into_inner().runs;
    if arguments.json {
        for run in &runs {
            say!("{}", run_json(run));
        }
        return Ok(());
    }
    let mut rows =
        table(["month", "state", "payments", "yuan", "of it arrears", "opened by", "approved by"], &[2, 3, 4]);
    for run in &runs {
        rows.add_row([
            month(run.month.as_ref()),
            run.state().label().en,
            run.payments.to_string(),
            yuan(run.total_fen),
            yuan(run.arrears_fen),
            run.opened_by.clone(),
            run.approved_by.clone(),
        ]);
    }
    say!("{rows}");
    Ok(())
}

pub(super) async fn year(global: Global, arguments: YearArguments) -> anyhow::Result<()> {
    let mut client = PayrollServiceClient::new(door(&global, &arguments.reach, "").await?);
    let totals = client.get_year_totals(v1::GetYearTotalsRequest { year: arguments.year }).await?.into_inner();
    if arguments.json {
        say!(
            "{:#}",
            json!({
                "year": arguments.year, "committed_fen": totals.committed_fen, "settled_fen": totals.settled_fen,
                "months": totals.totals.iter().map(|one| json!({ "month": month(one.month.as_ref()), "tier": one.tier().as_str_name(),
                    "children": one.children, "committed_fen": one.committed_fen, "settled_fen": one.settled_fen })).collect::<Vec<_>>(),
            })
        );
        return Ok(());
    }
    say!("{}", year_table(&totals));
    Ok(())
}

/// A year month by month, with its sum.
pub(in crate::cli) fn year_table(totals: &v1::GetYearTotalsResponse) -> String {
    let mut rows =
        table(["month", "children", "A", "B", "C", "committed", "settled", "year to date"], &[1, 2, 3, 4, 5, 6, 7]);
    let mut to_date = 0;
    let mut rest = totals.totals.as_slice();
    while let Some(first) = rest.first() {
        let of_month = rest.iter().take_while(|one| one.month == first.month).count();
        let (this, after) = rest.split_at(of_month);
        rest = after;
        let tier = |number: i32| yuan(this.iter().filter(|one| one.tier == number).map(|one| one.committed_fen).sum());
        let committed: i64 = this.iter().map(|one| one.committed_fen).sum();
        to_date += committed;
        rows.add_row([
            month(first.month.as_ref()),
            this.iter().map(|one| one.children).sum::<i64>().to_string(),
            tier(1),
            tier(2),
            tier(3),
            yuan(committed),
            yuan(this.iter().map(|one| one.settled_fen).sum()),
            yuan(to_date),
        ]);
    }
    rows.add_row(["", "", "", "", "", &yuan(totals.committed_fen), &yuan(totals.settled_fen), ""]);
    rows.to_string()
}

pub(super) async fn recompute(global: Global, arguments: ShowArguments) -> anyhow::Result<()> {
    let door = door(&global, &arguments.reach, "").await?;
    let run = run_of(&door, arguments.month).await?;
    let request = v1::RecomputeRunRequest { run: run.id };
    let mut answers = PayrollServiceClient::new(door).recompute_run(request).await?.into_inner();
    let bar = progress("computing anew", None);
    let (mut agreeing, mut differing) = (0, Vec::new());
    while let Some(answer) = answers.message().await? {
        bar.set_position(u64::try_from(answer.children).unwrap_or_default());
        agreeing = answer.agreeing;
        differing.extend(answer.differing);
    }
    bar.finish_and_clear();
    if arguments.json {
        say!("{:#}", json!({ "agreeing": agreeing, "differing": differing }));
    } else {
        say!("{agreeing} payments agree to the fen.");
    }
    if !differing.is_empty() {
        anyhow::bail!("{} payment(s) do not agree: {}", differing.len(), differing.join(", "));
    }
    Ok(())
}
