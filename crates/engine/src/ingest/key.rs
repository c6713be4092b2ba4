//! What makes two events the same event.
//!
//! A key is never computed twice in different ways: a store holds keys of many years, and an event that gets another
//! key today than last year is stored twice.
//! So the forms below are fixed for good, and a test holds their bytes.
//!
//! **Given by the client.** The first 16 bytes of `BLAKE3("segue client key 1" ‖ listener ‖ text)`, with the listener
//! as 4 bytes, little end first, and the text in UTF-8.
//! Nothing else counts: a client that sends a key again means the same event, also if it has since corrected the time.
//!
//! **Steps of a playlist that is imported.** The first 16 bytes of
//! `BLAKE3("segue playlist step 1" ‖ playlist ‖ step)`, both as 4 bytes, little end first; the making of the playlist is
//! step 0, and the first edit is step 1.
//! Numbered, because the same edit may come again later: put in, taken out, put in.
//!
//! **Derived.** 6 bytes: the time in milliseconds, big end first; then the first 10 bytes of
//! `BLAKE3("segue event 1" ‖ listener ‖ at ‖ prompt)`, with `at` as 8 bytes, little end first, and the prompt in the
//! JSON form in which it is stored.
//! Keys start with the time, so history and live events reach the index of keys nearly in order: its pages are filled
//! one after another instead of all being rewritten with every batch.
//! The context does not count: an importer that learns to read one more attribute still recognises what it imported
//! before, and no listener does the same thing to the same track twice within one millisecond.

use music::{EventKey, ListenerId, PlaylistId, Prompt, UnixMillis};

/// The key of an event that its client has named `text`, which must be unique for the listener.
pub fn client_key(listener: ListenerId, text: &str) -> EventKey {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"segue client key 1");
    hasher.update(&listener.get().to_le_bytes());
    hasher.update(text.as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    EventKey::from_bytes(key)
}

/// The key of one step in the history of an imported playlist.
pub(super) fn step_key(playlist: PlaylistId, step: u32) -> EventKey {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"segue playlist step 1");
    hasher.update(&playlist.get().to_le_bytes());
    hasher.update(&step.to_le_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    EventKey::from_bytes(key)
}

/// The key of an event that nobody has named.
pub fn derived_key(listener: ListenerId, at: UnixMillis, prompt: &Prompt) -> EventKey {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"segue event 1");
    hasher.update(&listener.get().to_le_bytes());
    hasher.update(&at.get().to_le_bytes());
    serde_json::to_writer(&mut hasher, prompt).expect("a prompt has a JSON form, and hashing does not fail");
    let mut key = [0; 16];
    key[..6].copy_from_slice(&at.get().to_be_bytes()[2..]);
    key[6..].copy_from_slice(&hasher.finalize().as_bytes()[..10]);
    EventKey::from_bytes(key)
}

#[cfg(test)]
mod tests {
    use music::event::Target;
    use music::{ArtistId, Millis, TrackId};

    use super::*;

    /// These bytes are in databases: if this test fails, the code is wrong, not the test.
    #[test]
    fn keys_never_change() {
        let listener = ListenerId::new(3);
        let at = UnixMillis::new(1_715_279_530_123);
        let played = Prompt::played(TrackId::new(42));
        let skipped = Prompt::skipped(TrackId::new(42), Millis::new(12_400));
        let followed = Prompt::Liked { target: Target::Artist(ArtistId::new(7)) };
        let keys = [
            client_key(listener, "scrobble-17").to_string(),
            client_key(ListenerId::new(4), "scrobble-17").to_string(),
            derived_key(listener, at, &played).to_string(),
            derived_key(ListenerId::new(4), at, &played).to_string(),
            derived_key(listener, UnixMillis::new(0), &skipped).to_string(),
            derived_key(listener, at, &followed).to_string(),
            step_key(PlaylistId::new(5), 0).to_string(),
            step_key(PlaylistId::new(5), 256).to_string(),
        ];
        let expected = [
            "69f6e4ee30e7ffc585ba7871f2f4a6c2",
            "b0c0a2fcb2a7069087f1db2f20b31d95",
            "018f5ea0888b0b8b0771c8d99fb35aa4",
            "018f5ea0888b51efb46fce5f1df3c019",
            "000000000000786679d632bf57f4e9a3",
            "018f5ea0888b78488f1ab7afaf301908",
            "78d2b672cc7088a25dea2d927c6eb324",
            "c2b837bd1c433d55ebfebc11417956e4",
        ];
        assert_eq!(keys, expected);
    }

    #[test]
    fn derived_keys_run_with_the_time() {
        let prompt = Prompt::played(TrackId::new(1));
        let keys: Vec<EventKey> = [0, 1, 255, 256, 1_700_000_000_000, (1 << 48) - 1]
            .map(|ms| derived_key(ListenerId::new(0), UnixMillis::new(ms), &prompt))
            .into();
        assert!(keys.is_sorted());
    }
}
