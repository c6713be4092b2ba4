//! When is it the same release?
//!
//! By a name in another system, most trusted first; else by the artist and the normal form of the title.
//! Releases whose known years lie more than one apart stay two: some bands name three albums after themselves.

use music::event::Target;
use music::{ArtistDescription, ArtistId, Id, Release, ReleaseDate, ReleaseDescription, ReleaseId};

use super::digest::Digest;
use super::external_index::{ExternalIndex, Trust};
use super::library::{Library, next_row};
use super::normal_form;
use crate::store::CatalogueChange;

/// Years by which the dates of one release differ between sources: a release of December is often dated January.
const YEAR_DIFFERENCE_MAX: u16 = 1;

/// The name by which a release is found; none without a title.
pub(super) fn name(artist: Option<ArtistId>, normal_title: &str) -> Option<Digest> {
    let artist = artist.map_or_else(String::new, |artist| artist.to_string());
    (!normal_title.is_empty()).then(|| Digest::of([artist.as_str(), normal_title]))
}

impl Library {
    /// The release that a validated `description` of a track by `main_artist` means; new where none is known yet.
    ///
    /// None where the description has neither title nor names elsewhere.
    pub(super) fn resolve_release(
        &mut self,
        description: &ReleaseDescription,
        main_artist: ArtistId,
    ) -> Option<ReleaseId> {
        let title = description.title.trim();
        if title.is_empty() && description.external.is_empty() {
            return None;
        }
        let artist = match description.artist.as_deref().map(str::trim) {
            Some(credit) if !credit.is_empty() => self.resolve_artist(&ArtistDescription::named(credit)),
            _ => main_artist,
        };
        let digest = name(Some(artist), &normal_form(title));
        let row = match self.find_release(description, digest) {
            Some(row) => row,
            None => self.new_release(description, artist),
        };
        self.enrich_release(row, description);
        Some(ReleaseId::from_row(row as u32))
    }

    fn find_release(&self, description: &ReleaseDescription, digest: Option<Digest>) -> Option<usize> {
        let external = &self.release_external;
        let allowed = |row: usize, trust| !external.forbids(&description.external, row, trust);
        let by_id = ExternalIndex::by_trust(&description.external)
            .into_iter()
            .find_map(|id| external.find(id).filter(|&row| allowed(row, Trust::of(id))));
        by_id.or_else(|| {
            let same_time = |row: usize| years_agree(self.releases[row].date, description.date);
            self.release_names.rows(digest?).find(|&row| allowed(row, Trust::Name) && same_time(row))
        })
    }

    fn new_release(&mut self, description: &ReleaseDescription, artist: ArtistId) -> usize {
        let id = ReleaseId::new(next_row(&self.releases));
        let title = match description.title.trim() {
            "" => ExternalIndex::by_trust(&description.external)[0].value(),
            title => title,
        };
        let release = Release {
            id,
            title: title.into(),
            artist: Some(artist),
            kind: description.kind,
            date: description.date,
        };
        self.release_names.push(name(release.artist, &normal_form(title)));
        self.releases.push(release.clone());
        self.learn(CatalogueChange::Release(release));
        id.row()
    }

    /// Fills in kind, date and names that were not known.
    pub(super) fn enrich_release(&mut self, row: usize, description: &ReleaseDescription) {
        let release = &mut self.releases[row];
        let filled = Release {
            kind: release.kind.or(description.kind),
            date: release.date.or(description.date),
            ..release.clone()
        };
        let target = Target::Release(release.id);
        if *release != filled {
            *release = filled.clone();
            self.learn(CatalogueChange::Release(filled));
        }
        for id in &description.external {
            self.learn_external(target, id);
        }
    }

    /// Whether a track's release is the one described, by its title.
    pub(super) fn is_release_titled(&self, release: Option<ReleaseId>, normal_title: &str) -> bool {
        release.is_some_and(|release| normal_form(&self.releases[release.row()].title) == normal_title)
    }
}

fn years_agree(one: Option<ReleaseDate>, other: Option<ReleaseDate>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.year().abs_diff(other.year()) <= YEAR_DIFFERENCE_MAX,
        _ => true,
    }
}
