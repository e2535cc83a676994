use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use platform::config::Config;
use tonic::Status;
use tonic_types::StatusExt;

use super::arguments::{Cli, Command, Global};
use super::say::say;
use super::verify::KeysNotKnown;
use super::{
    audit, cert, contract, demo, emergency, evidence, export, import, mailbox, migrate, payroll, reference, retention,
    serve, statistics, template, up, vault, verify,
};
use crate::broker::become_supervised;

/// The whole program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hutong: {}", one_line(&error));
            if error.is::<KeysNotKnown>() { ExitCode::from(3) } else { ExitCode::FAILURE }
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let Cli { global, command } = cli;
    let block_on = |command: std::pin::Pin<Box<dyn Future<Output = anyhow::Result<()>>>>| {
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?.block_on(command)
    };
    match command {
        Command::Supervised { parent, command } => match become_supervised(parent, &command)? {},
        Command::Config => {
            say!("{}", Config::defaults_text().trim_end());
            Ok(())
        }
        Command::Contract(command) => contract::run(&global, &command),
        Command::Cert(command) => cert::run(&global, &command),
        Command::Up => block_on(Box::pin(up::run(global))),
        Command::Demo(arguments) => block_on(Box::pin(demo::run(global, arguments))),
        Command::Serve { services } => block_on(Box::pin(serve::run(global, services))),
        Command::Migrate => block_on(Box::pin(migrate::run(global))),
        Command::Import(arguments) => block_on(Box::pin(import::run(global, arguments))),
        Command::Export(arguments) => block_on(Box::pin(export::run(global, arguments))),
        Command::Statistics(arguments) => block_on(Box::pin(statistics::run(global, arguments))),
        Command::Template(arguments) => template::run(arguments),
        Command::Vault(command) => block_on(Box::pin(vault::run(global, command))),
        Command::Retention(command) => block_on(Box::pin(retention::run(global, command))),
        Command::Audit(command) => block_on(Box::pin(audit::run(global, command))),
        Command::Evidence(command) => block_on(Box::pin(evidence::run(global, command))),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Reference(command) => block_on(Box::pin(reference::run(global, command))),
        Command::Emergency(command) => block_on(Box::pin(emergency::run(global, command))),
        Command::Payroll(command) => block_on(Box::pin(payroll::run(global, command))),
        Command::Mailbox(command) => block_on(Box::pin(mailbox::run(global, command))),
    }
}

impl Global {
    /// The settings, all checked, with `--directory` before them.
    pub(super) fn settings(&self) -> anyhow::Result<Config> {
        let mut config = Config::load(self.config.as_deref())?;
        if let Some(directory) = &self.directory {
            config.data.directory.clone_from(directory);
        }
        Ok(config)
    }
}

/// The error and its causes in one line.
fn one_line(error: &anyhow::Error) -> String {
    let mut line = String::new();
    for cause in error.chain() {
        let text = match cause.downcast_ref::<Status>() {
            Some(status) => refusal(status),
            None => cause.to_string(),
        };
        // Many errors have their cause in their own text already, or the kind of it.
        let said = match cause.downcast_ref::<std::io::Error>() {
            Some(error) => line.contains(&error.kind().to_string()),
            None => line.contains(&text),
        };
        if !said {
            if !line.is_empty() {
                line.push_str(": ");
            }
            line.push_str(&text);
        }
    }
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a service answered instead of a result: code, stable reason, sentence, fields at fault.
fn refusal(status: &Status) -> String {
    let details = status.get_error_details();
    let reason = details.error_info().map(|info| format!(" {}", info.reason)).unwrap_or_default();
    let fields: Vec<String> = details
        .bad_request()
        .map(|bad| &bad.field_violations)
        .into_iter()
        .flatten()
        .map(|violation| format!("{} {}", violation.field, violation.description))
        .collect();
    let fields = if fields.is_empty() { String::new() } else { format!(" ({})", fields.join("; ")) };
    format!("{:?}{reason}: {}{fields}", status.code(), status.message())
}
