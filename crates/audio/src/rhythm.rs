//! Rhythm: from onsets over the beat to bars and the pattern of the drums.

pub(crate) mod activation;
pub(crate) mod beat;
pub(crate) mod onset;
