//! When is it the same artist?
//!
//! By a name in another system, most trusted first; else by the normal form of the artist's own name.
//! Two artists whom an exclusive system tells apart stay two, also with one name.
//! A name alone goes to the earliest artist who has it.

use music::description::TagDescription;
use music::event::Target;
use music::{Artist, ArtistDescription, ArtistId, Id};

use super::digest::Digest;
use super::external_index::{ExternalIndex, Trust};
use super::library::{Library, merged_tags, next_row};
use super::{UNKNOWN_ARTIST, normal_form, validate};
use crate::ingest::Rejection;
use crate::store::CatalogueChange;

impl Library {
    /// The artist that `description` means, who is new where none is known yet; what it adds is taken over.
    ///
    /// # Errors
    /// Where the description is not acceptable; then nothing has changed.
    pub fn add_artist(&mut self, description: &ArtistDescription) -> Result<ArtistId, Rejection> {
        validate::artist(description)?;
        Ok(self.resolve_artist(description))
    }

    /// As [`add_artist`](Self::add_artist), for a description that has been validated.
    pub(super) fn resolve_artist(&mut self, description: &ArtistDescription) -> ArtistId {
        let name = artist_name(description);
        let digest = Digest::of([normal_form(name).as_str()]);
        let row = match self.find_artist(description, digest) {
            Some(row) => row,
            None => self.new_artist(name, digest),
        };
        self.enrich_artist(row, description);
        ArtistId::from_row(row as u32)
    }

    fn find_artist(&self, description: &ArtistDescription, digest: Digest) -> Option<usize> {
        let allowed = |row: usize| !self.artist_external.forbids(&description.external, row, Trust::Name);
        self.find_artist_by_id(description)
            .or_else(|| self.artist_names.rows(digest).find(|&row| allowed(row)))
    }

    fn find_artist_by_id(&self, description: &ArtistDescription) -> Option<usize> {
        let external = &self.artist_external;
        ExternalIndex::by_trust(&description.external).into_iter().find_map(|id| {
            external.find(id).filter(|&row| !external.forbids(&description.external, row, Trust::of(id)))
        })
    }

    /// Who an artist is, where another system says so, and the name that the catalogue has for them; else the name
    /// that is described.
    ///
    /// Tracks are found by it, so that an artist may be spelt in several ways.
    pub(super) fn known_artist<'a>(
        &'a self,
        description: &'a ArtistDescription,
    ) -> (Option<ArtistId>, &'a str) {
        match self.find_artist_by_id(description) {
            Some(row) => (Some(self.artists[row].id), &self.artists[row].name),
            None => (None, artist_name(description)),
        }
    }

    fn new_artist(&mut self, name: &str, digest: Digest) -> usize {
        let id = ArtistId::new(next_row(&self.artists));
        self.artists.push(Artist { id, name: name.into(), tags: Box::default() });
        self.artist_names.push(Some(digest));
        self.learn(CatalogueChange::Artist { id, name: name.into() });
        id.row()
    }

    /// Adds tags and names that were not known; changes nothing that was.
    pub(super) fn enrich_artist(&mut self, row: usize, description: &ArtistDescription) {
        let artist = self.artists[row].id;
        for id in &description.external {
            self.learn_external(Target::Artist(artist), id);
        }
        self.tag_artist(row, &description.tags);
    }

    fn tag_artist(&mut self, row: usize, described: &[TagDescription]) {
        if described.is_empty() {
            return;
        }
        let known = std::mem::take(&mut self.artists[row].tags);
        let new = self.new_tags(&known, described);
        self.artists[row].tags = if new.is_empty() { known } else { merged_tags(&known, &new) };
        let artist = self.artists[row].id;
        for tag in new {
            self.learn(CatalogueChange::ArtistTag { artist, tag });
        }
    }
}

/// The name to store: as given, else what another system calls the artist, else "unknown".
fn artist_name(description: &ArtistDescription) -> &str {
    let name = description.name.trim();
    if !name.is_empty() {
        return name;
    }
    ExternalIndex::by_trust(&description.external).first().map_or(UNKNOWN_ARTIST, |id| id.value())
}
