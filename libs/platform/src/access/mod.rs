//! Who may call what, and read what of the answer: the caller of each connection, the contract's table of callers, levels
//! of fields, references to children and areas, default deny.

mod area;
mod caller;
mod collected;
mod emergency;
mod framed;
mod layer;
mod redact;
mod references;
#[cfg(test)]
mod tests;

pub use area::{AreaLayer, AreaService, OUTSIDE_AREA, OutsideArea, Scope, Whereabouts, WhereaboutsOf};
pub use caller::{Caller, Connection};
pub use collected::{Collected, CutFields, SeenChildren};
pub use emergency::asked as asked_in_emergency;
pub(crate) use emergency::is_asked as is_emergency;
pub use emergency::{EMERGENCY, EmergencyCall, EmergencyDesk, EmergencyDesks, LONGEST_REASON};
pub use layer::{AccessLayer, AccessService};
pub use redact::{REDACTED, RedactionLayer, RedactionService};
pub use references::{ReferenceLayer, ReferenceService};
