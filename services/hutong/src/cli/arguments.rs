use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use contract::registry::v1::WorkbookKind;

use super::audit::AuditCommand;
use super::emergency::EmergencyCommand;
use super::evidence_arguments::{EvidenceCommand, VerifyArguments};
use super::payroll::PayrollCommand;
use super::reference::ReferenceCommand;

/// Hutong (护童): the lanes between a city's departments, from a county's workbook to every department's mailbox.
#[derive(Debug, Parser)]
#[command(
    name = "hutong",
    version,
    max_term_width = 110,
    arg_required_else_help = true,
    after_help = "Examples:
  hutong demo                         a whole city in a fresh directory, shown at work
  hutong up                           a city on ./data, until Ctrl-C
  hutong import roster.xlsx           a county's workbook into the running city
  hutong export visits                a month's visits as a workbook
  hutong payroll run 2025-06 --actor li   a month's payments, computed and checked
  hutong mailbox tail EDU --follow    what the education department gets, verified
  hutong evidence keys                the public keys by which a court checks evidence
  hutong audit caller EDU             what the education department asked for
  hutong config > hutong.toml         every setting with its default: the manual

Settings come from the defaults, then --config FILE (or ./hutong.toml), then
HUTONG__SECTION__KEY in the environment. Exit status: 0 done, 1 failed (one line on standard
error says why), 2 wrong usage."
)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// Settings that differ from the defaults [default: ./hutong.toml if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// The data directory; goes before the setting data.directory
    #[arg(long, global = true, value_name = "DIR")]
    pub(super) directory: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Keep a whole city running: broker, certificates, databases, all services behind one mTLS port
    #[command(
        after_help = "The directory is made on the first start, with a certificate authority and a certificate for
each service and each department. Ctrl-C ends it in order; after kill -9 it goes on where it
was.

Examples:
  hutong up
  hutong up --directory /srv/hutong --config city.toml"
    )]
    Up,
    /// Show a whole city at work in a fresh directory, and check every mailbox against the contract
    #[command(after_help = "Exit status 0 only if every mailbox holds exactly what the contract grants.

Examples:
  hutong demo
  hutong demo --roster roster.xlsx --json | jq .latency_ms
  hutong demo --keep                  then try the commands that it prints")]
    Demo(DemoArguments),
    /// Serve some services against a broker and a database that run elsewhere
    #[command(after_help = "nats.url and, for more than one machine, database.url must be set; the databases must be
migrated (`hutong migrate`), and the broker must run with `hutong contract nats-config`. The
exchange proves each service's seal and names children to departments as the registry does:
bring keys/registry.ed25519.pub and keys/references (secret) from the registry's data
directory into its own.

Example:
  HUTONG__NATS__URL=tls://nats.example:4222 hutong serve registry")]
    Serve {
        /// Which services
        #[arg(required = true, value_name = "SERVICE")]
        services: Vec<ServiceName>,
    },
    /// Bring the databases of all services to this version
    Migrate,
    /// Give out the form of a workbook: columns, lists of terms, and a sheet that says how to fill it in
    #[command(after_help = "Examples:
  hutong template visits
  hutong template children 花名册.xlsx")]
    Template(TemplateArguments),
    /// Import an office's workbook (children, migrants, visits, workers) into the running city
    #[command(after_help = "The column headers say what the rows are. They go through the public calls with the
certificate of civil affairs (CA). A rejected row never stops the others. After a kill or a
broken connection the same command goes on where it was, and sending a workbook again
records nothing twice. Exit status 0 if the import was carried out, even if rows were
rejected: they are listed.

Examples:
  hutong import roster.xlsx --validate-only
  hutong import roster.xlsx --json | jq .rejected_by_reason
  hutong import visits.xlsx")]
    Import(ImportArguments),
    /// Export a workbook (children, migrants, visits, workers) that can be imported again
    #[command(after_help = "Whoever reads the file reads what is sealed in the registry: names, IDs, categories.

Examples:
  hutong export children --division 371602
  hutong export visits visits-may.xlsx --month 2024-05")]
    Export(ExportArguments),
    /// Count the children on a day: by county, tier, category, age, sex, schooling, disability
    #[command(
        after_help = "The categories of tier B are one line: nobody learns how many children are affected by HIV.

Examples:
  hutong statistics
  hutong statistics --day 2024-12-31 --division 371602 --json"
    )]
    Statistics(StatisticsArguments),
    /// Pay children: standards, a month's run, the bank's files, tasks, budget, insurance
    #[command(subcommand)]
    Payroll(PayrollCommand),
    /// Look into mailboxes, read them, rebuild them
    #[command(subcommand)]
    Mailbox(MailboxCommand),
    /// Turn departments' references to children into the registry's ids, and back
    #[command(subcommand)]
    Reference(ReferenceCommand),
    /// Review the calls that departments made because a child was in danger
    #[command(subcommand)]
    Emergency(EmergencyCommand),
    /// See who asked for what of whom, and prove that nothing of it was changed
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Prove to a court what a department was sent
    #[command(subcommand)]
    Evidence(EvidenceCommand),
    /// Check an evidence file, offline
    #[command(after_help = "Every line is checked: that each message is what was signed, byte for byte, that none is
missing between the first and the last, that each stands in its service's log under a signed
checkpoint, and that the log only grew. What is wrong is named with its line and message.
Without --keys the file's own keys are used: that shows that it is whole, not who made it.
With --time-stamp-authority it says by when their events existed, by that authority's word.
Exit status: 0 proved, 1 not (a fault, or no such file), 3 whole but the keys were not
compared.

Examples:
  hutong verify edu.evidence --keys keys.txt
  hutong verify edu.evidence --keys keys.txt --time-stamp-authority tsa.pem
  hutong verify edu.evidence --keys keys.txt --json | jq .faults")]
    Verify(VerifyArguments),
    /// Change the keys under which personal fields are sealed
    #[command(subcommand)]
    Vault(VaultCommand),
    /// Erase what is past its time, and show how long which data is kept
    #[command(subcommand)]
    Retention(RetentionCommand),
    /// Issue, renew, revoke and list certificates
    #[command(subcommand)]
    Cert(CertCommand),
    /// Look at the contract: who may know what, and why
    #[command(subcommand)]
    Contract(ContractCommand),
    /// Print every setting with its default, unit and range: the manual
    Config,
    /// Become another program that ends when the one that started us ends
    #[command(hide = true)]
    Supervised {
        /// The process id that must still be our parent
        #[arg(long)]
        parent: i32,
        /// The program and its arguments
        #[arg(last = true, required = true)]
        command: Vec<OsString>,
    },
}

/// The services of a city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ServiceName {
    /// The files of children
    Registry,
    /// The monthly payments to children
    Subsidies,
    /// The mailboxes of departments
    Exchange,
}

#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// The roster to import [default: the sample that comes with Hutong]
    #[arg(long, value_name = "FILE")]
    pub(super) roster: Option<PathBuf>,
    /// Print one JSON object instead of tables
    #[arg(long)]
    pub(super) json: bool,
    /// Stay up afterwards, until Ctrl-C
    #[arg(long)]
    pub(super) keep: bool,
}

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// The workbook (.xlsx)
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Only check the rows, record nothing
    #[arg(long)]
    pub(super) validate_only: bool,
    /// Judge every row again, also those that an earlier run of this import brought
    #[arg(long)]
    pub(super) afresh: bool,
    /// Print one JSON object instead of a table
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// Which workbook
    #[arg(value_name = "KIND")]
    pub(super) kind: WorkbookName,
    /// The file to write [default: KIND.xlsx]
    #[arg(value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
    /// Only of this division: 4, 6, 9 or 12 digits [default: the city]
    #[arg(long, value_name = "CODE")]
    pub(super) division: Option<String>,
    /// Visits: of this month [default: the present one]
    #[arg(long, value_name = "YYYY-MM")]
    pub(super) month: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(super) struct TemplateArguments {
    /// Which workbook
    #[arg(value_name = "KIND")]
    pub(super) kind: WorkbookName,
    /// The file to write [default: KIND.xlsx]
    #[arg(value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct StatisticsArguments {
    /// The day [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) day: Option<String>,
    /// Only of this division: 4, 6, 9 or 12 digits [default: the city]
    #[arg(long, value_name = "CODE")]
    pub(super) division: Option<String>,
    /// Print one JSON object instead of tables
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reach: Reach,
}

/// The offices' workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum WorkbookName {
    /// 儿童花名册: children with their categories
    Children,
    /// 流动儿童台账: migrant children of a survey
    Migrants,
    /// 走访记录表: visits
    Visits,
    /// 儿童工作者名册: child directors and supervisors
    Workers,
}

impl WorkbookName {
    pub(super) fn in_contract(self) -> WorkbookKind {
        match self {
            Self::Children => WorkbookKind::Children,
            Self::Migrants => WorkbookKind::Migrants,
            Self::Visits => WorkbookKind::Visits,
            Self::Workers => WorkbookKind::Workers,
        }
    }
}

/// How a client command finds the city.
#[derive(Debug, Args)]
pub(super) struct Reach {
    /// The gRPC door [default: that of the city in the data directory]
    #[arg(long, value_name = "HOST:PORT")]
    pub(super) endpoint: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(super) enum MailboxCommand {
    /// List all mailboxes and how they stand
    List {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        reach: Reach,
    },
    /// Read a mailbox with its department's own certificate; verify chain and signature
    #[command(after_help = "Exit status 1 if a message is forged or one is missing.

Examples:
  hutong mailbox tail EDU
  hutong mailbox tail EDU-371621 --from 1000 --follow --json")]
    Tail {
        /// The mailbox: EDU, or EDU-371621
        code: String,
        /// The first message to show, by its sequence number
        #[arg(long, default_value_t = 1, value_name = "SEQUENCE")]
        from: u64,
        /// Wait for further messages, until Ctrl-C
        #[arg(long)]
        follow: bool,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
        /// The broker [default: that of the city in the data directory]
        #[arg(long, value_name = "URL")]
        nats: Option<String>,
        #[command(flatten)]
        reach: Reach,
    },
    /// Throw a mailbox away and build it anew from the event logs, under today's grants
    Rebuild {
        /// The mailbox: EDU, or EDU-371621
        code: String,
        #[command(flatten)]
        reach: Reach,
    },
}

#[derive(Debug, Subcommand)]
#[command(after_help = "The settings [retention] say after how many years each class of data is erased; a run that is
killed goes on with the next one. What an event said is erased, that it happened stays: chain,
signatures and evidence hold. The audit is kept for good. Backups are yours to destroy.

Once a year:
  hutong retention show               what is kept, and what is past its time
  hutong retention apply              erases that, and what departments' mailboxes say of it

  hutong config | grep -A 24 retention")]
pub(super) enum RetentionCommand {
    /// Show how much of each class is kept, and past its time; nothing is changed
    #[command(after_help = "Examples:
  hutong retention show
  hutong retention show --json | jq '.[] | select(.due > 0)'")]
    Show {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Erase what is past its time, in small parts, and report it
    #[command(after_help = "Examples:
  hutong retention show && hutong retention apply
  hutong retention apply --json > erased-2026.json")]
    Apply {
        /// Print JSON instead of a progress bar and a table
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        reach: Reach,
    },
    /// Erase one child's file before its time, as the law or a court may order
    #[command(
        after_help = "The file must have ended. With it go the files that were merged into it, whoever is around no
other child, and what events say of the child.

Example:
  hutong retention erase 0198b2f0-5a3e-7c44-9d2b-8f3f0c1d2e4f"
    )]
    Erase {
        /// The child's id, as civil affairs knows it
        #[arg(value_name = "CHILD")]
        child: String,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        reach: Reach,
    },
    /// Throw away the copies of events in the broker; they come back without what was erased
    #[command(after_help = "`apply` and `erase` do so by themselves while the city runs.

Example:
  hutong retention copies")]
    Copies {
        #[command(flatten)]
        reach: Reach,
    },
}

#[derive(Debug, Subcommand)]
#[command(after_help = "Keys lie in DIR/keys/registry.vault. Whoever has that file and the database reads
everything, and without it the sealed fields are lost: keep a copy apart from the data's,
and a new one after each change. All of it is safe while the city runs. The search key in
the file stays: hashes cannot be made anew without opening every value.

A change of keys:
  hutong vault rotate                 a new key seals from now on
  hutong vault reseal                 everything else too; a running city does it by itself
  hutong vault status                 what each key still seals
  hutong vault retire 1               the old key goes, once nothing needs it")]
pub(super) enum VaultCommand {
    /// Show the keys, and how many values each of them seals
    #[command(after_help = "It reads the beginning of every sealed value: seconds where there are millions.

Examples:
  hutong vault status
  hutong vault status --json | jq '.keys[] | select(.active | not)'")]
    Status {
        /// Print one JSON object instead of a table
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        service: VaultService,
    },
    /// Add a new key, which seals from now on; the old ones stay and open
    #[command(after_help = "A running city takes it in with its next write. Where several processes serve a service,
they must share the key file. Refused if the database holds values of a key that the file
lacks: then it is an older copy.

Examples:
  hutong vault rotate
  hutong vault rotate --service registry --json | jq .key")]
    Rotate {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        service: VaultService,
    },
    /// Seal everything with the active key, in small parts; after kill -9 it goes on where it was
    #[command(after_help = "Exit status 1 if a value does not open.

Examples:
  hutong vault reseal
  hutong vault reseal --json")]
    Reseal {
        /// Print one JSON object instead of a progress bar and a line
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        service: VaultService,
    },
    /// Take a key out of the key file, if nothing is sealed with it any more
    #[command(after_help = "Backups of the database from before are sealed with the old key: keep a copy of it as long
as they shall be readable.

Example:
  hutong vault retire 1")]
    Retire {
        /// The key's number
        #[arg(value_name = "KEY")]
        key: u32,
        #[command(flatten)]
        service: VaultService,
    },
}

/// Whose keys.
#[derive(Debug, Args)]
pub(super) struct VaultService {
    /// The service
    #[arg(long, value_name = "SERVICE", default_value = "registry")]
    pub(super) service: SealingService,
}

/// The services that seal fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SealingService {
    /// The files of children
    Registry,
}

#[derive(Debug, Subcommand)]
#[command(after_help = "Certificates lie in DIR/tls: issued/ keeps each that was issued, revoked.crl is the
authority's signed list of those that are good no more. A running city takes every change
in within a second: who is revoked is cut off at both doors, and does not come back. Where
nats-server runs elsewhere, give it `hutong contract nats-config` again and have it read it
(`nats-server --signal reload`).

A city with an authority of its own brings authority.pem (root and intermediate
certificates), revoked.crl, server.pem and service/*.pem with their keys, and no
authority.key; `hutong cert admit` lets departments' certificates in.

A department's certificate leaks:
  hutong cert issue department EDU --out ./for-education --new-key
  hutong cert list                    its numbers
  hutong cert revoke 5f3a…            the one that leaked")]
pub(super) enum CertCommand {
    /// Show the authority and its list of revoked certificates; make both if there are none
    #[command(after_help = "Examples:
  hutong cert authority
  hutong cert authority --json | jq .days_left")]
    Authority {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Issue a certificate with its key, unless a good one is there
    #[command(after_help = "Without --out it is the one in the data directory. With --out the three files that the
holder needs are written there: NAME.pem, NAME.key, authority.pem. One that is good for more
than a third of its life is left as it is; one that is near its end is renewed over the same
key.

Examples:
  hutong cert issue department EDU --out ./for-education
  hutong cert issue department EDU --out ./for-education-2 --days 7
  hutong cert issue service registry")]
    Issue(IssueArguments),
    /// Renew every certificate in the data directory that is near its end
    #[command(
        after_help = "A running city does so by itself for what lies there; this is for an authority's key that is
brought for it. A certificate elsewhere is renewed by `hutong cert issue … --out DIR`.

Examples:
  hutong cert renew
  hutong cert renew --json | jq '.[] | select(.renewed)'"
    )]
    Renew {
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Revoke certificates: at both doors their connections end, and they do not come back
    #[command(
        after_help = "Whatever else was issued over the same key is revoked with it. Revoking twice changes nothing.

Examples:
  hutong cert revoke 5f3ac02b7d1e4a6690c1d2e3f4a5b6c7
  hutong cert revoke ./for-education/EDU.pem
  hutong cert revoke department/EDU --json       every good one of this holder"
    )]
    Revoke {
        /// Serial numbers, certificates' files, or holders
        #[arg(required = true, value_name = "SERIAL|FILE|HOLDER")]
        certificates: Vec<String>,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// List the certificates that were issued or admitted here
    #[command(after_help = "Examples:
  hutong cert list
  hutong cert list --all --json | jq '.[] | select(.state == \"revoked\")'")]
    List {
        /// Expired and revoked ones too
        #[arg(long)]
        all: bool,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Let certificates in that the city's authority issued elsewhere
    #[command(after_help = "nats-server knows which keys are good and no list of revoked ones, so that a certificate
must be known here before it is let in there.

Examples:
  hutong cert admit EDU.pem HC.pem")]
    Admit {
        /// The certificates, PEM
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct IssueArguments {
    /// For whom
    #[arg(value_name = "KIND")]
    pub(super) kind: CertKind,
    /// A department's code (EDU, EDU-371621, CA), a service's name (registry), or a server's host name or address
    pub(super) name: String,
    /// Write the files there
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Good for so many days [default: tls.department_days, tls.service_days]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=397))]
    pub(super) days: Option<u16>,
    /// Issue another one over a new key, whatever is there
    #[arg(long)]
    pub(super) new_key: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

/// Whom a certificate names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CertKind {
    /// A department, or its office in one area
    Department,
    /// One of our own services
    Service,
    /// A gRPC door or a broker, under one more name beside this machine's own
    Server,
}

#[derive(Debug, Subcommand)]
pub(super) enum ContractCommand {
    /// Check that the contract in this binary leaks nothing
    Check,
    /// Print who receives which event and may call which method
    Catalogue {
        /// Print JSON instead of Markdown
        #[arg(long)]
        json: bool,
    },
    /// Print the nats-server configuration that follows from the contract
    NatsConfig,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    /// The width at which clap breaks lines where it does not know the terminal's.
    const WIDTH: usize = 100;

    fn too_wide(command: &clap::Command, found: &mut Vec<String>) {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let wide = help.lines().filter(|line| line.chars().count() > WIDTH);
        found.extend(wide.map(|line| format!("{}: {line}", command.get_name())));
        for inner in command.get_subcommands() {
            too_wide(inner, found);
        }
    }

    #[test]
    fn every_help_text_fits_a_terminal() {
        let mut found = Vec::new();
        too_wide(&Cli::command(), &mut found);
        assert_eq!(found, [] as [String; 0]);
    }
}
