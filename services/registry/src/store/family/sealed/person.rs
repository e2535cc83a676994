use kernel::{CitizenId, Sex};
use prost::Message;

use super::disability::kind_and_grade;
use super::fill_up;
use crate::domain::person::{Condition, Contact, Identity, IdentityParts, Situation};
use crate::domain::secret::secret;
use crate::store::evidence::{self, SealedEvidence, day, day_of};
use crate::store::fact::{Fact, FactKind};

/// Who a person is.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedIdentity {
    /// The name.
    #[prost(string, tag = "1")]
    pub full_name: String,
    /// The citizen ID, or empty.
    #[prost(string, tag = "2")]
    pub citizen_id: String,
    /// The day of birth, or empty.
    #[prost(string, tag = "3")]
    pub birth_date: String,
    /// GB/T 2261.1.
    #[prost(uint32, tag = "4")]
    pub sex: u32,
    /// See [`super`].
    #[prost(bytes = "vec", tag = "15")]
    pub padding: Vec<u8>,
}

/// How a person is reached.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedContact {
    /// The phone.
    #[prost(string, tag = "1")]
    pub phone: String,
    /// The division, or empty.
    #[prost(string, tag = "2")]
    pub division: String,
    /// The address.
    #[prost(string, tag = "3")]
    pub address: String,
    /// See [`super`].
    #[prost(bytes = "vec", tag = "15")]
    pub padding: Vec<u8>,
}

/// What befell a person.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedSituation {
    /// [`Condition::number`].
    #[prost(int32, tag = "1")]
    pub condition: i32,
    /// The type of a disability.
    #[prost(int32, tag = "2")]
    pub disability_type: i32,
    /// Its grade.
    #[prost(uint32, tag = "3")]
    pub disability_grade: u32,
    /// The last day of a term, or empty.
    #[prost(string, tag = "4")]
    pub term_ends_on: String,
    /// When the police accepted the report, or empty.
    #[prost(string, tag = "5")]
    pub police_accepted_on: String,
    /// Where the person works.
    #[prost(string, tag = "6")]
    pub whereabouts: String,
    /// What else was written down.
    #[prost(string, tag = "7")]
    pub note: String,
    /// The documents behind it.
    #[prost(message, repeated, tag = "8")]
    pub evidence: Vec<SealedEvidence>,
    /// See [`super`].
    #[prost(bytes = "vec", tag = "15")]
    pub padding: Vec<u8>,
}

secret!(SealedIdentity, SealedContact, SealedSituation);
fill_up!(SealedIdentity);
fill_up!(SealedContact);
fill_up!(SealedSituation);

impl Fact for Identity {
    const KIND: FactKind = FactKind::Identity;
    type Sealed = SealedIdentity;

    fn sealed(&self) -> SealedIdentity {
        SealedIdentity {
            full_name: self.full_name.clone(),
            citizen_id: self.citizen_id.map_or_else(String::new, |id| id.as_str().to_owned()),
            birth_date: day(self.birth_date),
            sex: u32::from(self.sex.code()),
            ..Default::default()
        }
        .filled_up()
    }

    fn opened(sealed: SealedIdentity) -> Option<Self> {
        let parts = IdentityParts {
            full_name: sealed.full_name,
            citizen_id: match sealed.citizen_id.as_str() {
                "" => None,
                text => Some(CitizenId::parse(text).ok()?),
            },
            birth_date: day_of(&sealed.birth_date)?,
            sex: Sex::from_code(u8::try_from(sealed.sex).ok()?)?,
        };
        // It was judged when it was written; only what cannot be is refused here.
        Self::new(parts, kernel::Date::MAX).ok()
    }
}

impl Fact for Contact {
    const KIND: FactKind = FactKind::Contact;
    type Sealed = SealedContact;

    fn sealed(&self) -> SealedContact {
        SealedContact {
            phone: self.phone.clone(),
            division: self.division.map_or_else(String::new, |division| division.to_string()),
            address: self.address.clone(),
            ..Default::default()
        }
        .filled_up()
    }

    fn opened(sealed: SealedContact) -> Option<Self> {
        let division = match sealed.division.as_str() {
            "" => None,
            code => Some(code.parse().ok()?),
        };
        Some(Self { phone: sealed.phone, division, address: sealed.address })
    }
}

impl Fact for Situation {
    const KIND: FactKind = FactKind::Situation;
    type Sealed = SealedSituation;

    fn sealed(&self) -> SealedSituation {
        let mut sealed = SealedSituation {
            condition: self.condition.number(),
            note: self.note.clone(),
            evidence: evidence::sealed(&self.evidence),
            ..Default::default()
        };
        match &self.condition {
            Condition::Disability { kind, grade } => {
                sealed.disability_type = kind.number();
                sealed.disability_grade = u32::from(grade.code());
            }
            Condition::Custody { term_ends_on }
            | Condition::DrugIsolation { term_ends_on }
            | Condition::LibertyRestricted { term_ends_on } => sealed.term_ends_on = day(*term_ends_on),
            Condition::OutOfContact { police_accepted_on } => sealed.police_accepted_on = day(*police_accepted_on),
            Condition::Away { whereabouts } => sealed.whereabouts.clone_from(whereabouts),
            Condition::SeriousIllness
            | Condition::GuardianshipRevoked
            | Condition::Deported
            | Condition::Dead
            | Condition::DeclaredMissing
            | Condition::UnableToGuard => {}
        }
        sealed.filled_up()
    }

    fn opened(sealed: SealedSituation) -> Option<Self> {
        let term_ends_on = day_of(&sealed.term_ends_on)?;
        let condition = match sealed.condition {
            1 => {
                let (kind, grade) = kind_and_grade(sealed.disability_type, sealed.disability_grade)?;
                Condition::Disability { kind, grade }
            }
            2 => Condition::SeriousIllness,
            3 => Condition::Custody { term_ends_on },
            4 => Condition::DrugIsolation { term_ends_on },
            5 => Condition::LibertyRestricted { term_ends_on },
            6 => Condition::OutOfContact { police_accepted_on: day_of(&sealed.police_accepted_on)? },
            7 => Condition::GuardianshipRevoked,
            8 => Condition::Deported,
            9 => Condition::Dead,
            10 => Condition::DeclaredMissing,
            11 => Condition::Away { whereabouts: sealed.whereabouts },
            12 => Condition::UnableToGuard,
            _ => return None,
        };
        Some(Self { condition, note: sealed.note, evidence: evidence::opened(sealed.evidence)? })
    }
}
