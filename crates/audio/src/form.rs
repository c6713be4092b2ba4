//! Form: from short stretches of even sound to verse and chorus.

mod label;
mod section;
mod segment;
mod unit;

pub(crate) use self::label::{Part, label};
pub(crate) use self::section::{FormModel, Stretch, stretches};
pub(crate) use self::segment::segments;
pub(crate) use self::unit::Units;
