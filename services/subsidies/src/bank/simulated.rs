use std::collections::BTreeMap;

use contract::google::r#type::Date;
use contract::subsidies::v1::{BankInstruction, BankOutcome, BankResult};
use serde::{Deserialize, Serialize};

/// How often the bank does what banks do, in thousandths of payments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Habits {
    /// Answers that never arrive: the bank must be asked.
    pub lost: u16,
    /// Answers that arrive twice.
    pub twice: u16,
    /// Payments that come back.
    pub returned: u16,
    /// Answers that come a day later.
    pub delayed: u16,
    /// Chooses which.
    pub seed: u64,
}

/// A bank that loses answers, answers twice, returns, and delays. It knows a payment by its id: a second instruction of the
/// same id pays nothing, and one of the same id with another amount or account is remembered as a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimulatedBank {
    habits: Habits,
    payments: BTreeMap<String, Known>,
    /// Instructions that contradicted an earlier one of the same id.
    faults: Vec<String>,
}

/// What the bank knows of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    account: String,
    amount_fen: i64,
    returned: bool,
    /// Days until its answer is given, `None` once it was given or lost.
    answers_in: Option<u8>,
    twice: bool,
}

impl SimulatedBank {
    /// A bank that knows nothing yet.
    #[must_use]
    pub fn new(habits: Habits) -> Self {
        Self { habits, payments: BTreeMap::new(), faults: Vec::new() }
    }

    /// Takes instructions in: each is carried out once.
    pub fn take(&mut self, instructions: &[BankInstruction]) {
        for instruction in instructions {
            let BankInstruction { payment, account, amount_fen, .. } = instruction;
            if let Some(known) = self.payments.get(payment) {
                if known.account != *account || known.amount_fen != *amount_fen {
                    self.faults.push(payment.clone());
                }
                continue;
            }
            let lost = self.does(payment, 1, self.habits.lost);
            let delayed = u8::from(self.does(payment, 2, self.habits.delayed));
            let known = Known {
                account: account.clone(),
                amount_fen: *amount_fen,
                returned: self.does(payment, 3, self.habits.returned),
                answers_in: (!lost).then_some(delayed),
                twice: self.does(payment, 4, self.habits.twice),
            };
            self.payments.insert(payment.clone(), known);
        }
    }

    /// The answers of a day.
    pub fn answers(&mut self, day: Date) -> Vec<BankResult> {
        let mut answers = Vec::new();
        for (payment, known) in &mut self.payments {
            match known.answers_in {
                Some(0) => {
                    let answer = result(payment, known, day);
                    if known.twice {
                        answers.push(answer.clone());
                    }
                    answers.push(answer);
                    known.answers_in = None;
                }
                Some(days) => known.answers_in = Some(days - 1),
                None => {}
            }
        }
        answers
    }

    /// What the bank says of payments when it is asked; nothing of one that it never got.
    #[must_use]
    pub fn query<'a>(&self, payments: impl IntoIterator<Item = &'a str>, day: Date) -> Vec<BankResult> {
        let known = payments.into_iter().filter_map(|payment| Some((payment, self.payments.get(payment)?)));
        known.map(|(payment, known)| result(payment, known, day)).collect()
    }

    /// Fen that were paid out and stayed with the payee, by account.
    #[must_use]
    pub fn paid(&self) -> BTreeMap<String, i64> {
        let mut paid: BTreeMap<String, i64> = BTreeMap::new();
        for known in self.payments.values().filter(|known| !known.returned) {
            *paid.entry(known.account.clone()).or_default() += known.amount_fen;
        }
        paid
    }

    /// Payments whose id came again with another amount or account.
    #[must_use]
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// Whether it does something with a payment: the same for the same payment, whatever else it got.
    fn does(&self, payment: &str, what: u64, permille: u16) -> bool {
        let start = self.habits.seed ^ (what << 56);
        // FNV-1a, which is enough to look like chance.
        let hash = payment.bytes().fold(0xcbf2_9ce4_8422_2325 ^ start, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let mixed = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed >> 33) % 1_000 < u64::from(permille)
    }
}

fn result(payment: &str, known: &Known, day: Date) -> BankResult {
    let (outcome, reason) = match known.returned {
        true => (BankOutcome::Returned, "户名与账号不符"),
        false => (BankOutcome::Settled, ""),
    };
    BankResult {
        payment: payment.to_owned(),
        outcome: outcome.into(),
        amount_fen: known.amount_fen,
        settled_on: Some(day),
        reason: reason.to_owned(),
    }
}
