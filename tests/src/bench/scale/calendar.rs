use kernel::time::start_of_day_shanghai;
use kernel::{Clock, Date, Instant, Month, SystemClock};

/// The year of visits: the present month and the eleven before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    /// The day on which the bench runs.
    pub today: Date,
    /// The month of today. It is not over.
    pub present: Month,
    /// The first month.
    pub first: Month,
}

impl Calendar {
    pub(super) fn now() -> Self {
        let today = SystemClock.today();
        let present = Month::of(today);
        Self { today, present, first: present.plus(-11) }
    }

    /// All twelve months.
    pub(super) fn months(&self) -> impl Iterator<Item = Month> {
        Month::range(self.first, self.present)
    }

    /// When the files of the city were opened.
    pub(super) fn opened(&self) -> Instant {
        start_of_day_shanghai(self.first.first_day())
    }

    /// The day on which categories were confirmed: they count from the first month on.
    pub(super) fn confirmed_on(&self) -> Date {
        self.first.previous().last_day()
    }
}
