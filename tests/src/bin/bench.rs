//! `make bench`: how fast Hutong is, beside the machine's limits, in one run.

use std::path::PathBuf;

use clap::Parser;
use tests::bench::{Effort, Part, run, serve_echo};

/// Measures Hutong beside its limits: pgbench, SQLite, a bare tonic echo, raw JetStream. Interleaved, medians of three.
#[derive(Parser)]
struct Arguments {
    /// Also write one JSON object, to FILE or to standard output
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    json: Option<PathBuf>,
    /// One short round instead of three
    #[arg(long)]
    quick: bool,
    /// Measure these parts alone, for example register,delivery
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    /// Serve the echo with the certificates of this directory
    #[arg(long, hide = true, value_name = "DIR")]
    echo_server: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if let Some(certificates) = arguments.echo_server {
        return serve_echo(&certificates).await;
    }
    let effort = if arguments.quick { Effort::quick() } else { Effort::full() };
    let report = run(effort, &arguments.only).await?;
    let json = serde_json::to_string_pretty(&report)?;
    match arguments.json {
        Some(file) if file.as_os_str() == "-" => println!("{json}"),
        Some(file) => {
            println!("{}", report.table());
            std::fs::write(file, json)?;
        }
        None => println!("{}", report.table()),
    }
    Ok(())
}
