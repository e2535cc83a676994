use kernel::PersonId;
use prost::Message;
use uuid::Uuid;

use super::fill_up;
use crate::domain::guardianship::{Role, RoleKind};
use crate::domain::secret::secret;
use crate::store::evidence::{self, SealedEvidence};
use crate::store::fact::{Fact, FactKind};

/// What a person is to a child.
#[derive(Clone, PartialEq, Eq, Message)]
#[prost(skip_debug)]
pub struct SealedRole {
    /// The person's identifier.
    #[prost(bytes = "vec", tag = "1")]
    pub person: Vec<u8>,
    /// [`RoleKind::number`].
    #[prost(int32, tag = "2")]
    pub kind: i32,
    /// [`RoleKind::basis_number`].
    #[prost(int32, tag = "3")]
    pub basis: i32,
    /// The documents behind it.
    #[prost(message, repeated, tag = "4")]
    pub evidence: Vec<SealedEvidence>,
    /// See [`super`].
    #[prost(bytes = "vec", tag = "15")]
    pub padding: Vec<u8>,
}

secret!(SealedRole);
fill_up!(SealedRole);

impl Fact for Role {
    const KIND: FactKind = FactKind::Role;
    type Sealed = SealedRole;

    fn sealed(&self) -> SealedRole {
        SealedRole {
            person: self.person.as_uuid().as_bytes().to_vec(),
            kind: self.kind.number(),
            basis: self.kind.basis_number(),
            evidence: evidence::sealed(&self.evidence),
            ..Default::default()
        }
        .filled_up()
    }

    fn opened(sealed: SealedRole) -> Option<Self> {
        Some(Self {
            person: PersonId::from_uuid(Uuid::from_slice(&sealed.person).ok()?),
            kind: RoleKind::from_numbers(sealed.kind, sealed.basis)?,
            evidence: evidence::opened(sealed.evidence)?,
        })
    }
}
