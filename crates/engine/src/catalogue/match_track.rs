//! When is it the same track?
//!
//! 1. By a name in another system, most trusted first ([`super::external_index`] says when such a name forbids it).
//!    A recording code (ISRC) alone is not enough, since labels use some twice: title or artists must agree too.
//! 2. Else by the normal forms of artists and title, and the duration.
//!    Where both durations are known they decide: at most three seconds apart.
//!    Where one is unknown, a single candidate is taken; of several the one on the same release, else the earliest.
//!
//! An explicit and a clean version stay two, and so do same-named interludes of different releases.

use std::borrow::Cow;

use music::event::Target;
use music::{
    ArtistDescription, ArtistId, Id, Millis, ReleaseDescription, Sound, Track, TrackDescription, TrackId,
};
use smallvec::SmallVec;

use super::digest::Digest;
use super::external_index::{ExternalIndex, Trust};
use super::library::{Library, is_unknown_artist, merged_tags, next_row};
use super::{normal_form, validate};
use crate::ingest::Rejection;
use crate::store::CatalogueChange;

/// How far two statements of one track's length lie apart at most.
///
/// Encoders pad and players round; MusicBrainz Picard takes lengths as equal up to a few seconds as well.
const DURATION_DIFFERENCE_MAX_MS: u32 = 3_000;

/// Titles that say nothing: one artist has many such tracks, one per release.
const TITLES_THAT_SAY_NOTHING: [&str; 8] =
    ["intro", "outro", "interlude", "skit", "prelude", "untitled", "[untitled]", "hidden track"];

/// The name by which a track is found; none where title or artist is unknown.
pub(super) fn name<'a>(
    normal_artists: impl Iterator<Item = &'a str> + Clone,
    normal_title: &'a str,
) -> Option<Digest> {
    let unknown = normal_title.is_empty()
        || normal_artists.clone().next().is_none()
        || normal_artists.clone().any(is_unknown_artist);
    (!unknown).then(|| Digest::of(std::iter::once(normal_title).chain(normal_artists)))
}

/// The parts of a description that matching looks at.
struct Wanted<'a> {
    description: &'a TrackDescription,
    normal_title: String,
    /// Each artist who has a name once, with the normal form of the name that the catalogue has for them.
    credits: SmallVec<[Credit<'a>; 2]>,
}

struct Credit<'a> {
    normal: String,
    description: &'a ArtistDescription,
    /// Who it is, where a name in another system says so.
    known: Option<ArtistId>,
}

impl Wanted<'_> {
    fn normal_artists(&self) -> impl Iterator<Item = &str> + Clone {
        self.credits.iter().map(|credit| credit.normal.as_str())
    }

    fn name(&self) -> Option<Digest> {
        name(self.normal_artists(), &self.normal_title)
    }

    /// An error unless the track will be found again: by title and artist, or by a name elsewhere.
    ///
    /// Else every play of nobody's `Track 1` would make a new track. A recording code alone does not find one.
    fn require_findable(&self) -> Result<(), Rejection> {
        let has_id = self.description.external.iter().any(|id| Trust::of(id) != Trust::Isrc);
        match (has_id, self.normal_title.is_empty(), self.credits.is_empty()) {
            (false, true, _) => Err(Rejection::Missing { what: "title" }),
            (false, _, true) => Err(Rejection::Missing { what: "artist" }),
            _ => Ok(()),
        }
    }
}

impl Library {
    /// The track that `description` means, which is new where none is known yet; what it adds is taken over.
    ///
    /// # Errors
    /// Where the description is not acceptable; then nothing has changed.
    pub fn add_track(&mut self, description: &TrackDescription) -> Result<TrackId, Rejection> {
        validate::track(description)?;
        let wanted = self.wanted(description);
        wanted.require_findable()?;
        let row = match self.find_track(&wanted) {
            Some(row) => {
                self.enrich_track(row, &wanted);
                row
            }
            None => self.new_track(&wanted),
        };
        let track = TrackId::from_row(row as u32);
        for id in &description.external {
            self.learn_external(Target::Track(track), id);
        }
        self.tag_track(row, description);
        Ok(track)
    }

    fn wanted<'a>(&self, description: &'a TrackDescription) -> Wanted<'a> {
        let mut credits: SmallVec<[Credit<'_>; 2]> = SmallVec::new();
        for artist in &description.artists {
            let (known, name) = self.known_artist(artist);
            let normal = normal_form(name);
            if !is_unknown_artist(&normal) && credits.iter().all(|credit| credit.normal != normal) {
                credits.push(Credit { normal, description: artist, known });
            }
        }
        Wanted { description, normal_title: normal_form(&description.title), credits }
    }

    fn find_track(&self, wanted: &Wanted<'_>) -> Option<usize> {
        let ids = &wanted.description.external;
        let by_id = ExternalIndex::by_trust(ids).into_iter().find_map(|id| {
            let trust = Trust::of(id);
            let row = self.track_external.find(id)?;
            let believable = trust != Trust::Isrc || self.resembles(row, wanted);
            (believable && !self.track_external.forbids(ids, row, trust)).then_some(row)
        });
        by_id.or_else(|| self.find_track_named(wanted, wanted.name()?))
    }

    /// Whether title or artists agree, and nothing else speaks against it.
    fn resembles(&self, row: usize, wanted: &Wanted<'_>) -> bool {
        let track = &self.tracks[row];
        let same_title = normal_form(&track.title) == wanted.normal_title;
        let same_artists = || {
            let names = track.artists.iter().map(|artist| normal_form(&self.artists[artist.row()].name));
            names.eq(wanted.normal_artists())
        };
        durations_agree(track.duration, wanted.description.duration) != Some(false)
            && (same_title || same_artists())
    }

    fn find_track_named(&self, wanted: &Wanted<'_>, digest: Digest) -> Option<usize> {
        let description = wanted.description;
        let candidates: SmallVec<[usize; 8]> =
            self.track_names.rows(digest).filter(|&row| self.may_be(row, wanted)).collect();
        let difference = |row: &usize| {
            let known = self.tracks[*row].duration?;
            Some(known.get().abs_diff(description.duration?.get()))
        };
        let exact =
            candidates.iter().filter(|row| difference(row).is_some()).min_by_key(|row| difference(row));
        if let Some(&row) = exact {
            return Some(row);
        }
        let release = description.release.as_ref().map(|release| normal_form(&release.title));
        let says_nothing = TITLES_THAT_SAY_NOTHING.contains(&wanted.normal_title.as_str());
        let on_release = |row: &&usize| match (self.tracks[**row].release, &release) {
            (known, Some(title)) => self.is_release_titled(known, title),
            (known, None) => says_nothing && known.is_none(),
        };
        let same_release = candidates.iter().find(on_release);
        if same_release.is_none() && says_nothing {
            return None;
        }
        same_release.or(candidates.first()).copied()
    }

    /// Whether nothing that is known of a track with the right name speaks against it.
    fn may_be(&self, row: usize, wanted: &Wanted<'_>) -> bool {
        let description = wanted.description;
        let track = &self.tracks[row];
        let artist_differs = track
            .artists
            .iter()
            .zip(&wanted.credits)
            .any(|(&artist, credit)| !self.is_credit_of(credit, artist));
        let explicit_differs =
            matches!((track.explicit, description.explicit), (Some(known), Some(told)) if known != told);
        durations_agree(track.duration, description.duration) != Some(false)
            && !explicit_differs
            && !artist_differs
            && !self.track_external.forbids(&description.external, row, Trust::Name)
    }

    fn new_track(&mut self, wanted: &Wanted<'_>) -> usize {
        let description = wanted.description;
        let mut artists: SmallVec<[ArtistId; 2]> =
            wanted.credits.iter().map(|credit| self.resolve_artist(credit.description)).collect();
        if artists.is_empty() {
            artists.push(self.resolve_artist(&ArtistDescription::default()));
        }
        let release = self.release_of(description.release.as_ref(), artists[0]);
        let title: Cow<'_, str> = match description.title.trim() {
            "" => ExternalIndex::by_trust(&description.external)[0].to_string().into(),
            title => title.into(),
        };
        let sound = (!description.sound.is_empty()).then(|| Box::new(description.sound));
        let id = TrackId::new(next_row(&self.tracks));
        self.tracks.push(Track {
            id,
            title: title.into(),
            artists,
            release,
            duration: description.duration,
            date: description.date,
            explicit: description.explicit,
            tags: Box::default(),
            sound: sound.clone(),
        });
        // Where the title is a name elsewhere, the row is found by that too, as it will be after a restart.
        let name = wanted.name().or_else(|| self.name_of(id.row()));
        self.track_names.push(name);
        self.learn_track(id.row());
        if let Some(sound) = sound {
            self.learn(CatalogueChange::TrackSound { track: id, sound });
        }
        id.row()
    }

    fn name_of(&self, row: usize) -> Option<Digest> {
        let track = &self.tracks[row];
        let artists: SmallVec<[String; 2]> =
            track.artists.iter().map(|artist| normal_form(&self.artists[artist.row()].name)).collect();
        name(artists.iter().map(String::as_str), &normal_form(&track.title))
    }

    fn release_of(
        &mut self,
        description: Option<&ReleaseDescription>,
        main_artist: ArtistId,
    ) -> Option<music::ReleaseId> {
        description.and_then(|release| self.resolve_release(release, main_artist))
    }

    /// Fills in what was not known of a track, its artists and its release; changes nothing that was.
    fn enrich_track(&mut self, row: usize, wanted: &Wanted<'_>) {
        let description = wanted.description;
        for credit in &wanted.credits {
            let adds = !credit.description.external.is_empty() || !credit.description.tags.is_empty();
            if adds && let Some(artist) = self.credited(row, credit) {
                self.enrich_artist(artist.row(), credit.description);
            }
        }
        let main_artist = self.tracks[row].main_artist();
        let release = match (self.tracks[row].release, &description.release) {
            (None, Some(release)) => self.release_of(Some(release), main_artist),
            (Some(known), Some(release)) => {
                let same = self.is_release_titled(Some(known), &normal_form(&release.title));
                if same && (release.kind.is_some() || release.date.is_some() || !release.external.is_empty())
                {
                    self.enrich_release(known.row(), release);
                }
                Some(known)
            }
            (known, None) => known,
        };
        let track = &mut self.tracks[row];
        let before = (track.release, track.duration, track.date, track.explicit);
        track.release = release;
        track.duration = track.duration.or(description.duration);
        track.date = track.date.or(description.date);
        track.explicit = track.explicit.or(description.explicit);
        if before != (track.release, track.duration, track.date, track.explicit) {
            self.learn_track(row);
        }
        self.enrich_sound(row, &description.sound);
    }

    /// The artist of a track whom a credit means.
    fn credited(&self, row: usize, credit: &Credit<'_>) -> Option<ArtistId> {
        let named = |artist: &ArtistId| normal_form(&self.artists[artist.row()].name) == credit.normal;
        let mut artists = self.tracks[row].artists.iter().copied();
        artists.find(|artist| named(artist) && self.is_credit_of(credit, *artist))
    }

    /// Whether a credit with the right name can mean this artist.
    fn is_credit_of(&self, credit: &Credit<'_>, artist: ArtistId) -> bool {
        match credit.known {
            Some(known) => known == artist,
            None => {
                let external = &credit.description.external;
                !self.artist_external.forbids(external, artist.row(), Trust::Name)
            }
        }
    }

    fn enrich_sound(&mut self, row: usize, described: &Sound) {
        let known = self.tracks[row].sound.as_deref().copied().unwrap_or_default();
        let mut filled = known;
        filled.fill_from(described);
        if filled != known {
            let sound = Box::new(filled);
            self.tracks[row].sound = Some(sound.clone());
            self.learn(CatalogueChange::TrackSound { track: self.tracks[row].id, sound });
        }
    }

    fn tag_track(&mut self, row: usize, description: &TrackDescription) {
        if description.tags.is_empty() {
            return;
        }
        let known = std::mem::take(&mut self.tracks[row].tags);
        let new = self.new_tags(&known, &description.tags);
        self.tracks[row].tags = if new.is_empty() { known } else { merged_tags(&known, &new) };
        let track = self.tracks[row].id;
        for tag in new {
            self.learn(CatalogueChange::TrackTag { track, tag });
        }
    }
}

/// Whether two lengths can be those of one track; none where one of them is unknown.
fn durations_agree(one: Option<Millis>, other: Option<Millis>) -> Option<bool> {
    Some(one?.get().abs_diff(other?.get()) <= DURATION_DIFFERENCE_MAX_MS)
}
