//! What makes a mailbox whole, without a broker.

mod health;
mod standing;

pub(crate) use health::{Damage, StreamFacts};
pub(crate) use standing::{Progress, State};
