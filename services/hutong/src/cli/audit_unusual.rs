use anyhow::Context as _;
use clap::Args;
use contract::audit::v1::audit_service_client::AuditServiceClient;
use contract::audit::v1::{ListUnusualRequest, UnusualAccess, UnusualPattern};
use contract::date::instant;
use contract::department;
use contract::label::Labelled as _;
use kernel::Instant;
use serde_json::{Value, json};

use super::arguments::{Global, Reach};
use super::reach::City;
use super::say::say;
use super::table::table;

/// Findings that are asked for at once.
const PAGE: i32 = 200;

#[derive(Debug, Args)]
pub(super) struct UnusualArguments {
    /// Only of this caller: EDU, EDU-371621
    #[arg(long, value_name = "CODE")]
    caller: Option<String>,
    /// Only of this pattern: bulk-reading, bulk-export, night, outside-area
    #[arg(long, value_name = "PATTERN")]
    pattern: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u32,
    /// Print a JSON array
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

pub(super) async fn unusual(global: &Global, arguments: UnusualArguments) -> anyhow::Result<()> {
    let UnusualArguments { caller, pattern, limit, json, reach } = arguments;
    let pattern = pattern.as_deref().map(read).transpose()?.unwrap_or_default();
    let city = City::reach(global, reach.endpoint)?;
    let mut client = AuditServiceClient::new(city.connect(&department::owner().code).await?);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut request =
        ListUnusualRequest { caller: caller.unwrap_or_default(), pattern: pattern.into(), ..Default::default() };
    let mut found = Vec::new();
    while found.len() < limit {
        let left = i32::try_from(limit - found.len()).unwrap_or(PAGE);
        let page = ListUnusualRequest { page_size: left.min(PAGE), ..request.clone() };
        let page = client.list_unusual(page).await?.into_inner();
        found.extend(page.unusual);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    if json {
        say!("{:#}", Value::from(found.iter().map(as_json).collect::<Vec<_>>()));
        return Ok(());
    }
    let mut rows = table(["from (UTC)", "until (UTC)", "pattern", "caller", "actor", "calls", "children", ""], &[5, 6]);
    for one in &found {
        let label = one.pattern().label();
        rows.add_row([
            text(one.from.as_ref().map(instant)).unwrap_or_default(),
            text(one.until.as_ref().map(instant)).unwrap_or_default(),
            format!("{} {}", label.zh, label.en),
            one.caller.clone(),
            one.actor.clone(),
            one.calls.to_string(),
            one.children.to_string(),
            if one.over { String::new() } else { "so far".to_owned() },
        ]);
    }
    say!("{rows}");
    if !request.page_token.is_empty() {
        say!("the newest {} are shown: --limit N shows more", found.len());
    }
    Ok(())
}

/// The patterns by the contract's names, as a command line spells them: `bulk-reading`.
fn patterns() -> impl Iterator<Item = (UnusualPattern, String)> {
    let all = (1..).map_while(|number| UnusualPattern::try_from(number).ok());
    all.map(|pattern| {
        let name = pattern.as_str_name().trim_start_matches("UNUSUAL_PATTERN_");
        (pattern, name.to_lowercase().replace('_', "-"))
    })
}

fn read(text: &str) -> anyhow::Result<UnusualPattern> {
    let names = || patterns().map(|(_, name)| name).collect::<Vec<_>>().join(", ");
    let found = patterns().find(|(_, name)| name == text).map(|(pattern, _)| pattern);
    found.with_context(|| format!("--pattern takes one of {}", names()))
}

fn as_json(one: &UnusualAccess) -> Value {
    let name = patterns().find(|(pattern, _)| *pattern == one.pattern()).map(|(_, name)| name);
    json!({
        "service": one.service,
        "id": one.id,
        "pattern": name,
        "label": { "zh": one.pattern().label().zh, "en": one.pattern().label().en },
        "caller": one.caller,
        "actor": one.actor,
        "from": text(one.from.as_ref().map(instant)),
        "until": text(one.until.as_ref().map(instant)),
        "calls": one.calls,
        "children": one.children,
        "told_at": text(one.told_at.as_ref().map(instant)),
        "over": one.over,
    })
}

fn text(at: Option<Instant>) -> Option<String> {
    at.map(|at| at.to_string())
}
