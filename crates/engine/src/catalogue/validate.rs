//! What is not acceptable in a description, before anything of it is taken over.

use music::description::TagDescription;
use music::{ArtistDescription, ExternalId, ReleaseDescription, TrackDescription};

use super::{LIST_LEN_MAX, NAME_LEN_MAX};
use crate::ingest::Rejection;

/// Accepts a track whose names are readable and whose lists are short.
pub(super) fn track(description: &TrackDescription) -> Result<(), Rejection> {
    text("title", &description.title)?;
    list("artists", &description.artists)?;
    description.artists.iter().try_for_each(artist_parts)?;
    description.release.as_ref().map_or(Ok(()), release)?;
    externals(&description.external)?;
    tags(&description.tags)
}

/// Accepts an artist with a readable name, or a name elsewhere.
pub(super) fn artist(description: &ArtistDescription) -> Result<(), Rejection> {
    artist_parts(description)?;
    if description.name.trim().is_empty() && description.external.is_empty() {
        return Err(Rejection::Missing { what: "artist name" });
    }
    Ok(())
}

/// The text without spaces around it.
///
/// # Errors
/// Where it is too long or holds a control character.
pub(crate) fn text<'a>(what: &'static str, text: &'a str) -> Result<&'a str, Rejection> {
    let trimmed = text.trim();
    // A character takes four bytes at most, so most texts need no count.
    if trimmed.len() > NAME_LEN_MAX {
        let length = trimmed.chars().count();
        if length > NAME_LEN_MAX {
            return Err(Rejection::TooLong { what, length, length_max: NAME_LEN_MAX });
        }
    }
    if trimmed.chars().any(char::is_control) {
        return Err(Rejection::ControlCharacter { what });
    }
    Ok(trimmed)
}

fn artist_parts(description: &ArtistDescription) -> Result<(), Rejection> {
    text("artist name", &description.name)?;
    externals(&description.external)?;
    tags(&description.tags)
}

fn release(description: &ReleaseDescription) -> Result<(), Rejection> {
    text("release title", &description.title)?;
    text("release artist", description.artist.as_deref().unwrap_or(""))?;
    externals(&description.external)
}

fn externals(ids: &[ExternalId]) -> Result<(), Rejection> {
    list("external ids", ids)?;
    ids.iter().try_for_each(external)
}

/// Accepts a name in another system that is readable and not empty.
pub(crate) fn external(id: &ExternalId) -> Result<(), Rejection> {
    for part in [id.space(), id.value()] {
        if text("external id", part)?.is_empty() {
            return Err(Rejection::Missing { what: "external id" });
        }
    }
    Ok(())
}

pub(super) fn tags(tags: &[TagDescription]) -> Result<(), Rejection> {
    list("tags", tags)?;
    for tag in tags {
        if text("tag", &tag.name)?.is_empty() {
            return Err(Rejection::Missing { what: "tag" });
        }
        if !(tag.weight > 0.0 && tag.weight <= 1.0) {
            return Err(Rejection::TagWeight { weight: tag.weight });
        }
    }
    Ok(())
}

fn list<T>(what: &'static str, list: &[T]) -> Result<(), Rejection> {
    if list.len() > LIST_LEN_MAX {
        return Err(Rejection::TooMany { what, count: list.len(), count_max: LIST_LEN_MAX });
    }
    Ok(())
}
