//! Ten thousand histories with late and reordered facts, against an oracle that shares nothing with the payroll but its
//! words: it keeps flat lists and looks through all of them for each month.

use kernel::{CategoryRecordId, ChildId, Division, Fen, Id, Instant, ManualClock, Month, PaymentId, StandardId, Tier};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use subsidies::domain::account::{Claim, ClaimState, Paid, Squaring};
use subsidies::domain::accrual::{Frame, total};
use subsidies::domain::file::OtherGrant;
use subsidies::domain::{Account, ChildFile, Fact, Standard, Standards};

/// What may happen, in the order in which it is learnt. Months are counted from January 2025.
#[derive(Clone, Debug)]
enum Step {
    Confirm {
        record: u8,
        tier: u8,
        from: i32,
    },
    End {
        record: u8,
        until: i32,
    },
    Move {
        county: u8,
        month: i32,
        day: i8,
    },
    Close {
        month: i32,
    },
    Grant {
        yuan: i64,
        from: i32,
        months: i32,
    },
    Publish {
        tier: u8,
        county: Option<u8>,
        from: i32,
        yuan: i64,
    },
    /// The next month's run.
    Run,
    /// The bank returns the last payment, and a person has it paid again.
    Return,
    /// A person gets back what is claimed.
    Recover,
    /// A person lets go what is claimed.
    Waive,
}

const COUNTIES: [&str; 3] = ["371602", "371621", "371681"];

fn step() -> impl Strategy<Value = Step> {
    let months = -3..14i32;
    prop_oneof![
        2 => (0..4u8, 0..3u8, months.clone()).prop_map(|(record, tier, from)| Step::Confirm { record, tier, from }),
        2 => (0..4u8, months.clone()).prop_map(|(record, until)| Step::End { record, until }),
        1 => (0..3u8, months.clone(), 1..29i8).prop_map(|(county, month, day)| Step::Move { county, month, day }),
        1 => months.clone().prop_map(|month| Step::Close { month }),
        1 => (0..30i64, months.clone(), 1..8i32).prop_map(|(yuan, from, months)| Step::Grant { yuan: yuan * 100, from, months }),
        2 => (0..3u8, prop::option::of(0..3u8), months, 15..30i64)
            .prop_map(|(tier, county, from, yuan)| Step::Publish { tier, county, from, yuan: yuan * 100 }),
        8 => Just(Step::Run),
        1 => Just(Step::Return),
        1 => Just(Step::Recover),
        1 => Just(Step::Waive),
    ]
}

fn month(offset: i32) -> Month {
    Month::new(2025 + offset.div_euclid(12), offset.rem_euclid(12) + 1).unwrap()
}

fn id<K>(number: u8) -> Id<K> {
    Id::from_uuid(uuid::Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0000 | u128::from(number)))
}

fn county(number: u8) -> Division {
    COUNTIES[usize::from(number)].parse().unwrap()
}

/// The payroll's own domain, step by step.
struct Ours {
    file: ChildFile,
    account: Account,
    standards: Standards,
    known: i64,
    home: u8,
    runs: i32,
}

impl Ours {
    fn tick(&mut self) -> Instant {
        self.known += 1;
        Instant::from_micros(self.known)
    }

    fn frame(&self) -> Frame {
        Frame {
            month: month(self.runs),
            first_month: month(0),
            known: Instant::from_micros(self.known),
            standards: self.standards.clone(),
            rules: "all@2024-01+top-up".parse().unwrap(),
        }
    }

    /// Fen of each month that the step pays, by the run's lines.
    fn take(&mut self, step: &Step) -> Vec<(i32, i64)> {
        let at = self.tick();
        match step.clone() {
            Step::Confirm { record, tier, from } => {
                let (record, tier) = (id::<kernel::id::CategoryRecord>(record), Tier::ALL[usize::from(tier)]);
                self.file.learn(at, Fact::Confirmed { record, tier, from: month(from) });
            }
            Step::End { record, until } => {
                let record: CategoryRecordId = id(record);
                self.file.learn(at, Fact::Ended { record, until: month(until) });
            }
            Step::Move { county: to, month: of, day } => {
                let on = kernel::Date::new(month(of).year(), month(of).month(), day).unwrap();
                self.file.learn(at, Fact::Moved { from: county(self.home), to: county(to), on });
                self.home = to;
            }
            Step::Close { month: of } => self.file.learn(at, Fact::Closed { on: month(of).first_day() }),
            Step::Grant { yuan, from, months } => {
                let (monthly, until) = (Fen::from_yuan(yuan), Some(month(from + months)));
                let grant = OtherGrant { monthly, from: month(from), until, source: "低保".to_owned() };
                self.file.learn(at, Fact::OtherGrant(grant));
            }
            Step::Publish { tier, county: of, from, yuan } => {
                let area = of.map_or_else(|| "3716".parse().unwrap(), county);
                // What counts already is no version.
                drop(
                    self.standards
                        .publish(Standard {
                            id: StandardId::generate(&ManualClock::new(at)),
                            tier: Tier::ALL[usize::from(tier)],
                            area,
                            from: month(from),
                            monthly: Fen::from_yuan(yuan),
                            legal_basis: String::new(),
                            published: at,
                            previous: None,
                        })
                        .cloned(),
                );
            }
            Step::Run => {
                let lines = self.frame().accrue(&self.file, &self.account).unwrap();
                let payment = PaymentId::generate(&ManualClock::new(at));
                let approved = self.tick();
                self.account.paid.extend(lines.iter().map(|line| Paid {
                    payment,
                    run_month: month(self.runs),
                    month: line.month,
                    amount: line.amount,
                    approved,
                    released: None,
                    is_with_child: true,
                }));
                self.runs += 1;
                assert_eq!(total(&lines), Fen::new(lines.iter().map(|line| line.amount.as_fen()).sum()));
                self.square();
                return lines
                    .iter()
                    .map(|line| (Month::months_between(month(0), line.month), line.amount.as_fen()))
                    .collect();
            }
            Step::Return => {
                if let Some(last) = self.account.paid.last().filter(|paid| paid.is_with_child).map(|paid| paid.payment)
                {
                    for paid in self.account.paid.iter_mut().filter(|paid| paid.payment == last) {
                        (paid.is_with_child, paid.released) = (false, Some(at));
                    }
                }
            }
            Step::Recover => self.decide(ClaimState::Recovered(at)),
            Step::Waive => self.decide(ClaimState::Waived),
        }
        self.square();
        Vec::new()
    }

    fn decide(&mut self, state: ClaimState) {
        for claim in self.account.claims.iter_mut().filter(|claim| claim.state == ClaimState::Open) {
            claim.state = state;
        }
    }

    fn square(&mut self) {
        let frame = self.frame();
        let due = |month| frame.due(&self.file, month).unwrap().map_or(Fen::ZERO, |due| due.amount);
        for squaring in self.account.square(due) {
            match squaring {
                Squaring::Claim { month, amount } => {
                    let task = Id::generate(&ManualClock::new(Instant::from_micros(self.known)));
                    self.account.claims.push(Claim { task, month, amount, state: ClaimState::Open });
                }
                Squaring::Amend { task, amount } => {
                    self.account.claims.iter_mut().find(|claim| claim.task == task).unwrap().amount = amount;
                }
                Squaring::Withdraw { task } => {
                    self.account.claims.iter_mut().find(|claim| claim.task == task).unwrap().state =
                        ClaimState::Withdrawn;
                }
            }
        }
    }
}

/// The oracle: what is due for a month, by all that was ever said, newest first.
fn due(said: &[Step], of: i32) -> i64 {
    let closed = said.iter().rev().find_map(|step| if let Step::Close { month } = step { Some(*month) } else { None });
    if closed.is_some_and(|closed| of > closed) {
        return 0;
    }
    let mut best: Option<u8> = None;
    for record in 0..4u8 {
        let Some(at) = said.iter().rposition(|step| matches!(step, Step::Confirm { record: r, .. } if *r == record))
        else {
            continue;
        };
        let Step::Confirm { tier, from, .. } = said[at] else { unreachable!() };
        let end = said[at..].iter().rev().find_map(|step| match step {
            Step::End { record: r, until } if *r == record => Some(*until),
            _ => None,
        });
        if from <= of && end.is_none_or(|until| of < until) {
            best = Some(best.map_or(tier, |best| best.min(tier)));
        }
    }
    let Some(tier) = best else { return 0 };
    // Where the household is when the month begins: the move of the latest day up to then, of one day the one said last.
    let mut home = (i32::MIN, 1u8);
    let (mut first_move, mut before, mut living) = (i32::MAX, None, 1u8);
    for step in said {
        if let Step::Move { county, month, day } = step {
            let on = month * 100 + i32::from(*day);
            if on <= of * 100 + 1 {
                if home.0 <= on {
                    home = (on, *county);
                }
            } else if on < first_move {
                (first_move, before) = (on, Some(living));
            }
            living = *county;
        }
    }
    let home = if home.0 == i32::MIN { before.unwrap_or(1) } else { home.1 };
    let standard = |own: bool| {
        let mut found: Option<(i32, i64)> = None;
        for step in said {
            if let Step::Publish { tier: t, county, from, yuan } = step
                && *t == tier
                && *from <= of
                && (if own { *county == Some(home) } else { county.is_none() })
                && found.is_none_or(|(since, _)| since <= *from)
            {
                found = Some((*from, *yuan));
            }
        }
        found.map(|(_, yuan)| yuan)
    };
    let standard = standard(true).or_else(|| standard(false)).expect("each tier has one from the beginning") * 100;
    let grant = said.iter().rev().find_map(|step| match step {
        Step::Grant { yuan, from, months } if *from <= of && of < from + months => Some(yuan * 100),
        _ => None,
    });
    standard - grant.unwrap_or(0).min(standard)
}

/// The oracle's books of one month: what was paid and kept, what came back from the child, what was let go, what is claimed.
#[derive(Clone, Copy, Default)]
struct Book {
    paid: i64,
    recovered: i64,
    waived: i64,
    claimed: i64,
}

#[test]
fn ten_thousand_histories_are_paid_as_the_oracle_says() {
    let config = Config { cases: 10_000, failure_persistence: None, ..Config::default() };
    let histories = prop::collection::vec(step(), 1..40);
    TestRunner::new(config)
        .run(&histories, |history| {
            let standards =
                [0, 1, 2].map(|tier| Step::Publish { tier, county: None, from: -40, yuan: 1_000 + i64::from(tier) });
            let mut ours = Ours {
                file: ChildFile::new(id::<kernel::id::Child>(1)),
                account: Account::default(),
                standards: Standards::default(),
                known: 0,
                home: 1,
                runs: 0,
            };
            let _: ChildId = ours.file.child;
            let at = ours.tick();
            ours.file.learn(at, Fact::Registered { county: county(1) });
            let (mut said, mut books, mut last, mut runs) = (Vec::new(), vec![Book::default(); 80], Vec::new(), 0);
            let (mut paid_ever, mut returned_ever) = (0, 0);
            for step in standards.iter().chain(&history) {
                let pays = ours.take(step);
                match step {
                    Step::Run => {
                        let mut expected = Vec::new();
                        for of in 0..=runs {
                            let book = &mut books[usize::try_from(of).unwrap()];
                            let owed = due(&said, of) - (book.paid - book.recovered).max(0);
                            if owed > 0 {
                                book.paid += owed;
                                paid_ever += owed;
                                expected.push((of, owed));
                            }
                        }
                        prop_assert_eq!(&pays, &expected, "run {}", runs);
                        if !expected.is_empty() {
                            last = expected;
                        }
                        runs += 1;
                    }
                    Step::Return => {
                        for (of, fen) in last.drain(..) {
                            books[usize::try_from(of).unwrap()].paid -= fen;
                            returned_ever += fen;
                        }
                    }
                    Step::Recover => books.iter_mut().for_each(|book| book.recovered += book.claimed),
                    Step::Waive => books.iter_mut().for_each(|book| book.waived += book.claimed),
                    said_now => said.push(said_now.clone()),
                }
                for of in 0..runs {
                    let book = &mut books[usize::try_from(of).unwrap()];
                    book.claimed = (book.paid - book.recovered - book.waived - due(&said, of)).max(0);
                }
                let claimed: i64 = ours
                    .account
                    .claims
                    .iter()
                    .filter(|claim| claim.state == ClaimState::Open)
                    .map(|claim| claim.amount.as_fen())
                    .sum();
                prop_assert_eq!(claimed, books.iter().map(|book| book.claimed).sum::<i64>(), "claims after {:?}", step);
                // The books agree: all that was ever paid is with the child, came back from the bank, or came back from the child.
                let kept: i64 = books.iter().map(|book| book.paid - book.recovered).sum();
                let recovered: i64 = books.iter().map(|book| book.recovered).sum();
                prop_assert_eq!(paid_ever, kept + recovered + returned_ever);
                let committed: i64 = ours.account.committed(Instant::MAX).values().map(|fen| fen.as_fen()).sum();
                prop_assert_eq!(committed, kept);
            }
            Ok(())
        })
        .unwrap();
}
