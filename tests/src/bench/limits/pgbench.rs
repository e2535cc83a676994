//! pgbench with a script that writes every row that a request writes, one transaction each.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;

use crate::bench::rows::TableRows;
use crate::postgres::PostgresServer;

/// Transactions a second at so many clients, each with a connection of its own and prepared statements.
///
/// # Errors
/// If pgbench cannot run or says no figure.
pub fn measure(
    server: &PostgresServer,
    database: &str,
    script: &Path,
    clients: usize,
    span: Duration,
) -> anyhow::Result<f64> {
    let output = Command::new(server.program("pgbench"))
        .args(["-n", "-M", "prepared", "-h", "127.0.0.1", "-U", "hutong"])
        .args(["-p", &server.port().to_string(), "-c", &clients.to_string(), "-j", &clients.min(2).to_string()])
        .args(["-T", &span.as_secs().max(1).to_string(), "-f"])
        .arg(script)
        .arg(database)
        .output()
        .context("pgbench comes with PostgreSQL's server")?;
    let said = String::from_utf8_lossy(&output.stdout);
    anyhow::ensure!(output.status.success(), "pgbench failed: {}", String::from_utf8_lossy(&output.stderr));
    let figure = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split_whitespace().next()?.parse().ok());
    figure.with_context(|| format!("pgbench says no figure:\n{said}"))
}

/// The script of one transaction.
#[must_use]
pub fn script(rows: &[TableRows]) -> String {
    let inserts: Vec<_> = rows.iter().flat_map(TableRows::inserts_for_postgres).collect();
    format!("BEGIN;\n{}\nEND;\n", inserts.join("\n"))
}
