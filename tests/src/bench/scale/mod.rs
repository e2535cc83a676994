//! A whole city at its size: many children with a year of visits, filled as the registry itself would have written them.
//!
//! **How a city is filled.** What is measured goes through the public door: workers are appointed, rosters are imported,
//! visits are recorded by calls. Twelve months of visits of each child would take that way an hour at two million
//! children, so that the rest is written past the door with the registry's own code: a row of a roster is judged by
//! `registry::domain::roster`, opened by `Child::register`, and stored by `registry::store::Workspace` with the city's own
//! keys. Sealed columns, match keys, duties and months come out as a running registry writes them and are read by the real
//! binary afterwards. Only the events of what was written in this way are missing, and the answers of requests: no
//! measured call reads either.
//!
//! **How it is measured.** The registry runs as a process of its own beside a bare broker, as in the other parts, its relay
//! at work; each call goes over TLS. Children are spread evenly over the villages of the sample's table, with family names
//! as frequent as they are in China, so that searches find namesakes.

mod calendar;
mod call;
mod history;
mod people;
mod place;
mod run;
mod staff;
mod timing;
mod town;

pub use run::{growth, scale};
