//! Features: the whole track in numbers.

mod dynamics;
mod measures;
mod modulation;
mod perceptual;
mod statistics;

pub(crate) use self::measures::Measures;
pub use self::perceptual::features_markdown;
pub(crate) use self::perceptual::{Perceived, perceive};
