use anyhow::{Context as _, bail};
use async_nats::jetstream;
use async_nats::jetstream::context::DeleteStreamErrorKind;
use contract::exchange::v1::mailbox_service_client::MailboxServiceClient;
use contract::exchange::v1::{ListMailboxesRequest, RebuildMailboxRequest};
use contract::{department, subject};
use indicatif::{ProgressBar, ProgressStyle};
use kernel::ChildId;
use platform::nats;
use registry::retention::{Class, ClassReport, Erased, RetentionKeeper};
use serde_json::{Value, json};

use super::arguments::{Global, RetentionCommand};
use super::reach::City;
use super::say::say;
use super::table::table;
use crate::certificates::{Issued, Subject};
use crate::city::registrys_retention;

pub(super) async fn run(global: Global, command: RetentionCommand) -> anyhow::Result<()> {
    let (erased, reach) = match command {
        RetentionCommand::Copies { reach } => return discard_copies(&City::reach(&global, reach.endpoint)?).await,
        RetentionCommand::Show { json } => {
            let keeper = registrys_retention(&global.settings()?).await?;
            let shown = show(&keeper, json).await;
            keeper.database.close().await;
            return shown;
        }
        RetentionCommand::Apply { json, reach } => {
            let keeper = registrys_retention(&global.settings()?).await?;
            let erased = apply(&keeper, json).await;
            keeper.database.close().await;
            (erased?, reach)
        }
        RetentionCommand::Erase { child, json, reach } => {
            let keeper = registrys_retention(&global.settings()?).await?;
            let erased = erase(&keeper, &child, json).await;
            keeper.database.close().await;
            (erased?, reach)
        }
    };
    if erased.get(&Class::EventContents).is_some_and(|contents| *contents > 0) {
        let copies = discard_copies(&City::reach(&global, reach.endpoint)?).await;
        copies.context(
            "it is erased, but the broker still holds copies of events: start the city and run `hutong retention copies`",
        )?;
    }
    Ok(())
}

async fn show(keeper: &RetentionKeeper, json: bool) -> anyhow::Result<()> {
    let report = keeper.report().await?;
    if json {
        say!("{}", serde_json::to_string_pretty(&report.iter().map(to_json).collect::<Vec<_>>())?);
        return Ok(());
    }
    let mut table = table(["class", "", "kept for", "held", "oldest", "past its time"], &[3, 5]);
    for ClassReport { class, years, held, oldest, due } in report {
        table.add_row([
            class.name().to_owned(),
            class.zh().to_owned(),
            years.map_or_else(|| "ever".to_owned(), |years| format!("{years} years")),
            held.to_string(),
            oldest.map(|day| day.to_string()).unwrap_or_default(),
            due.to_string(),
        ]);
    }
    say!("{table}");
    Ok(())
}

fn to_json(report: &ClassReport) -> Value {
    let ClassReport { class, years, held, oldest, due } = report;
    json!({
        "class": class.name(), "zh": class.zh(), "years": years, "held": held, "due": due,
        "oldest": oldest.map(|day| day.to_string()),
    })
}

async fn apply(keeper: &RetentionKeeper, json: bool) -> anyhow::Result<Erased> {
    let style = ProgressStyle::with_template("erasing {msg} {bar:40} {pos}/{len}, {per_sec}")
        .expect("the template is valid: every run proves it");
    let due: u64 = keeper.report().await?.iter().map(|report| report.due).sum();
    let bar = ProgressBar::new(due).with_style(style);
    let erased = keeper
        .apply(|class, part| {
            bar.set_message(class.name());
            bar.inc(part);
        })
        .await;
    bar.finish_and_clear();
    let erased = erased?;
    tell(&erased, json)?;
    Ok(erased)
}

async fn erase(keeper: &RetentionKeeper, child: &str, json: bool) -> anyhow::Result<Erased> {
    let Ok(child) = child.parse::<ChildId>() else { bail!("{child} is no child's id: a UUID is expected") };
    let erased = keeper.erase(child).await?;
    tell(&erased, json)?;
    Ok(erased)
}

fn tell(erased: &Erased, json: bool) -> anyhow::Result<()> {
    if json {
        let erased: serde_json::Map<String, Value> =
            erased.iter().map(|(class, count)| (class.name().to_owned(), (*count).into())).collect();
        say!("{}", serde_json::to_string_pretty(&erased)?);
        return Ok(());
    }
    let mut table = table(["class", "", "erased"], &[2]);
    for (class, count) in erased {
        table.add_row([class.name().to_owned(), class.zh().to_owned(), count.to_string()]);
    }
    say!("{table}");
    Ok(())
}

/// The stream of events is refilled from the log, and each mailbox from the stream.
async fn discard_copies(city: &City) -> anyhow::Result<()> {
    let channel = city.connect(&department::owner().code).await?;
    let certificate = Issued::at(&city.config.tls_directory(), &Subject::service(registry::SERVICE));
    let credentials = certificate.credentials().context("no certificate of the registry here")?;
    let client = nats::connect(city.nats(), &credentials, registry::SERVICE).await.context("no broker answers")?;
    match jetstream::new(client).delete_stream(subject::stream(registry::SERVICE)).await {
        Ok(_) => {}
        // The registry may be about to make it anew.
        Err(error) if matches!(error.kind(), DeleteStreamErrorKind::JetStream(ref cause) if cause.code() == 404) => {}
        Err(error) => return Err(error).context("the stream of events cannot be thrown away"),
    }
    let mut mailboxes = MailboxServiceClient::new(channel);
    let all = mailboxes.list_mailboxes(ListMailboxesRequest {}).await?.into_inner().mailboxes;
    let count = all.len();
    for mailbox in all {
        mailboxes.rebuild_mailbox(RebuildMailboxRequest { code: mailbox.code }).await?;
    }
    eprintln!(
        "the stream of events and {count} mailboxes are being rebuilt; `hutong mailbox list` tells how they stand"
    );
    Ok(())
}
