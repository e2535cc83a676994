use kernel::{PersonId, SchoolStage};
use prost::Message;
use uuid::Uuid;

use super::disability::SealedDisability;
use super::fill_up;
use super::household::SealedMeans;
use crate::domain::circumstance::{
    Aspect, CareSetting, Circumstance, Consent, ConsentGiver, LeftBehind, Remark, Residence, Schooling,
};
use crate::domain::household::FamilyMeans;
use crate::domain::secret::secret;
use crate::store::evidence::{self, SealedEvidence};
use crate::store::fact::{Fact, FactKind};

/// One thing that is so of a child: which of the fields count follows from the aspect.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedCircumstance {
    /// [`Aspect::number`].
    #[prost(int32, tag = "1")]
    pub aspect: i32,
    /// A division.
    #[prost(string, tag = "2")]
    pub division: String,
    /// An address, a school, a remark, the father's whereabouts.
    #[prost(string, tag = "3")]
    pub text: String,
    /// The mother's whereabouts.
    #[prost(string, tag = "4")]
    pub other_text: String,
    /// The stage of schooling, the care setting, or who gave a consent.
    #[prost(uint32, tag = "5")]
    pub number: u32,
    /// Whether the child is enrolled.
    #[prost(bool, tag = "6")]
    pub enrolled: bool,
    /// The entrusted carer.
    #[prost(bytes = "vec", tag = "7")]
    pub carer: Vec<u8>,
    /// A disability.
    #[prost(message, optional, tag = "8")]
    pub disability: Option<SealedDisability>,
    /// A family's means.
    #[prost(message, optional, tag = "9")]
    pub means: Option<SealedMeans>,
    /// The documents behind it.
    #[prost(message, repeated, tag = "10")]
    pub evidence: Vec<SealedEvidence>,
    /// See [`super`].
    #[prost(bytes = "vec", tag = "15")]
    pub padding: Vec<u8>,
}

secret!(SealedCircumstance);
fill_up!(SealedCircumstance);

impl Fact for Circumstance {
    const KIND: FactKind = FactKind::Circumstance;
    type Sealed = SealedCircumstance;

    fn sealed(&self) -> SealedCircumstance {
        let mut sealed = SealedCircumstance { aspect: self.aspect().number(), ..Default::default() };
        match self {
            Self::Residence(residence) => {
                sealed.division = residence.division.to_string();
                sealed.text.clone_from(&residence.address);
            }
            Self::Schooling(schooling) => {
                sealed.number = u32::from(schooling.stage.code());
                sealed.text.clone_from(&schooling.school);
                sealed.enrolled = schooling.enrolled;
                sealed.evidence = evidence::sealed(&schooling.evidence);
            }
            Self::Disability(disability) => sealed.disability = Some(SealedDisability::of(disability)),
            Self::FamilyMeans(means) => sealed.means = Some(SealedMeans::of(means)),
            Self::CareSetting(setting) => sealed.number = *setting as u32,
            Self::LeftBehind(left) => {
                sealed.text.clone_from(&left.father_whereabouts);
                sealed.other_text.clone_from(&left.mother_whereabouts);
                sealed.carer = left.carer.map(|carer| carer.as_uuid().as_bytes().to_vec()).unwrap_or_default();
            }
            Self::HandoverConsent(consent) => {
                sealed.number = consent.given_by as u32;
                sealed.evidence = evidence::sealed(&consent.evidence);
            }
            Self::SeriousIllness(remark)
            | Self::Hiv(remark)
            | Self::GuardianshipFailure(remark)
            | Self::WithoutGuardian(remark)
            | Self::SpecialGuardianship(remark)
            | Self::KeyDifficulty(remark) => {
                sealed.text.clone_from(&remark.text);
                sealed.evidence = evidence::sealed(&remark.evidence);
            }
        }
        sealed.filled_up()
    }

    fn opened(sealed: SealedCircumstance) -> Option<Self> {
        let aspect = Aspect::from_number(sealed.aspect)?;
        let remark = |sealed: SealedCircumstance| {
            Some(Remark { text: sealed.text, evidence: evidence::opened(sealed.evidence)? })
        };
        Some(match aspect {
            Aspect::Residence => {
                Self::Residence(Residence { division: sealed.division.parse().ok()?, address: sealed.text })
            }
            Aspect::Schooling => Self::Schooling(Schooling {
                stage: SchoolStage::from_code(u8::try_from(sealed.number).ok()?)?,
                school: sealed.text,
                enrolled: sealed.enrolled,
                evidence: evidence::opened(sealed.evidence)?,
            }),
            Aspect::Disability => Self::Disability(sealed.disability?.opened()?),
            Aspect::FamilyMeans => Self::FamilyMeans(FamilyMeans::opened(sealed.means?)?),
            Aspect::CareSetting => Self::CareSetting(match sealed.number {
                1 => CareSetting::Institution,
                2 => CareSetting::Community,
                _ => return None,
            }),
            Aspect::LeftBehind => Self::LeftBehind(LeftBehind {
                father_whereabouts: sealed.text,
                mother_whereabouts: sealed.other_text,
                carer: match &sealed.carer[..] {
                    [] => None,
                    bytes => Some(PersonId::from_uuid(Uuid::from_slice(bytes).ok()?)),
                },
            }),
            Aspect::HandoverConsent => Self::HandoverConsent(Consent {
                given_by: ConsentGiver::from_number(i32::try_from(sealed.number).ok()?)?,
                evidence: evidence::opened(sealed.evidence)?,
            }),
            Aspect::SeriousIllness => Self::SeriousIllness(remark(sealed)?),
            Aspect::Hiv => Self::Hiv(remark(sealed)?),
            Aspect::GuardianshipFailure => Self::GuardianshipFailure(remark(sealed)?),
            Aspect::WithoutGuardian => Self::WithoutGuardian(remark(sealed)?),
            Aspect::SpecialGuardianship => Self::SpecialGuardianship(remark(sealed)?),
            Aspect::KeyDifficulty => Self::KeyDifficulty(remark(sealed)?),
        })
    }
}
