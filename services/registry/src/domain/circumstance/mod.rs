//! A child's own circumstances (儿童自身状况).

pub mod file;
pub mod value;

pub use file::{CircumstanceError, Circumstances, LeftBehindChanged};
pub use value::{Aspect, CareSetting, Circumstance, Consent, ConsentGiver, LeftBehind, Remark, Residence, Schooling};
