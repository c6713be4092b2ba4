//! The catalogue while it grows: descriptions come in, ids go out.
//!
//! [`Library`] decides when two descriptions mean the same track, artist or release.
//! Its rule of thumb: a wrong merge is worse than a duplicate, because a duplicate splits a count and a wrong merge
//! puts somebody else's music into a taste.
//!
//! | question | file |
//! |---|---|
//! | when are two names the same name? | `normal_form.rs` |
//! | when is it the same track? | `match_track.rs` |
//! | when is it the same artist? | `match_artist.rs` |
//! | when is it the same release? | `match_release.rs` |
//! | when do names from elsewhere forbid a match? | `external_index.rs` |
//! | what is not acceptable in a description? | `validate.rs` |
//!
//! It does no I/O: what it learns stands in a list of changes until [`crate::ingest`] hands them to the store.

mod add_tag;
mod digest;
mod external_index;
mod library;
mod match_artist;
mod match_release;
mod match_track;
mod name_index;
mod normal_form;
mod validate;

#[cfg(test)]
mod tests;

pub use library::{Library, LibrarySize};
pub use normal_form::normal_form;
pub(crate) use validate::{external as validate_external, text as validate_text};

/// The longest name or title, in characters.
pub const NAME_LEN_MAX: usize = 1_000;

/// The most artists, tags or external ids that one description may carry, and the most tags kept on one thing.
pub const LIST_LEN_MAX: usize = 64;

/// The credit of tracks whose artist nobody knows, named as MusicBrainz names it.
///
/// Such tracks are matched by external ids only.
pub const UNKNOWN_ARTIST: &str = "[unknown]";
