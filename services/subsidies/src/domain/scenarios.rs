//! The acceptance scenarios about money, to the fen, over a payroll that runs month after month.

use kernel::{Fen, Instant, ManualClock, Month, PaymentId, PaymentTaskId, Tier};

use super::account::{Account, Claim, ClaimState, Paid, Squaring};
use super::accrual::{Frame, Line, total};
use super::file::{ChildFile, Fact, OtherGrant};
use super::rules::Rules;
use super::samples::{county, day, entitled, month, noon, published, record, standard, standards};
use super::standard::Standards;

/// One child, paid month by month: each run knows what was learnt by its day.
struct Payroll {
    file: ChildFile,
    account: Account,
    standards: Standards,
    rules: Rules,
    first: Month,
}

impl Payroll {
    fn of(file: ChildFile, standards: Standards, first: &str) -> Self {
        let rules = "2024-1@2024-01+top-up".parse().unwrap();
        Self { file, account: Account::default(), standards, rules, first: month(first) }
    }

    fn frame(&self, month: Month, known: Instant) -> Frame {
        Frame { month, first_month: self.first, known, standards: self.standards.clone(), rules: self.rules.clone() }
    }

    /// The run of a month on a day, approved and paid.
    fn run(&mut self, run_month: &str, on: &str) -> Vec<Line> {
        let (month, known) = (month(run_month), noon(on));
        let lines = self.frame(month, known).accrue(&self.file, &self.account).unwrap();
        let payment = PaymentId::generate(&ManualClock::new(known));
        self.account.paid.extend(lines.iter().map(|line| Paid {
            payment,
            run_month: month,
            month: line.month,
            amount: line.amount,
            approved: known,
            released: None,
            is_with_child: true,
        }));
        lines
    }

    /// Runs from a month to a month, each on its 5th, and what each pays in yuan.
    fn runs(&mut self, first: &str, last: &str) -> Vec<i64> {
        let months = Month::range(month(first), month(last));
        months.map(|month| yuan(&self.run(&month.to_string(), &format!("{month}-05")))).collect()
    }

    fn square(&self, known: &str) -> Vec<Squaring> {
        let known = noon(known);
        let frame = self.frame(self.first, known);
        self.account.square(|month| frame.due(&self.file, month).unwrap().map_or(Fen::ZERO, |due| due.amount))
    }

    fn learn(&mut self, on: &str, fact: Fact) {
        self.file.learn(noon(on), fact);
    }
}

fn yuan(lines: &[Line]) -> i64 {
    total(lines).as_fen() / 100
}

#[test]
fn scenario_1_a_reclassification_pays_5_months_of_c_and_7_of_b() {
    let mut payroll = Payroll::of(entitled(Tier::C, "2024-01"), standards(), "2024-01");
    let spring = payroll.runs("2024-01", "2024-05");
    payroll.learn("2024-05-17", Fact::Ended { record: record(1), until: month("2024-06") });
    payroll.learn("2024-05-17", Fact::Confirmed { record: record(2), tier: Tier::B, from: month("2024-06") });
    let rest = payroll.runs("2024-06", "2024-12");
    assert_eq!((spring.last(), rest.first()), (Some(&1_777), Some(&2_140)));
    assert_eq!(spring.into_iter().chain(rest).sum::<i64>(), 23_865);
}

#[test]
fn scenario_3_a_standard_published_late_is_made_up_for() {
    let before = published(&[standard(Tier::B, "2023-01", 2_002, "2023-01-02")]);
    let mut payroll = Payroll::of(entitled(Tier::B, "2024-01"), before.clone(), "2024-01");
    let mut ended = Payroll::of(entitled(Tier::B, "2024-01"), before, "2024-01");
    assert_eq!(payroll.runs("2024-01", "2024-04"), [2_002; 4]);
    ended.runs("2024-01", "2024-02");
    ended.learn("2024-02-20", Fact::Ended { record: record(1), until: month("2024-03") });
    ended.runs("2024-03", "2024-04");
    for one in [&mut payroll, &mut ended] {
        one.standards.publish(standard(Tier::B, "2024-01", 2_140, "2024-04-20")).unwrap();
    }
    let may = payroll.run("2024-05", "2024-05-05");
    assert_eq!(may.iter().map(|line| line.amount.as_fen() / 100).collect::<Vec<_>>(), [138, 138, 138, 138, 2_140]);
    assert_eq!(yuan(&may), 2_692);
    assert_eq!(yuan(&ended.run("2024-05", "2024-05-05")), 276);
    assert_eq!(payroll.runs("2024-06", "2024-06"), [2_140], "the difference is paid once");
    assert_eq!(ended.runs("2024-06", "2024-06"), [0]);
}

#[test]
fn scenario_4_a_death_in_august_pays_august_and_claims_september_back() {
    let mut payroll = Payroll::of(entitled(Tier::B, "2024-01"), standards(), "2024-01");
    payroll.runs("2024-01", "2024-09");
    payroll.learn("2024-09-12", Fact::Ended { record: record(1), until: month("2024-09") });
    payroll.learn("2024-09-12", Fact::Closed { on: day("2024-08-10") });
    let claim = Squaring::Claim { month: month("2024-09"), amount: Fen::from_yuan(2_140) };
    assert_eq!(payroll.square("2024-09-12"), [claim]);
    assert_eq!(payroll.runs("2024-10", "2024-12"), [0; 3], "nothing is debited and nothing paid");

    let task = PaymentTaskId::generate(&ManualClock::new(noon("2024-09-12")));
    let open = Claim { task, month: month("2024-09"), amount: Fen::from_yuan(2_140), state: ClaimState::Open };
    payroll.account.claims.push(open);
    assert_eq!(payroll.square("2024-12-31"), [], "it is claimed once");
    payroll.account.claims[0].state = ClaimState::Waived;
    assert_eq!(payroll.square("2024-12-31"), [], "what is let go is not claimed again");

    let mut in_time = Payroll::of(entitled(Tier::B, "2024-01"), standards(), "2024-01");
    in_time.runs("2024-01", "2024-08");
    in_time.learn("2024-08-11", Fact::Closed { on: day("2024-08-10") });
    assert_eq!(in_time.runs("2024-09", "2024-09"), [0]);
    assert_eq!(in_time.square("2024-09-30"), []);
}

#[test]
fn a_death_that_was_none_withdraws_the_claim_or_pays_again_what_came_back() {
    let mut payroll = Payroll::of(entitled(Tier::B, "2024-01"), standards(), "2024-01");
    payroll.runs("2024-01", "2024-09");
    payroll.learn("2024-09-12", Fact::Ended { record: record(1), until: month("2024-09") });
    let task = PaymentTaskId::generate(&ManualClock::new(noon("2024-09-12")));
    let claim = Claim { task, month: month("2024-09"), amount: Fen::from_yuan(2_140), state: ClaimState::Open };
    payroll.account.claims.push(claim);
    payroll.learn("2024-09-20", Fact::Confirmed { record: record(1), tier: Tier::B, from: month("2024-01") });
    assert_eq!(payroll.square("2024-09-20"), [Squaring::Withdraw { task }]);
    payroll.account.claims[0].state = ClaimState::Withdrawn;
    assert_eq!(payroll.runs("2024-10", "2024-10"), [2_140], "September was paid already");
    payroll.account.claims[0].state = ClaimState::Recovered(noon("2024-10-20"));
    assert_eq!(payroll.runs("2024-11", "2024-11"), [4_280], "September is owed again");
}

#[test]
fn scenario_5_a_move_is_paid_by_the_old_county_for_its_month_and_once() {
    let mut payroll = Payroll::of(entitled(Tier::B, "2024-01"), standards(), "2024-01");
    let (huimin, zouping) = (county("371621"), county("371681"));
    payroll.learn("2024-03-21", Fact::Moved { from: huimin, to: zouping, on: day("2024-03-20") });
    let mut paid = Vec::new();
    for run in ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05"] {
        let lines = payroll.run(run, &format!("{run}-25"));
        assert_eq!(lines.len(), 1, "{run}");
        paid.push(lines[0].county);
    }
    assert_eq!(paid, [huimin, huimin, huimin, zouping, zouping]);
}

#[test]
fn scenario_8_who_turns_18_in_june_is_paid_june_and_not_july() {
    let mut payroll = Payroll::of(entitled(Tier::B, "2025-01"), standards(), "2025-01");
    payroll.learn("2025-06-10", Fact::Ended { record: record(1), until: month("2025-07") });
    assert_eq!(payroll.runs("2025-05", "2025-07"), [5 * 2_140, 2_140, 0]);
}

#[test]
fn scenario_9_who_is_confirmed_on_20_october_is_paid_from_november() {
    let mut payroll = Payroll::of(super::samples::child(), standards(), "2025-09");
    payroll.learn("2025-10-20", Fact::Confirmed { record: record(1), tier: Tier::B, from: month("2025-11") });
    assert_eq!(payroll.runs("2025-09", "2025-11"), [0, 0, 2_140]);
}

#[test]
fn scenario_10_another_grant_is_topped_up_where_the_rule_is_on() {
    let mut payroll = Payroll::of(entitled(Tier::B, "2024-01"), standards(), "2024-01");
    let grant = |yuan, from: &str| OtherGrant {
        monthly: Fen::from_yuan(yuan),
        from: month(from),
        until: None,
        source: "最低生活保障".to_owned(),
    };
    payroll.learn("2024-01-01", Fact::OtherGrant(grant(800, "2024-01")));
    assert_eq!(payroll.runs("2024-01", "2024-01"), [1_340]);
    payroll.rules = "2024-1@2024-01+top-up;2024-2@2024-02".parse().unwrap();
    assert_eq!(payroll.runs("2024-02", "2024-02"), [2_140], "the switch is off");
    payroll.rules = "2024-1@2024-01+top-up".parse().unwrap();
    payroll.learn("2024-03-01", Fact::OtherGrant(grant(0, "2024-03")));
    assert_eq!(payroll.runs("2024-03", "2024-03"), [2_140], "it has ended");
    payroll.learn("2024-04-01", Fact::OtherGrant(grant(9_000, "2024-04")));
    assert_eq!(payroll.runs("2024-04", "2024-04"), [0], "nothing is left to pay");
}

#[test]
fn what_the_bank_returned_is_paid_again_once_a_person_says_so() {
    let mut payroll = Payroll::of(entitled(Tier::B, "2024-01"), standards(), "2024-01");
    payroll.runs("2024-01", "2024-02");
    payroll.account.paid[1].is_with_child = false;
    assert_eq!(payroll.runs("2024-03", "2024-03"), [2_140], "nobody has decided yet");
    payroll.account.paid[1].released = Some(noon("2024-03-20"));
    assert_eq!(payroll.runs("2024-04", "2024-05"), [4_280, 2_140]);
    payroll.learn("2024-05-20", Fact::Closed { on: day("2024-01-10") });
    let claimed: Vec<_> = payroll.square("2024-05-20");
    assert_eq!(claimed.len(), 4, "February came with April's payment, and is claimed once: {claimed:?}");
}
