//! How a file stands, in the database's terms: what lies open of it, and what is sealed.

use kernel::time::parse_iso;
use kernel::{ChildId, CitizenId, Date, DisabilityGrade, Division, Month, Period, SchoolStage, Sex, Timeline, Version};
use platform::vault::{Fields, Vault, VaultError};
use prost::Message;
use uuid::Uuid;

use super::fact::{Fact, FactKind, Place};
use super::sealed::{NAMES, SealedPart};
use crate::domain::category_record::EarlierSpan;
use crate::domain::child::EndReason;
use crate::domain::{ChildState, Household, Profile, ProfileParts, Standing};

/// `child.state` of an active file; the numbers are the contract's.
pub const ACTIVE: i64 = 1;
/// `child.state` of an ended file.
pub const ENDED: i64 = 2;
/// `child.state` of a merged file.
pub const MERGED: i64 = 3;

/// What lies open of a file in the table `child`. Of its past nothing does: there this part is sealed too.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct OpenPart {
    /// One of the three numbers above.
    #[prost(int64, tag = "1")]
    pub state: i64,
    /// For a merged file, the one that stays.
    #[prost(bytes = "vec", optional, tag = "2")]
    pub merged_into: Option<Vec<u8>>,
    /// For an ended file, the day.
    #[prost(string, optional, tag = "3")]
    pub ended_on: Option<String>,
    /// Six, nine or twelve digits.
    #[prost(string, tag = "4")]
    pub division: String,
    /// `2012-05-17`.
    #[prost(string, tag = "5")]
    pub birth_date: String,
    /// GB/T 2261.1.
    #[prost(int64, tag = "6")]
    pub sex: i64,
    /// GB/T 4658.
    #[prost(int64, optional, tag = "7")]
    pub school_stage: Option<i64>,
}

/// Says only that it is one.
impl std::fmt::Debug for OpenPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenPart(****)")
    }
}

impl OpenPart {
    /// What lies open.
    #[must_use]
    pub fn of(standing: &Standing) -> Self {
        let Standing { state, profile } = standing;
        let (state, merged_into, ended_on) = match state {
            ChildState::Active => (ACTIVE, None, None),
            ChildState::Ended { on, .. } => (ENDED, None, Some(on.to_string())),
            ChildState::Merged { into } => (MERGED, Some(into.as_uuid().into_bytes().to_vec()), None),
        };
        Self {
            state,
            merged_into,
            ended_on,
            division: profile.household.division().to_string(),
            birth_date: profile.birth_date.to_string(),
            sex: i64::from(profile.sex.code()),
            school_stage: profile.school_stage.map(|stage| i64::from(stage.code())),
        }
    }

    /// Both parts together, or the column that cannot be.
    ///
    /// # Errors
    /// The column's name.
    pub fn with(&self, part: SealedPart) -> Result<Standing, &'static str> {
        let state = self.state(part.end_reason)?;
        Ok(Standing { state, profile: self.profile(part)? })
    }

    fn state(&self, end_reason: i32) -> Result<ChildState, &'static str> {
        match (self.state, &self.ended_on, &self.merged_into) {
            (ACTIVE, None, None) => Ok(ChildState::Active),
            (ENDED, Some(day), None) => Ok(ChildState::Ended {
                reason: EndReason::from_number(end_reason).ok_or("sealed")?,
                on: parse_iso(day).map_err(|_| "ended_on")?,
            }),
            (MERGED, None, Some(into)) => {
                let into = Uuid::from_slice(into).map_err(|_| "merged_into")?;
                Ok(ChildState::Merged { into: ChildId::from_uuid(into) })
            }
            _ => Err("state"),
        }
    }

    fn profile(&self, part: SealedPart) -> Result<Profile, &'static str> {
        let citizen_id = match part.citizen_id.as_str() {
            "" => None,
            text => Some(CitizenId::parse(text).map_err(|_| "sealed")?),
        };
        let disability_grade = match part.disability_grade {
            0 => None,
            code => Some(u8::try_from(code).ok().and_then(DisabilityGrade::from_code).ok_or("sealed")?),
        };
        let school_stage = self
            .school_stage
            .map(|code| u8::try_from(code).ok().and_then(SchoolStage::from_code).ok_or("school_stage"))
            .transpose()?;
        let parts = ProfileParts {
            full_name: part.full_name,
            citizen_id,
            birth_date: parse_iso(&self.birth_date).map_err(|_| "birth_date")?,
            sex: u8::try_from(self.sex).ok().and_then(Sex::from_code).ok_or("sex")?,
            household: self.division.parse::<Division>().ok().and_then(Household::in_division).ok_or("division")?,
            guardian_name: part.guardian_name,
            guardian_relation: part.guardian_relation,
            phone: part.phone,
            bank_account: part.bank_account,
            school_stage,
            disability_grade,
            remarks: part.remarks,
        };
        // It was judged when it was written; only what cannot be is refused here.
        Profile::new(parts, Date::MAX).map_err(|_| "birth_date")
    }
}

/// A version of a file's record as it is sealed once it is not the present one.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct PastStanding {
    /// What lay open.
    #[prost(message, optional, tag = "1")]
    pub open: Option<OpenPart>,
    /// What was sealed.
    #[prost(message, optional, tag = "2")]
    pub sealed: Option<SealedPart>,
}

/// Says only that it is one.
impl std::fmt::Debug for PastStanding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PastStanding(****)")
    }
}

impl Fact for Standing {
    const KIND: FactKind = FactKind::File;
    type Sealed = PastStanding;

    fn sealed(&self) -> PastStanding {
        PastStanding { open: Some(OpenPart::of(self)), sealed: Some(SealedPart::of(self)) }
    }

    fn opened(sealed: PastStanding) -> Option<Self> {
        sealed.open?.with(sealed.sealed?).ok()
    }

    fn seal(&self, vault: &Vault, place: &Place) -> Result<Vec<u8>, VaultError> {
        let part = SealedPart::of(self);
        let (grade, reason) = part.numbers();
        let open = OpenPart::of(self).encode_to_vec();
        let values = [&[open.as_slice()][..], &part.values(&grade, &reason)].concat();
        vault.seal_fields(PAST, &PAST.place(place.row()), &values)
    }

    fn open(vault: &Vault, place: &Place, sealed: &[u8]) -> Result<Option<Self>, VaultError> {
        let mut values = vault.unseal_fields(PAST, &PAST.place(place.row()), sealed)?;
        let open = values.remove(0).unwrap_or_default();
        let part = SealedPart::of_values(values);
        Ok(OpenPart::decode(open.as_slice()).ok().zip(part).and_then(|(open, part)| open.with(part).ok()))
    }
}

/// A file as it once stood, sealed with the active key; `None` if what was sealed is none.
pub(super) fn reseal_past(vault: &Vault, place: &Place, sealed: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
    let standing = Standing::open_any(vault, place, sealed)?;
    standing.map(|standing| standing.seal(vault, place)).transpose()
}

/// The fields of a file as it once stood: what lay open, then what was sealed already.
const PAST: Fields = Fields::new("registry.fact.12", &PAST_NAMES);

const PAST_NAMES: [&str; 1 + NAMES.len()] = {
    let mut names = ["open"; 1 + NAMES.len()];
    let mut index = 0;
    while index < NAMES.len() {
        names[1 + index] = NAMES[index];
        index += 1;
    }
    names
};

/// The months of a category as they were once believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Months {
    from: Month,
    until: Option<Month>,
}

/// What is sealed of [`Months`].
#[derive(Clone, PartialEq, Eq, Message)]
pub struct SealedMonths {
    #[prost(string, tag = "1")]
    from: String,
    #[prost(string, tag = "2")]
    until: String,
}

impl Fact for Months {
    const KIND: FactKind = FactKind::CategoryMonths;
    type Sealed = SealedMonths;

    fn sealed(&self) -> SealedMonths {
        let until = self.until.map_or_else(String::new, |month| month.to_string());
        SealedMonths { from: self.from.to_string(), until }
    }

    fn opened(sealed: SealedMonths) -> Option<Self> {
        let until = match sealed.until.as_str() {
            "" => None,
            month => Some(month.parse().ok()?),
        };
        Some(Self { from: sealed.from.parse().ok()?, until })
    }
}

/// What was believed of a category's months, as versions. A category may never have counted, which no period can say: the
/// months are the value.
#[must_use]
pub fn months(earlier: &[EarlierSpan]) -> Timeline<Months> {
    let version = |(number, span): (u32, &EarlierSpan)| Version {
        number,
        value: Months { from: span.from, until: span.until },
        period: Period::always(),
        recorded: span.recorded,
        superseded: Some(span.superseded),
    };
    Timeline::restore((0..).zip(earlier).map(version).collect()).expect("superseded versions overlap nowhere")
}

/// The way back. `None` if one of them is not superseded.
#[must_use]
pub fn earlier(months: &Timeline<Months>) -> Option<Vec<EarlierSpan>> {
    let span = |version: &Version<Months>| {
        Some(EarlierSpan {
            from: version.value.from,
            until: version.value.until,
            recorded: version.recorded,
            superseded: version.superseded?,
        })
    };
    months.versions().iter().map(span).collect()
}
