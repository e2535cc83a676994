use clap::{Args, Subcommand, ValueEnum};
use contract::audit::v1::emergency_service_client::EmergencyServiceClient;
use contract::audit::v1::{Emergency, ListEmergenciesRequest, ReviewEmergencyRequest, Verdict};
use contract::{date, department};
use kernel::Instant;
use serde_json::{Value, json};

use super::arguments::{Global, Reach};
use super::reach::City;
use super::say::say;
use super::table::table;
use crate::city::Part;

#[derive(Debug, Subcommand)]
#[command(after_help = "When a child is in danger, the police, the procuratorate and the health commission may ask for
files that they else may not see, with a reason. Each such call raises an alarm
(EMERGENCY_ACCESS) and must be reviewed by the end of the next working day; after that
EMERGENCY_NOT_REVIEWED is raised every day.")]
pub(super) enum EmergencyCommand {
    /// List them, the newest first
    #[command(after_help = "Examples:
  hutong emergency list --unreviewed
  hutong emergency list --json | jq length")]
    List(ListArguments),
    /// Say whether one was justified, and why
    #[command(after_help = "The first word counts: it cannot be taken back. The note is kept sealed.

Example:
  hutong emergency review 0198b2f0-0000-7000-8000-000000000001 justified --note 已核实")]
    Review(ReviewArguments),
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// Only those that nobody reviewed yet
    #[arg(long)]
    unreviewed: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

#[derive(Debug, Args)]
pub(super) struct ReviewArguments {
    /// The emergency's id
    #[arg(value_name = "ID")]
    id: String,
    /// What the review found
    #[arg(value_name = "VERDICT")]
    verdict: Found,
    /// Why, in a few words
    #[arg(long, value_name = "TEXT")]
    note: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Found {
    /// A child was in danger
    Justified,
    /// None was
    Unjustified,
}

pub(super) async fn run(global: Global, command: EmergencyCommand) -> anyhow::Result<()> {
    match command {
        EmergencyCommand::List(arguments) => list(&global, arguments).await,
        EmergencyCommand::Review(arguments) => review(&global, arguments).await,
    }
}

async fn list(global: &Global, arguments: ListArguments) -> anyhow::Result<()> {
    let city = City::reach(global, arguments.reach.endpoint)?;
    let mut client = EmergencyServiceClient::new(city.connect(&department::owner().code).await?);
    let mut all = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListEmergenciesRequest {
            service: Part::Registry.name().to_owned(),
            unreviewed_only: arguments.unreviewed,
            page_size: 0,
            page_token,
        };
        let page = client.list_emergencies(request).await?.into_inner();
        all.extend(page.emergencies);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    if arguments.json {
        say!("{:#}", Value::from(all.iter().map(to_json).collect::<Vec<_>>()));
        return Ok(());
    }
    let mut table = table(["id", "at", "caller", "method", "reason", "review by", "verdict"], &[]);
    for one in all {
        table.add_row([
            one.id.clone(),
            text(one.opened_at.as_ref().map(date::instant)).unwrap_or_default(),
            one.caller.clone(),
            one.method.rsplit('/').next().unwrap_or_default().to_owned(),
            one.reason.clone(),
            text(one.review_due.as_ref().map(date::instant)).unwrap_or_default(),
            verdict(&one),
        ]);
    }
    say!("{table}");
    Ok(())
}

async fn review(global: &Global, arguments: ReviewArguments) -> anyhow::Result<()> {
    let city = City::reach(global, arguments.reach.endpoint)?;
    let mut client = EmergencyServiceClient::new(city.connect(&department::owner().code).await?);
    let verdict = match arguments.verdict {
        Found::Justified => Verdict::Justified,
        Found::Unjustified => Verdict::Unjustified,
    };
    let request = ReviewEmergencyRequest {
        service: Part::Registry.name().to_owned(),
        emergency: arguments.id.clone(),
        verdict: verdict.into(),
        note: arguments.note,
    };
    let reviewed = client.review_emergency(request).await?.into_inner().emergency.unwrap_or_default();
    if arguments.json {
        say!("{:#}", to_json(&reviewed));
    } else {
        say!("{} of {}: {}", arguments.id, reviewed.caller, self::verdict(&reviewed));
    }
    Ok(())
}

fn to_json(one: &Emergency) -> Value {
    json!({
        "id": one.id,
        "opened_at": text(one.opened_at.as_ref().map(date::instant)),
        "caller": one.caller,
        "method": one.method,
        "reason": one.reason,
        "review_due": text(one.review_due.as_ref().map(date::instant)),
        "reviewed_at": text(one.reviewed_at.as_ref().map(date::instant)),
        "verdict": verdict(one),
        "note": one.note,
    })
}

fn text(at: Option<Instant>) -> Option<String> {
    at.map(|at| at.to_string())
}

/// In the contract's own words.
fn verdict(one: &Emergency) -> String {
    let label = contract::label::of("hutong.audit.v1.Verdict", one.verdict);
    label.map_or_else(String::new, |label| format!("{} {}", label.zh, label.en))
}
