use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::arguments::Reach;

#[derive(Debug, Subcommand)]
#[command(after_help = "What a court gets:
  hutong evidence keys > keys.txt                          published once, on paper or on a site
  hutong evidence export --department EDU -o edu.evidence  one file
  hutong verify edu.evidence --keys keys.txt               anywhere, offline")]
pub(super) enum EvidenceCommand {
    /// Write a department's messages, with all that proves them, into one file
    #[command(after_help = "The file holds the very bytes that the department received, signatures, the place of each
event in its log, checkpoints and public keys. It is checked as a court would check it
before it gets its name. It tells what the department was told of children: it is for its
owner only (mode 0600). A day is Shanghai's. With --child the other messages in between are
named as withheld, so that none is hidden.

Examples:
  hutong evidence export --department EDU -o edu.evidence
  hutong evidence export --department CRT --from 2024-05-01 --until 2024-05-31 -o may.evidence
  hutong evidence export --department EDU --child 0198b2f0-0000-7000-8000-000000000001 -o a.evidence")]
    Export(EvidenceExport),
    /// Print the city's public keys, one a line
    #[command(after_help = "They are read from the data directory, without a running city. Publish them where a forger
cannot: who checks evidence trusts these lines alone. The form is that of
c2sp.org/signed-note: name, id, algorithm and key.

Example:
  hutong evidence keys > keys.txt")]
    Keys,
    /// Print a checkpoint of a log as it is now, to be kept elsewhere
    #[command(
        after_help = "It says what the log was, and where the service's audit ended: with a copy that lies out of
the reach of whoever has the database, `hutong audit verify --checkpoint FILE` misses entries
that were taken away since. One is made if there are events that none has. The form is that
of c2sp.org/tlog-checkpoint.

Example:
  hutong evidence checkpoint > /mnt/elsewhere/2024-05-31.note"
    )]
    Checkpoint(EvidenceCheckpoint),
}

#[derive(Debug, Args)]
pub(super) struct EvidenceCheckpoint {
    /// The service that keeps the log
    #[arg(long, value_name = "SERVICE", default_value = "registry")]
    pub(super) log: String,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(super) struct EvidenceExport {
    /// The mailbox: EDU, or EDU-371621
    #[arg(long, value_name = "CODE")]
    pub(super) department: String,
    /// From this day on [default: the mailbox's beginning]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) from: Option<String>,
    /// Until this day, it included [default: now]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) until: Option<String>,
    /// Only what is about this child or names it; the registry's id
    #[arg(long, value_name = "ID")]
    pub(super) child: Option<String>,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
    /// The broker [default: that of the city in the data directory]
    #[arg(long, value_name = "URL")]
    pub(super) nats: Option<String>,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// The evidence file
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// The city's public keys, as `hutong evidence keys` prints them, from where you trust them
    #[arg(long, value_name = "FILE")]
    pub(super) keys: Option<PathBuf>,
    /// The certificate of a time-stamp authority whose word you trust, PEM: its root's, or the very one with which it signs;
    /// several may stand in the file
    #[arg(long, value_name = "CERT.pem")]
    pub(super) time_stamp_authority: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}
