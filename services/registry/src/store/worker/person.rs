//! Who a worker was believed to be, in the table of facts. A worker whose person never changed lies in the row alone.

use kernel::{Instant, Period, Timeline};
use prost::Message;

use crate::domain::secret::secret;
use crate::domain::worker::Person;
use crate::store::fact::{Fact, FactKind};

/// What is sealed of a person.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedPerson {
    #[prost(string, tag = "1")]
    full_name: String,
    #[prost(string, tag = "2")]
    phone: String,
}

secret!(SealedPerson);

impl Fact for Person {
    const KIND: FactKind = FactKind::WorkerPerson;
    type Sealed = SealedPerson;

    fn sealed(&self) -> SealedPerson {
        SealedPerson { full_name: self.full_name.clone(), phone: self.phone.clone() }
    }

    fn opened(sealed: SealedPerson) -> Option<Self> {
        Some(Self { full_name: sealed.full_name, phone: sealed.phone })
    }
}

/// The timeline of somebody of whom nothing changed since the registry knew them.
#[must_use]
pub fn unchanged(person: Person, opened_at: Instant) -> Timeline<Person> {
    Timeline::beginning(Period::always(), person, opened_at)
}
