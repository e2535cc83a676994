//! A child's circumstances as the contract shapes them.

use contract::registry::v1;
use contract::registry::v1::circumstance::Fact;
use kernel::Period;

use crate::app::household::answer::means;
use crate::app::person::answer::{disability, evidence, validity};
use crate::app::person::target::etag;
use crate::domain::AsOf;
use crate::domain::circumstance::{Circumstance, Circumstances, Remark};

/// What was so of a child on a day.
#[must_use]
pub fn circumstances(circumstances: &Circumstances, as_of: AsOf) -> v1::Circumstances {
    let held = circumstances.aspects().as_of(as_of);
    v1::Circumstances {
        child: circumstances.child().to_string(),
        etag: etag(circumstances.revision()),
        circumstances: held.map(|(_, version)| circumstance(&version.value, version.period)).collect(),
    }
}

fn circumstance(circumstance: &Circumstance, period: Period) -> v1::Circumstance {
    let fact = match circumstance {
        Circumstance::Residence(residence) => Fact::Residence(v1::Residence {
            division: residence.division.to_string(),
            address: residence.address.clone(),
        }),
        Circumstance::Schooling(schooling) => Fact::Schooling(v1::Schooling {
            stage: i32::from(schooling.stage.code()),
            school: schooling.school.clone(),
            enrolled: schooling.enrolled,
            evidence: evidence(&schooling.evidence),
        }),
        Circumstance::Disability(it) => Fact::Disability(disability(it)),
        Circumstance::SeriousIllness(it) => Fact::SeriousIllness(remark(it)),
        Circumstance::Hiv(it) => Fact::Hiv(remark(it)),
        Circumstance::FamilyMeans(it) => Fact::FamilyMeans(means(it)),
        Circumstance::CareSetting(setting) => Fact::CareSetting(*setting as i32),
        Circumstance::GuardianshipFailure(it) => Fact::GuardianshipFailure(remark(it)),
        Circumstance::WithoutGuardian(it) => Fact::WithoutGuardian(remark(it)),
        Circumstance::SpecialGuardianship(it) => Fact::SpecialGuardianship(remark(it)),
        Circumstance::KeyDifficulty(it) => Fact::KeyDifficulty(remark(it)),
        Circumstance::LeftBehind(left) => Fact::LeftBehind(v1::LeftBehind {
            father_whereabouts: left.father_whereabouts.clone(),
            mother_whereabouts: left.mother_whereabouts.clone(),
            carer: left.carer.map_or_else(String::new, |carer| carer.to_string()),
        }),
        Circumstance::HandoverConsent(consent) => Fact::HandoverConsent(v1::Consent {
            given_by: consent.given_by as i32,
            evidence: evidence(&consent.evidence),
        }),
    };
    v1::Circumstance { fact: Some(fact), validity: Some(validity(period)) }
}

fn remark(remark: &Remark) -> v1::Remark {
    v1::Remark { text: remark.text.clone(), evidence: evidence(&remark.evidence) }
}
