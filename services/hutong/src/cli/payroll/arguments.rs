use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use kernel::{Fen, Month, Tier};

use super::super::arguments::Reach;

#[derive(Debug, Subcommand)]
#[command(
    after_help = "A month goes: run, approve (by another person), file, result, reconcile. Each may be repeated, and
goes on where it was cut off. --actor says which person asks; it is recorded with the call.

Example of a month:
  hutong payroll run 2025-06 --actor li
  hutong payroll approve 2025-06 --actor zhao
  hutong payroll file 2025-06 june.xlsx
  hutong payroll result answers.csv
  hutong payroll unknown 2025-06 ask.csv
  hutong payroll reconcile 2025-06"
)]
pub(in crate::cli) enum PayrollCommand {
    /// Publish standards, and list them
    #[command(subcommand)]
    Standard(StandardCommand),
    /// Say to whom children's money goes: from a table, or from the accounts in the registry
    #[command(
        after_help = "The table (.csv or .xlsx) has the columns 儿童编号, 户名, 开户行, 账号. From the registry, the account that
a child's file names is taken, with the guardian as its holder.

Examples:
  hutong payroll payees accounts.csv
  hutong payroll payees --from-registry"
    )]
    Payees(PayeesArguments),
    /// Open a month's run, compute it and check it
    Run(MonthArguments),
    /// Approve a checked run: its payments count from then on
    Approve(MonthArguments),
    /// Give up a run that was not approved
    Cancel(CancelArguments),
    /// Show a run: how far it is, what it pays by county and tier, what the checks say
    Show(ShowArguments),
    /// List all runs
    List(ListArguments),
    /// What a year's runs paid, by month and tier
    Year(YearArguments),
    /// Write the payment file of an approved run (.csv or .xlsx)
    #[command(
        after_help = "The same run gives the same payments however often, each under its own number: a bank that gets the
file twice pays once."
    )]
    File(FileArguments),
    /// Take in what the bank says (.csv or .xlsx)
    Result(ResultArguments),
    /// Write a table of the payments whose outcome is unknown: ask the bank for them, never send them again
    Unknown(FileArguments),
    /// Close a run of which every outcome is known
    Reconcile(MonthArguments),
    /// Compute a past run anew from what was known to it, and compare to the fen
    Recompute(ShowArguments),
    /// List the payments of a run
    Payments(PaymentsArguments),
    /// Why a payment is what it is
    Explain(ExplainArguments),
    /// What a person must decide: payments that came back, and overpayments
    Tasks(TasksArguments),
    /// Decide a task
    Decide(DecideArguments),
    /// How counties stand with their funds in a year
    Budget(YearArguments),
    /// Record funds that a county received
    Funds(FundsArguments),
    /// Insure children: open a year, give out the list, take in the insurer's word
    #[command(subcommand)]
    Insurance(InsuranceCommand),
    /// A bank that is none, to try with: it loses answers, answers twice, returns, and delays
    #[command(
        after_help = "It remembers in --state what it was told. With --ask it answers for the payments of a table that
`hutong payroll unknown` wrote.

Examples:
  hutong payroll bank june.csv answers.csv --state bank.json --lost 50 --returned 20
  hutong payroll bank ask.csv answers.csv --state bank.json --ask"
    )]
    Bank(BankArguments),
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum StandardCommand {
    /// Publish a version of a standard, or those of a file
    #[command(after_help = "Examples:
  hutong payroll standard publish --tier b --from 2025-01 --yuan 2140 --basis 滨民〔2025〕1号
  hutong payroll standard publish --file deploy/standards.toml")]
    Publish(PublishArguments),
    /// List all versions
    List(ListArguments),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PublishArguments {
    /// Publish all of a file; what counts already is left as it is
    #[arg(long, value_name = "FILE", conflicts_with_all = ["tier", "from", "yuan", "basis", "area"])]
    pub(super) file: Option<PathBuf>,
    /// The tier
    #[arg(long, required_unless_present = "file")]
    pub(super) tier: Option<TierName>,
    /// The first month; it may be past
    #[arg(long, value_name = "YYYY-MM", required_unless_present = "file")]
    pub(super) from: Option<Month>,
    /// For a child and month
    #[arg(long, value_name = "YUAN", required_unless_present = "file")]
    pub(super) yuan: Option<Fen>,
    /// The document by which it was set
    #[arg(long, value_name = "TEXT", required_unless_present = "file")]
    pub(super) basis: Option<String>,
    /// The city or a county, 6 digits [default: the city]
    #[arg(long, value_name = "CODE")]
    pub(super) area: Option<String>,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PayeesArguments {
    /// The table
    #[arg(value_name = "FILE", required_unless_present = "from_registry", conflicts_with = "from_registry")]
    pub(super) file: Option<PathBuf>,
    /// Take the accounts that children's files name
    #[arg(long)]
    pub(super) from_registry: bool,
    /// The bank of accounts from the registry, which names none
    #[arg(long, value_name = "NAME", default_value = "社保卡开户行")]
    pub(super) bank: String,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct MonthArguments {
    /// The month
    #[arg(value_name = "YYYY-MM")]
    pub(super) month: Month,
    /// The person who asks
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(super) actor: String,
    /// Throw away what an unapproved run computed, and begin with what is known now
    #[arg(long)]
    pub(super) anew: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CancelArguments {
    /// The month
    #[arg(value_name = "YYYY-MM")]
    pub(super) month: Month,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
    /// The person who asks
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(super) actor: String,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ShowArguments {
    /// The month
    #[arg(value_name = "YYYY-MM")]
    pub(super) month: Month,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ListArguments {
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct YearArguments {
    /// The year
    #[arg(value_name = "YYYY")]
    pub(super) year: i32,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct FileArguments {
    /// The month
    #[arg(value_name = "YYYY-MM")]
    pub(super) month: Month,
    /// The file to write: .csv or .xlsx
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ResultArguments {
    /// What the bank says: .csv or .xlsx with 付款编号, 结果, 金额(元), 日期, 说明
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PaymentsArguments {
    /// The month
    #[arg(value_name = "YYYY-MM")]
    pub(super) month: Month,
    /// Print one JSON object a line
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ExplainArguments {
    /// The payment's number
    #[arg(value_name = "PAYMENT")]
    pub(super) payment: String,
    /// Print the whole tree as JSON
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct TasksArguments {
    /// Decided ones as well
    #[arg(long)]
    pub(super) all: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct DecideArguments {
    /// The task's number
    #[arg(value_name = "TASK")]
    pub(super) task: String,
    /// The decision
    pub(super) outcome: OutcomeName,
    /// Why, in a few words
    #[arg(long, value_name = "TEXT")]
    pub(super) note: String,
    /// The person who decides
    #[arg(long, value_name = "NAME")]
    pub(super) actor: String,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct FundsArguments {
    /// The county, 6 digits
    #[arg(value_name = "COUNTY")]
    pub(super) county: String,
    /// The tier
    pub(super) tier: TierName,
    /// The year
    #[arg(value_name = "YYYY")]
    pub(super) year: i32,
    /// How much; negative for what was given back
    #[arg(value_name = "YUAN", allow_negative_numbers = true)]
    pub(super) yuan: Fen,
    /// The number of the document; it is recorded once
    #[arg(long, value_name = "TEXT")]
    pub(super) reference: String,
    #[command(flatten)]
    pub(super) reach: Reach,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum InsuranceCommand {
    /// Open a policy year: its list is of who is due basic living in a month
    Open {
        /// The year
        #[arg(value_name = "YYYY")]
        year: i32,
        /// The insurer
        #[arg(long, value_name = "NAME")]
        insurer: String,
        /// For a child
        #[arg(long, value_name = "YUAN")]
        premium: Fen,
        /// The month [default: the present one]
        #[arg(long, value_name = "YYYY-MM")]
        month: Option<Month>,
        #[command(flatten)]
        reach: Reach,
    },
    /// Show a policy year
    Show(YearArguments),
    /// Write the list as a table with 儿童编号, 区县, 保费(元)
    File {
        /// The year
        #[arg(value_name = "YYYY")]
        year: i32,
        /// The file to write: .csv or .xlsx
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        reach: Reach,
    },
    /// Take in the insurer's word: a table with 儿童编号, 结果 (已参保 or 未参保), 说明
    Result {
        /// The year
        #[arg(value_name = "YYYY")]
        year: i32,
        /// The table
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        reach: Reach,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct BankArguments {
    /// The payment file, or with --ask the table of payments to ask for
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Where its answers are written
    #[arg(value_name = "ANSWERS")]
    pub(super) answers: PathBuf,
    /// What it remembers
    #[arg(long, value_name = "FILE", default_value = "bank.json")]
    pub(super) state: PathBuf,
    /// Answer for the payments of FILE, whatever was lost
    #[arg(long)]
    pub(super) ask: bool,
    /// Answers lost, in a thousand
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) lost: u16,
    /// Answers given twice, in a thousand
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) twice: u16,
    /// Payments returned, in a thousand
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) returned: u16,
    /// Answers that come with the next file, in a thousand
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) delayed: u16,
}

/// A tier, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum TierName {
    /// Institutional
    A,
    /// Scattered
    B,
    /// Key difficulty
    C,
}

impl TierName {
    pub(super) fn tier(self) -> Tier {
        match self {
            Self::A => Tier::A,
            Self::B => Tier::B,
            Self::C => Tier::C,
        }
    }
}

/// A decision, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum OutcomeName {
    /// A returned payment: by the next run
    PayAgain,
    /// A returned payment: not any more
    WriteOff,
    /// An overpayment: it came back
    Recovered,
    /// An overpayment: let go
    Waived,
}
