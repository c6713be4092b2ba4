//! Timbre: how the sound is coloured from frame to frame.

mod consonance;
mod texture;

pub(crate) use texture::{BARK_COUNT, MFCC_COUNT, Texture};
