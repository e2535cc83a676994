use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use contract::audit::v1::audit_service_client::AuditServiceClient;
use contract::audit::v1::{Call, CallTotals, Decision, ListCallsRequest};
use contract::date::{instant, timestamp};
use contract::department;
use contract::label::Labelled as _;
use evidence::checkpoint::AuditEnd;
use evidence::key::PublicKey;
use kernel::ChildId;
use kernel::time::{parse_iso, start_of_day_shanghai};
use messaging::audit::Verified;
use serde_json::{Value, json};

use super::arguments::{Global, Reach};
use super::audit_unusual::{UnusualArguments, unusual};
use super::reach::City;
use super::say::say;
use super::table::table;
use crate::city::audits;
use crate::evidence::read_checkpoints;

/// Entries that are asked for at once.
const PAGE: i32 = 200;

#[derive(Debug, Subcommand)]
#[command(after_help = "Every call at the gRPC door has an entry, whatever became of it. It was written with the
call's effect, or before its answer left. Looking into the audit is recorded, too.")]
pub(super) enum AuditCommand {
    /// Print who asked about a child, the newest first
    #[command(
        after_help = "A refused call counts too: its caller named the child. A department's reference becomes the
child's id with `hutong reference resolve`.

Examples:
  hutong audit child 0198b2f0-0000-7000-8000-000000000001
  hutong audit child 0198b2f0-0000-7000-8000-000000000001 --from 2024-05-01 --json"
    )]
    Child {
        /// The child's id
        #[arg(value_name = "CHILD")]
        child: String,
        #[command(flatten)]
        list: AuditList,
    },
    /// Print what a caller asked for, the newest first
    #[command(after_help = "Each certificate's name is a caller of its own: EDU is not EDU-371621.

Examples:
  hutong audit caller EDU-371621
  hutong audit caller EDU --decision refused --from 2024-05-01 --until 2024-05-31")]
    Caller {
        /// The caller: EDU, EDU-371621, or a service's name
        #[arg(value_name = "CODE")]
        code: String,
        #[command(flatten)]
        list: AuditList,
    },
    /// Print who read many children, at night, or outside its area, the newest first
    #[command(
        after_help = "What is many, and when it is night, says the section [unusual] of `hutong config`. Each line was
an alarm (UNUSUAL_ACCESS) when it was found. Whom the calls were about, `hutong audit caller`
says.

Examples:
  hutong audit unusual
  hutong audit unusual --caller EDU-371621 --pattern night --json"
    )]
    Unusual(UnusualArguments),
    /// Prove that nothing in the audit was changed, added or removed
    #[command(after_help = "It reads the databases and public keys that the settings name, whether or not the city
runs. The first broken entry of each service is named. Exit status 1 if there is one.
Whoever has the database can take the newest entries away, and the checkpoints that know them:
against that helps a checkpoint kept elsewhere (`hutong evidence checkpoint`), or an evidence
file, given with --checkpoint.

Examples:
  hutong audit verify
  hutong audit verify --checkpoint /mnt/elsewhere/2024-05-31.note
  hutong audit verify --json | jq '.[] | select(.fault)'")]
    Verify {
        /// What somebody kept elsewhere: the note of a checkpoint, or an evidence file; may be given several times
        #[arg(long = "checkpoint", value_name = "FILE")]
        checkpoints: Vec<PathBuf>,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct AuditList {
    /// From this day on, Shanghai's
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<String>,
    /// Until this day, it included
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<String>,
    /// Only those of which this became: allowed, redacted, refused, failed
    #[arg(long, value_name = "DECISION")]
    decision: Option<String>,
    /// Only those of this person or program of the caller's, as it asserts
    #[arg(long, value_name = "ACTOR")]
    actor: Option<String>,
    /// At most so many entries
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

pub(super) async fn run(global: Global, command: AuditCommand) -> anyhow::Result<()> {
    match command {
        AuditCommand::Child { child, list } => {
            let child = child.parse::<ChildId>().context("CHILD is a child's id, a UUID in lower case")?;
            let request = ListCallsRequest { child: child.to_string(), ..request(&list)? };
            print(&global, list, request).await
        }
        AuditCommand::Caller { code, list } => {
            let request = ListCallsRequest { caller: code, ..request(&list)? };
            print(&global, list, request).await
        }
        AuditCommand::Unusual(arguments) => unusual(&global, arguments).await,
        AuditCommand::Verify { checkpoints, json } => verify(&global, &checkpoints, json).await,
    }
}

fn request(list: &AuditList) -> anyhow::Result<ListCallsRequest> {
    let day = |option: &str, text: &Option<String>| {
        let day = text.as_deref().map(parse_iso).transpose();
        day.with_context(|| format!("{option} takes a day as 2024-05-31"))
    };
    let from = day("--from", &list.from)?;
    let until = day("--until", &list.until)?.map(|day| day.tomorrow().context("--until is too late a day"));
    Ok(ListCallsRequest {
        actor: list.actor.clone().unwrap_or_default(),
        decision: list.decision.as_deref().map(decision).transpose()?.unwrap_or_default().into(),
        from: from.map(|day| timestamp(start_of_day_shanghai(day))),
        until: until.transpose()?.map(|day| timestamp(start_of_day_shanghai(day))),
        with_totals: true,
        ..Default::default()
    })
}

fn decision(text: &str) -> anyhow::Result<Decision> {
    let all = || (1..).map_while(|number| Decision::try_from(number).ok());
    let found = all().find(|decision| decision.label().en == text);
    let names = || all().map(|decision| decision.label().en).collect::<Vec<_>>().join(", ");
    found.with_context(|| format!("--decision takes one of {}", names()))
}

async fn print(global: &Global, list: AuditList, mut request: ListCallsRequest) -> anyhow::Result<()> {
    let city = City::reach(global, list.reach.endpoint)?;
    let mut client = AuditServiceClient::new(city.connect(&department::owner().code).await?);
    let limit = usize::try_from(list.limit).unwrap_or(usize::MAX);
    let (mut calls, mut totals) = (Vec::new(), CallTotals::default());
    while calls.len() < limit {
        let left = i32::try_from(limit - calls.len()).unwrap_or(PAGE);
        let page =
            client.list_calls(ListCallsRequest { page_size: left.min(PAGE), ..request.clone() }).await?.into_inner();
        calls.extend(page.calls);
        totals = page.totals.unwrap_or(totals);
        request = ListCallsRequest { page_token: page.next_page_token, with_totals: false, ..request };
        if request.page_token.is_empty() {
            break;
        }
    }
    if list.json {
        let entries: Vec<Value> = calls.iter().map(as_json).collect();
        say!("{:#}", json!({ "entries": entries, "totals": totals_as_json(&totals) }));
        return Ok(());
    }
    let mut rows = table(["time (UTC)", "caller", "actor", "method", "", "why", "children"], &[6]);
    for call in &calls {
        rows.add_row([
            call.time.as_ref().map(|time| instant(time).to_string()).unwrap_or_default(),
            call.caller.clone(),
            call.actor.clone(),
            short(&call.method).to_owned(),
            call.decision().label().en,
            why(call),
            call.child_count.to_string(),
        ]);
    }
    say!("{rows}");
    let CallTotals { allowed, redacted, refused, failed, children } = totals;
    let all = allowed + redacted + refused + failed;
    say!(
        "{all} calls: {allowed} allowed, {redacted} redacted, {refused} refused, {failed} failed; {children} children"
    );
    if !request.page_token.is_empty() {
        say!("the newest {} entries are shown: --limit N shows more", calls.len());
    }
    Ok(())
}

/// The reason, or what was left out, and how often.
fn why(call: &Call) -> String {
    let why = if call.reason.is_empty() { call.fields.join(", ") } else { call.reason.clone() };
    if call.calls > 1 { format!("{why} × {}", call.calls) } else { why }
}

/// `ChildService/GetChild`: the package says nothing that the service's name does not.
fn short(method: &str) -> &str {
    method.rsplit('.').next().unwrap_or(method)
}

fn as_json(call: &Call) -> Value {
    json!({
        "service": call.service,
        "sequence": call.sequence,
        "id": call.id,
        "time": call.time.as_ref().map(|time| instant(time).to_string()),
        "caller": call.caller,
        "actor": call.actor,
        "method": call.method,
        "purpose": call.purpose,
        "decision": call.decision().label().en,
        "reason": call.reason,
        "fields": call.fields,
        "children": call.children,
        "child_count": call.child_count,
        "trace": call.trace,
        "calls": call.calls,
    })
}

fn totals_as_json(totals: &CallTotals) -> Value {
    let CallTotals { allowed, redacted, refused, failed, children } = totals;
    json!({ "allowed": allowed, "redacted": redacted, "refused": refused, "failed": failed, "children": children })
}

async fn verify(global: &Global, kept: &[PathBuf], json: bool) -> anyhow::Result<()> {
    let audits = audits(&global.settings()?).await?;
    if audits.is_empty() {
        bail!("no service keeps an audit here (is --directory right? `hutong up` makes one)");
    }
    let keys: Vec<PublicKey> = audits.iter().map(|(_, key)| key.clone()).collect();
    let mut elsewhere = Vec::new();
    for file in kept {
        elsewhere.extend(read_checkpoints(file, &keys)?);
    }
    let (mut verified, mut broken) = (Vec::new(), Vec::new());
    for (audit, key) in audits {
        let ends = elsewhere.iter().filter(|checkpoint| checkpoint.origin == key.name());
        let ends: Vec<AuditEnd> = ends.filter_map(|checkpoint| checkpoint.audit).collect();
        let found = audit.verify(&key, &ends).await;
        let found = found.with_context(|| format!("the audit of {} cannot be read", audit.service()))?;
        broken.extend(found.fault.map(|fault| format!("{}: {fault}", audit.service())));
        verified.push((audit.service().to_owned(), found));
    }
    if json {
        say!("{:#}", verified.iter().map(verified_as_json).collect::<Value>());
    } else {
        let mut rows = table(["service", "entries proved", "signatures", "checkpoints", ""], &[1, 2, 3]);
        for (service, Verified { entries, signatures, checkpoints, fault }) in &verified {
            let fault = fault.map_or_else(|| "whole".to_owned(), |fault| fault.to_string());
            rows.add_row([
                service.clone(),
                entries.to_string(),
                signatures.to_string(),
                checkpoints.to_string(),
                fault,
            ]);
        }
        say!("{rows}");
    }
    if broken.is_empty() { Ok(()) } else { bail!("the audit was changed: {}", broken.join("; ")) }
}

fn verified_as_json((service, found): &(String, Verified)) -> Value {
    let Verified { entries, signatures, checkpoints, fault } = found;
    json!({
        "service": service,
        "entries": entries,
        "signatures": signatures,
        "checkpoints": checkpoints,
        "fault": fault.map(|fault| fault.to_string()),
    })
}
