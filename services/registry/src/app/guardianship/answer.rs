//! Who stands around a child, as the contract shapes it.

use contract::registry::v1;
use kernel::{Period, RoleId};

use crate::app::household;
use crate::app::person::answer::{evidence, person, validity};
use crate::app::person::target::etag;
use crate::domain::AsOf;
use crate::domain::guardianship::{Guardianship, Role};

use super::get_guardianship::Circle;

/// A role with its id.
#[must_use]
pub fn role(id: RoleId, role: &Role, period: Period) -> v1::Role {
    v1::Role {
        id: id.to_string(),
        person: role.person.to_string(),
        kind: role.kind.number(),
        basis: role.kind.basis_number(),
        validity: Some(validity(period)),
        evidence: evidence(&role.evidence),
    }
}

/// The etag of a child's roles.
#[must_use]
pub fn etag_of(guardianship: &Guardianship) -> String {
    etag(guardianship.revision())
}

/// Who stood around a child on a day.
#[must_use]
pub fn circle(circle: &Circle, as_of: AsOf) -> v1::Guardianship {
    let mut roles: Vec<_> = circle.guardianship.roles().as_of(as_of).collect();
    roles.sort_by_key(|(id, version)| (version.value.kind, version.period, *id));
    v1::Guardianship {
        child: circle.guardianship.child().to_string(),
        etag: etag_of(&circle.guardianship),
        roles: roles
            .into_iter()
            .map(|(id, version)| v1::RoleOfPerson {
                role: Some(role(id, &version.value, version.period)),
                person: circle.persons.get(&version.value.person).and_then(|one| person(one, as_of)),
            })
            .collect(),
        siblings: circle.siblings.iter().map(ToString::to_string).collect(),
        households: circle.households.iter().map(|one| household::answer::household(one, as_of)).collect(),
    }
}
