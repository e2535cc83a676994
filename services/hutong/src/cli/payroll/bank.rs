use anyhow::Context;
use subsidies::bank::{Habits, SimulatedBank};

use super::super::say::say;
use super::arguments::BankArguments;
use super::client::today;
use crate::bank_files::{read_instructions, write_results};

pub(super) fn run(arguments: &BankArguments) -> anyhow::Result<()> {
    let BankArguments { lost, twice, returned, delayed, state, .. } = arguments;
    let mut bank = match std::fs::read(state) {
        Ok(text) => serde_json::from_slice(&text).with_context(|| format!("{} is not of a bank", state.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            SimulatedBank::new(Habits { lost: *lost, twice: *twice, returned: *returned, delayed: *delayed, seed: 1 })
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", state.display())),
    };
    let instructions = read_instructions(&arguments.file)?;
    let answers = if arguments.ask {
        bank.query(instructions.iter().map(|one| one.payment.as_str()), today())
    } else {
        bank.take(&instructions);
        bank.answers(today())
    };
    std::fs::write(state, serde_json::to_vec(&bank)?).with_context(|| format!("cannot write {}", state.display()))?;
    write_results(&arguments.answers, &answers)?;
    say!("{} answers to {} payments are in {}.", answers.len(), instructions.len(), arguments.answers.display());
    for payment in bank.faults() {
        say!("! payment {payment} came again with another amount or account");
    }
    Ok(())
}
