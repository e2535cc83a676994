use kernel::time::start_of_day_shanghai;
use kernel::{Id, ManualClock};
use proptest::prelude::*;

use super::*;
use crate::domain::limits::StepLimits;
use crate::domain::samples::{child, day, noon};

const CALENDAR: &str = include_str!("../../../../../deploy/holidays/china.csv");

struct City {
    limits: Limits,
    calendar: HolidayCalendar,
}

impl City {
    fn new() -> Self {
        let own = StepLimits { check: 10, decision: 10 };
        let limits = Limits {
            default: StepLimits { check: 15, decision: 15 },
            own: vec![(Category::InstitutionalOrphan, own), (Category::ScatteredOrphan, own)],
        };
        Self { limits, calendar: HolidayCalendar::from_csv(CALENDAR).unwrap() }
    }

    fn terms(&self) -> Terms<'_> {
        Terms { limits: &self.limits, calendar: &self.calendar }
    }

    fn submitted(&self, category: Category, received_on: &str) -> Result<CategoryApplication, ApplicationError> {
        self.submitted_beside(category, received_on, &[])
    }

    fn submitted_beside(
        &self,
        category: Category,
        received_on: &str,
        others: &[CategoryApplication],
    ) -> Result<CategoryApplication, ApplicationError> {
        let child = child("371621");
        let submission = Submission {
            category,
            applicant: Applicant::Guardian,
            received_on: day(received_on),
            evidence: Vec::new(),
            proposal: Vec::new(),
        };
        let id = Id::generate(&ManualClock::new(noon(received_on)));
        let (county, birth) = (child.household().county(), child.profile().birth_date);
        CategoryApplication::submit(id, child.id, county, birth, submission, others, &self.terms(), noon("2025-09-30"))
    }
}

fn check(on: &str, supports: bool, opinion: &str) -> Check {
    Check { on: day(on), supports, opinion: opinion.to_owned(), evidence: Vec::new() }
}

fn decision(on: &str, reasons: &str) -> Decision {
    Decision { on: day(on), reasons: reasons.to_owned(), proposal: Vec::new() }
}

fn record() -> CategoryRecordId {
    Id::generate(&ManualClock::new(noon("2025-03-01")))
}

fn last_day(application: &CategoryApplication) -> Date {
    application.waiting().unwrap().1.last_day
}

#[test]
fn orphans_have_ten_and_ten_working_days_and_all_others_fifteen_and_fifteen() {
    let city = City::new();
    let check_limits = |category, received, by, checked, decided_by| {
        let application = city.submitted(category, received).unwrap();
        assert_eq!(last_day(&application), day(by));
        let application = application.checked(check(checked, true, ""), &city.terms(), noon("2025-09-30")).unwrap();
        assert_eq!(last_day(&application), day(decided_by));
    };
    // Over the first of May: 1 to 5 May are free, 27 April is worked.
    check_limits(Category::ScatteredOrphan, "2025-04-25", "2025-05-13", "2025-05-12", "2025-05-26");
    check_limits(Category::DeFactoUnattended, "2025-04-25", "2025-05-20", "2025-05-12", "2025-06-03");
}

#[test]
fn a_step_that_is_late_is_told_from_the_next_day_on_and_again_after_the_same_limit() {
    let city = City::new();
    let application = city.submitted(Category::ScatteredOrphan, "2025-03-03").unwrap();
    assert_eq!(last_day(&application), day("2025-03-17"));
    let midnight = start_of_day_shanghai(day("2025-03-18"));
    let before = midnight.saturating_sub(std::time::Duration::from_micros(1));
    assert_eq!(application.reminded(&city.terms(), before), None);
    let late = application.reminded(&city.terms(), midnight).unwrap();
    assert_eq!(late.waiting().unwrap().1, Due { last_day: day("2025-04-01"), reminders: 1 });
    assert_eq!(late.reminded(&city.terms(), midnight), None);
}

#[test]
fn a_decision_follows_a_check_and_a_refusal_has_reasons() {
    let city = City::new();
    let now = noon("2025-09-30");
    let submitted = city.submitted(Category::DeFactoUnattended, "2025-03-03").unwrap();
    let error = submitted.confirmed(decision("2025-03-10", ""), record(), now).unwrap_err();
    assert_eq!(error, ApplicationError::NotWaiting, "nobody has checked it");
    let silent = submitted.checked(check("2025-03-10", false, " "), &city.terms(), now).unwrap_err();
    assert_eq!(silent, ApplicationError::ReasonsMissing);
    let early = submitted.checked(check("2025-03-02", true, ""), &city.terms(), now).unwrap_err();
    assert_eq!(early, ApplicationError::ImpossibleDay);

    let checked = submitted.checked(check("2025-03-10", false, "父亲已返乡"), &city.terms(), now).unwrap();
    assert_eq!(checked.refused(decision("2025-03-12", "\n"), now).unwrap_err(), ApplicationError::ReasonsMissing);
    assert_eq!(checked.refused(decision("2025-03-09", "x"), now).unwrap_err(), ApplicationError::ImpossibleDay);
    let refused = checked.refused(decision("2025-03-12", "父亲已返乡并履行抚养义务"), now).unwrap();
    assert!(!refused.waits());
    assert_eq!(refused.withdrawn(day("2025-03-13"), now).unwrap_err(), ApplicationError::NotWaiting);
    let confirmed = checked.confirmed(decision("2025-03-12", ""), record(), now).unwrap();
    assert!(matches!(confirmed.state, ApplicationState::Confirmed { .. }));
    assert_eq!(confirmed.version, 3);
}

#[test]
fn applications_that_cannot_be_are_refused() {
    let city = City::new();
    let open = city.submitted(Category::KeyDifficulty, "2025-03-03").unwrap();
    let again = city.submitted_beside(Category::KeyDifficulty, "2025-03-04", std::slice::from_ref(&open)).unwrap_err();
    assert_eq!(again, ApplicationError::UnderWay);
    city.submitted_beside(Category::Disabled, "2025-03-04", std::slice::from_ref(&open)).unwrap();
    let withdrawn = open.withdrawn(day("2025-03-04"), noon("2025-03-04")).unwrap();
    city.submitted_beside(Category::KeyDifficulty, "2025-03-05", &[withdrawn]).unwrap();
    // The sample is 18 on 2025-06-10 and was 16 on 2023-06-10.
    assert_eq!(city.submitted(Category::KeyDifficulty, "2025-06-10").unwrap_err(), ApplicationError::AgeLimit);
    city.submitted(Category::KeyDifficulty, "2025-06-09").unwrap();
    assert_eq!(city.submitted(Category::LeftBehind, "2023-06-10").unwrap_err(), ApplicationError::AgeLimit);
    assert_eq!(city.submitted(Category::KeyDifficulty, "2025-10-01").unwrap_err(), ApplicationError::ImpossibleDay);
}

proptest! {
    /// Whatever is tried on whatever day: as long as somebody must act there is a day by which, it is not before the step
    /// began, and once it has passed a reminder comes.
    #[test]
    fn nothing_waits_without_a_deadline(steps in prop::collection::vec((0..5_u8, 0..40_i64), 1..12)) {
        let city = City::new();
        let mut application = city.submitted(Category::DeFactoUnattended, "2025-01-02").unwrap();
        let mut today = day("2025-01-02");
        for (step, days) in steps {
            today = (0..days).fold(today, |day, _| day.tomorrow().unwrap());
            let (now, on) = (start_of_day_shanghai(today), today.to_string());
            let next = match step {
                0 => application.checked(check(&on, true, ""), &city.terms(), now).ok(),
                1 => application.confirmed(decision(&on, ""), record(), now).ok(),
                2 => application.refused(decision(&on, "有理由"), now).ok(),
                3 => application.withdrawn(today, now).ok(),
                _ => application.reminded(&city.terms(), now),
            };
            application = next.unwrap_or(application);
            if let Some((_, due)) = application.waiting() {
                prop_assert!(application.submission.received_on < due.last_day);
                prop_assert_eq!(application.reminded(&city.terms(), now).is_some(), due.last_day < today);
            }
        }
    }
}
