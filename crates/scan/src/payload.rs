//! What tells whether two files hold the same sound: a hash of everything but the wrapping.

use audio::Decoder;
use engine::AudioHash;

/// BLAKE3 of the encoded sound, so that another tag, picture or name changes nothing; none where there is no sound.
///
/// *Complexity*: one pass over the file without decoding it.
pub(crate) fn hash(decoder: &mut Decoder<'_>) -> Option<AudioHash> {
    let mut hasher = blake3::Hasher::new();
    let mut size = 0;
    while let Some(packet) = decoder.next_packet() {
        hasher.update(&packet);
        size += packet.len();
    }
    // Samples without a container mean something else at another rate.
    hasher.update(&decoder.rate_hz().to_le_bytes());
    (size > 0).then(|| AudioHash::new(*hasher.finalize().as_bytes()))
}
