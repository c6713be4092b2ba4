//! What can go wrong between a file and its analysis.

/// Why there is no analysis.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AudioError {
    /// The bytes are no sound that Segue reads.
    #[error(
        "no known audio format: {why}; Segue reads mp3, flac, ogg vorbis, opus, aac/m4a, alac, wav and aiff"
    )]
    Format {
        /// What the reader said.
        why: String,
    },
    /// The container is known, its codec is not.
    #[error("the file holds sound in a codec that Segue does not decode: {why}")]
    Codec {
        /// What the decoder said.
        why: String,
    },
    /// The file has no sound at all, or none that could be decoded.
    #[error("no sound could be decoded ({damaged_packet_count} damaged packets)")]
    Empty {
        /// How many packets were thrown away.
        damaged_packet_count: u64,
    },
    /// The sound has a rate or a number of channels that nothing plays.
    #[error("{what} of {value} is outside what is analysed")]
    Shape {
        /// Which property.
        what: &'static str,
        /// Its value.
        value: u64,
    },
    /// Reading failed.
    #[error("reading failed: {0}")]
    Read(#[from] std::io::Error),
}
