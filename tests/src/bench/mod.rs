//! How fast Hutong is, each figure beside its limit: what the same work costs without us, measured in the same run,
//! interleaved, medians of three.

mod curve;
mod load;
mod measure;
mod report;
mod run;

pub mod limits;
pub mod ours;
pub mod rows;
pub mod scale;

pub use curve::{Curve, MOST, Point, Share};
pub use load::{Load, closed_loop};
pub use measure::{Effort, Part, median};
pub use report::{Line, Report, Target};
pub use run::{run, serve_echo};
