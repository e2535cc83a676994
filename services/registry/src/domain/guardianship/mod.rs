//! Who stands around a child (监护关系).

pub mod circle;
pub mod role;

pub use circle::{Guardianship, GuardianshipChanged, GuardianshipError};
pub use role::{GuardianBasis, Role, RoleKind};
