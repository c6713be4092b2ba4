//! One tag on one thing that is known already, as from a list of who tagged what.

use music::description::TagDescription;
use music::event::Target;
use music::{Id, TagWeight};

use super::library::{Library, merged_tags};
use super::{LIST_LEN_MAX, validate};
use crate::ingest::Rejection;
use crate::store::CatalogueChange;

impl Library {
    /// Puts a tag on a track or artist; says whether it was not there before. One that was keeps its weight.
    ///
    /// # Errors
    /// Where the tag is not acceptable, the thing is not known or takes no tags, or has as many as it may have.
    pub fn add_tag(&mut self, target: Target, tag: &TagDescription) -> Result<bool, Rejection> {
        validate::tags(std::slice::from_ref(tag))?;
        let known: &[TagWeight] = match target {
            Target::Track(track) if self.has(target) => &self.tracks[track.row()].tags,
            Target::Artist(artist) if self.has(target) => &self.artists[artist.row()].tags,
            _ => return Err(Rejection::Unknown { id: format!("{target:?}").into() }),
        };
        let is_full = known.len() >= LIST_LEN_MAX;
        let known = known.to_vec();
        let id = match self.tag_named(&tag.name) {
            Some(id) if known.iter().any(|known| known.tag == id) => return Ok(false),
            // Before a word is made that nothing has.
            _ if is_full => {
                let (count, count_max) = (known.len() + 1, LIST_LEN_MAX);
                return Err(Rejection::TooMany { what: "tags", count, count_max });
            }
            Some(id) => id,
            None => self.tag(&tag.name, tag.kind),
        };
        let new = TagWeight { tag: id, weight: tag.weight };
        let tags = merged_tags(&known, &[new]);
        match target {
            Target::Track(track) => {
                self.tracks[track.row()].tags = tags;
                self.learn(CatalogueChange::TrackTag { track, tag: new });
            }
            Target::Artist(artist) => {
                self.artists[artist.row()].tags = tags;
                self.learn(CatalogueChange::ArtistTag { artist, tag: new });
            }
            Target::Release(_) | Target::Playlist(_) => unreachable!("refused above"),
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use music::{ArtistDescription, ArtistId, ReleaseId};

    use super::*;

    fn tag(name: &str, weight: f32) -> TagDescription {
        TagDescription { weight, ..TagDescription::genre(name) }
    }

    #[test]
    fn a_tag_is_put_on_once_and_the_strongest_stand_first() {
        let mut library = Library::default();
        let artist = Target::Artist(library.add_artist(&ArtistDescription::named("A")).unwrap());
        assert_eq!(library.add_tag(artist, &tag("soul", 0.5)), Ok(true));
        assert_eq!(library.add_tag(artist, &tag("Soul", 0.9)), Ok(false));
        assert_eq!(library.add_tag(artist, &tag("jazz", 1.0)), Ok(true));
        let weights: Vec<f32> = library.artists[0].tags.iter().map(|tag| tag.weight).collect();
        assert_eq!(weights, [1.0, 0.5]);
    }

    #[test]
    fn what_takes_no_tag_refuses_it() {
        let mut library = Library::default();
        let artist = Target::Artist(library.add_artist(&ArtistDescription::named("A")).unwrap());
        for number in 0..LIST_LEN_MAX {
            library.add_tag(artist, &tag(&number.to_string(), 1.0)).unwrap();
        }
        let word_count = library.tags.len();
        assert!(matches!(library.add_tag(artist, &tag("more", 1.0)), Err(Rejection::TooMany { .. })));
        assert_eq!(library.tags.len(), word_count, "no word is made for nothing");
        for unknown in [Target::Artist(ArtistId::new(7)), Target::Release(ReleaseId::new(0))] {
            assert!(matches!(library.add_tag(unknown, &tag("x", 1.0)), Err(Rejection::Unknown { .. })));
        }
        assert!(library.add_tag(artist, &tag("x", 0.0)).is_err());
    }
}
