use anyhow::Context as _;
use contract::department;
use contract::evidence::v1::evidence_service_client::EvidenceServiceClient;
use contract::evidence::v1::{Checkpoint, MakeCheckpointRequest};
use contract::registry::v1::GetReferenceRequest;
use contract::registry::v1::reference_service_client::ReferenceServiceClient;
use kernel::ChildId;
use kernel::time::{Date, parse_iso};
use serde_json::json;

use super::arguments::Global;
use super::evidence_arguments::{EvidenceCheckpoint, EvidenceCommand, EvidenceExport};
use super::import::progress;
use super::reach::City;
use super::say::say;
use crate::certificates::{Issued, Subject};
use crate::city::DataDirectory;
use crate::evidence::{Exported, Selection, Source, city_keys, export};

pub(super) async fn run(global: Global, command: EvidenceCommand) -> anyhow::Result<()> {
    match command {
        EvidenceCommand::Export(arguments) => write(&global, arguments).await,
        EvidenceCommand::Keys => keys(&global),
        EvidenceCommand::Checkpoint(arguments) => checkpoint(&global, arguments).await,
    }
}

fn keys(global: &Global) -> anyhow::Result<()> {
    let config = global.settings()?;
    let directory = DataDirectory::at(&config.data.directory)?;
    let keys = city_keys(&config.city.trust_domain, &directory)
        .context("no keys here (is --directory right? `hutong up` makes them)")?;
    for key in keys {
        say!("{key}");
    }
    Ok(())
}

async fn checkpoint(global: &Global, arguments: EvidenceCheckpoint) -> anyhow::Result<()> {
    let city = City::reach(global, arguments.reach.endpoint)?;
    let mut client = EvidenceServiceClient::new(city.connect(&department::owner().code).await?);
    let answer = client.make_checkpoint(MakeCheckpointRequest { log: arguments.log }).await?;
    let Checkpoint { note, .. } = answer.into_inner().checkpoint.unwrap_or_default();
    // Byte for byte: it ends with the one line feed that is written here.
    say!("{}", note.strip_suffix('\n').unwrap_or(&note));
    Ok(())
}

async fn write(global: &Global, arguments: EvidenceExport) -> anyhow::Result<()> {
    let mut selection = Selection {
        from: day("--from", arguments.from.as_deref())?,
        until: day("--until", arguments.until.as_deref())?,
        child: None,
    };
    let city = City::reach(global, arguments.reach.endpoint)?;
    let code = &arguments.department;
    let certificate = Issued::at(&city.config.tls_directory(), &Subject::department(code));
    // Said before anything is asked: without it the mailbox stays closed.
    city.credentials(code)?;
    let nats = arguments.nats.unwrap_or_else(|| city.nats().to_owned());
    let door = city.connect(&department::owner().code).await?;
    if let Some(child) = arguments.child.as_deref().map(child).transpose()? {
        // The department's messages name it by the department's reference.
        let request = GetReferenceRequest { child, department: code.clone() };
        let answer = ReferenceServiceClient::new(door.clone()).get_reference(request).await?;
        selection.child = Some(answer.into_inner().reference);
    }
    let source =
        Source { city: &city.config.city.trust_domain, door, nats: &nats, certificate: &certificate, mailbox: code };
    let bar = progress("reading", None);
    let exported = export(&source, &selection, &arguments.out, |_, _| bar.inc(1)).await;
    bar.finish_and_clear();
    let Exported { report } = exported?;
    if arguments.json {
        say!("{}", serde_json::to_string_pretty(&json!({ "file": arguments.out, "report": report }))?);
    } else {
        say!(
            "{} message(s) of {code} (numbers {} to {}, {} withheld) with {} checkpoint(s) and {} time-stamp(s) in {}",
            report.messages,
            report.first,
            report.last,
            report.withheld,
            report.checkpoints,
            report.time_stamps,
            arguments.out.display()
        );
    }
    Ok(())
}

fn day(option: &str, text: Option<&str>) -> anyhow::Result<Option<Date>> {
    text.map(|text| parse_iso(text).with_context(|| format!("{option} takes a day as 2024-05-31"))).transpose()
}

/// As messages spell it.
fn child(text: &str) -> anyhow::Result<String> {
    Ok(text.parse::<ChildId>().context("--child takes a child's id, a UUID")?.to_string())
}
