//! The ledger's values as they lie in the table of facts.

use kernel::time::parse_iso;
use kernel::{CitizenId, Date, Division, Sex};
use prost::Message;

use crate::domain::migrant::{Guardian, Identity, IdentityParts, SpecialReason, Stay, Whereabouts};
use crate::store::fact::{Fact, FactKind};

#[derive(Clone, PartialEq, Eq, Message)]
pub struct SealedIdentity {
    #[prost(string, tag = "1")]
    full_name: String,
    #[prost(string, tag = "2")]
    citizen_id: String,
    #[prost(string, tag = "3")]
    birth_date: String,
    #[prost(uint32, tag = "4")]
    sex: u32,
}

impl Fact for Identity {
    const KIND: FactKind = FactKind::MigrantIdentity;
    type Sealed = SealedIdentity;

    fn sealed(&self) -> SealedIdentity {
        let parts = self.parts();
        SealedIdentity {
            full_name: parts.full_name.clone(),
            citizen_id: parts.citizen_id.map_or_else(String::new, |id| id.as_str().to_owned()),
            birth_date: parts.birth_date.to_string(),
            sex: parts.sex.code().into(),
        }
    }

    fn opened(sealed: SealedIdentity) -> Option<Self> {
        let citizen_id = match sealed.citizen_id.as_str() {
            "" => None,
            text => Some(CitizenId::parse(text).ok()?),
        };
        let parts = IdentityParts {
            full_name: sealed.full_name,
            citizen_id,
            birth_date: parse_iso(&sealed.birth_date).ok()?,
            sex: Sex::from_code(u8::try_from(sealed.sex).ok()?)?,
        };
        // It was judged when it was written; only what cannot be is refused here.
        Self::new(parts, Date::MAX).ok()
    }
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct SealedGuardian {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    phone: String,
}

impl Fact for Guardian {
    const KIND: FactKind = FactKind::MigrantGuardian;
    type Sealed = SealedGuardian;

    fn sealed(&self) -> SealedGuardian {
        SealedGuardian { name: self.name.clone(), phone: self.phone.clone() }
    }

    fn opened(sealed: SealedGuardian) -> Option<Self> {
        Some(Self { name: sealed.name, phone: sealed.phone })
    }
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct SealedWhereabouts {
    #[prost(bool, tag = "1")]
    away: bool,
    /// Where to, for an absence; may be empty.
    #[prost(string, tag = "2")]
    to: String,
    #[prost(string, tag = "3")]
    registration: String,
    #[prost(string, tag = "4")]
    residence: String,
    #[prost(string, tag = "5")]
    away_since: String,
    #[prost(string, tag = "6")]
    school: String,
}

impl Fact for Whereabouts {
    const KIND: FactKind = FactKind::Whereabouts;
    type Sealed = SealedWhereabouts;

    fn sealed(&self) -> SealedWhereabouts {
        match self {
            Self::Away(to) => SealedWhereabouts {
                away: true,
                to: to.map_or_else(String::new, |to| to.to_string()),
                ..SealedWhereabouts::default()
            },
            Self::Here(stay) => SealedWhereabouts {
                registration: stay.registration.to_string(),
                residence: stay.residence.to_string(),
                away_since: stay.away_since.map_or_else(String::new, |day| day.to_string()),
                school: stay.school.clone(),
                ..SealedWhereabouts::default()
            },
        }
    }

    fn opened(sealed: SealedWhereabouts) -> Option<Self> {
        let division = |text: &str| text.parse::<Division>().ok();
        if sealed.away {
            return match sealed.to.as_str() {
                "" => Some(Self::Away(None)),
                to => Some(Self::Away(Some(division(to)?))),
            };
        }
        let away_since = match sealed.away_since.as_str() {
            "" => None,
            text => Some(parse_iso(text).ok()?),
        };
        Some(Self::Here(Stay {
            registration: division(&sealed.registration)?,
            residence: division(&sealed.residence)?,
            away_since,
            school: sealed.school,
        }))
    }
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct SealedSpecial {
    #[prost(int32, tag = "1")]
    reason: i32,
}

impl Fact for SpecialReason {
    const KIND: FactKind = FactKind::SpecialMigrant;
    type Sealed = SealedSpecial;

    fn sealed(&self) -> SealedSpecial {
        SealedSpecial { reason: self.number() }
    }

    fn opened(sealed: SealedSpecial) -> Option<Self> {
        Self::from_number(sealed.reason)
    }
}
