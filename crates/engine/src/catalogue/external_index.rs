//! Which rows other systems have names for, and when such a name forbids a match.
//!
//! In some systems two names mean two things: MusicBrainz identifiers, the rows of a data set, the artists of Spotify.
//! In others one thing has many names: a song has a Spotify URI per album and market, a file a path per copy, a
//! recording a code per label.

use music::ExternalId;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::digest::Digest;

/// How far a match is to be trusted: by this system's names, or by the thing's own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    Path,
    Mbid,
    Spotify,
    Foreign,
    Isrc,
    Name,
}

impl Trust {
    pub(super) const fn of(id: &ExternalId) -> Self {
        match id {
            ExternalId::Path(_) => Self::Path,
            ExternalId::Mbid(_) => Self::Mbid,
            ExternalId::SpotifyUri(_) => Self::Spotify,
            ExternalId::Foreign { .. } => Self::Foreign,
            ExternalId::Isrc(_) => Self::Isrc,
        }
    }
}

/// Rows of one kind by their names in other systems; about 28 bytes per name and 8 per row.
#[derive(Debug)]
pub(super) struct ExternalIndex {
    rows: FxHashMap<Digest, u32>,
    /// Whether two Spotify URIs mean two things of this kind.
    spotify_is_exclusive: bool,
    /// The number of each exclusive system, from 0.
    spaces: FxHashMap<Box<str>, u32>,
    /// Per row, the exclusive systems that have a name for it, one bit each.
    exclusive: Vec<u64>,
}

impl ExternalIndex {
    /// An index of a kind of which Spotify names each thing once, or not.
    pub(super) fn new(spotify_is_exclusive: bool) -> Self {
        Self {
            rows: FxHashMap::default(),
            spotify_is_exclusive,
            spaces: FxHashMap::default(),
            exclusive: Vec::new(),
        }
    }

    /// The row that has this name.
    pub(super) fn find(&self, id: &ExternalId) -> Option<usize> {
        self.rows.get(&digest(id)).map(|&row| row as usize)
    }

    /// `ids` in the order in which they are to be trusted.
    pub(super) fn by_trust(ids: &[ExternalId]) -> SmallVec<[&ExternalId; 4]> {
        let mut sorted: SmallVec<[&ExternalId; 4]> = ids.iter().collect();
        sorted.sort_by_key(|id| Trust::of(id));
        sorted
    }

    /// Whether a thing with `ids` cannot be `row`, when they were matched by a means of this `trust`.
    ///
    /// That is so where an exclusive system has another name for the row, and that system is trusted at least as much
    /// as the means; two MusicBrainz identifiers are never the same thing, by whatever means they were matched.
    pub(super) fn forbids(&self, ids: &[ExternalId], row: usize, trust: Trust) -> bool {
        let systems = self.exclusive.get(row).copied().unwrap_or(0);
        let counts = |id: &ExternalId| Trust::of(id) == Trust::Mbid || Trust::of(id) <= trust;
        systems != 0
            && ids.iter().filter(|id| counts(id)).any(|id| {
                let named_by = self.bit(id).is_some_and(|bit| systems & bit != 0);
                let same_system = |other: &&ExternalId| other.space() == id.space();
                named_by && !ids.iter().filter(same_system).any(|id| self.find(id) == Some(row))
            })
    }

    /// Gives `row` this name, unless another row has it; says whether the name is new.
    pub(super) fn claim(&mut self, row: usize, id: &ExternalId) -> bool {
        let row_number = u32::try_from(row).expect("memory ends before four billion rows");
        let new = match self.rows.entry(digest(id)) {
            std::collections::hash_map::Entry::Occupied(_) => false,
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(row_number);
                true
            }
        };
        if new && self.is_exclusive(id) {
            let space_count = u32::try_from(self.spaces.len()).expect("fewer systems than rows");
            self.spaces.entry(id.space().into()).or_insert(space_count);
            let bit = self.bit(id).expect("the system has its number now");
            if self.exclusive.len() <= row {
                self.exclusive.resize(row + 1, 0);
            }
            self.exclusive[row] |= bit;
        }
        new
    }

    const fn is_exclusive(&self, id: &ExternalId) -> bool {
        match id {
            ExternalId::Mbid(_) | ExternalId::Foreign { .. } => true,
            ExternalId::SpotifyUri(_) => self.spotify_is_exclusive,
            ExternalId::Path(_) | ExternalId::Isrc(_) => false,
        }
    }

    /// The bit of an exclusive system that has named something before.
    ///
    /// Systems beyond the 63rd share the last bit: that can forbid a match too many, never allow one.
    fn bit(&self, id: &ExternalId) -> Option<u64> {
        let number = self.is_exclusive(id).then(|| self.spaces.get(id.space())).flatten()?;
        Some(1 << (*number).min(63))
    }
}

fn digest(id: &ExternalId) -> Digest {
    Digest::of([id.space(), id.value()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mbid(value: &str) -> ExternalId {
        ExternalId::Mbid(value.into())
    }

    fn foreign(space: &str, value: &str) -> ExternalId {
        ExternalId::Foreign { space: space.into(), value: value.into() }
    }

    #[test]
    fn another_name_in_an_exclusive_system_forbids() {
        let mut index = ExternalIndex::new(false);
        assert!(index.claim(0, &mbid("x")));
        assert!(!index.claim(1, &mbid("x")), "the first keeps the name");
        assert!(index.forbids(&[mbid("y")], 0, Trust::Name));
        assert!(index.forbids(&[mbid("y")], 0, Trust::Path), "whatever they were matched by");
        assert!(!index.forbids(&[mbid("x")], 0, Trust::Name));
        assert!(!index.forbids(&[mbid("y"), mbid("x")], 0, Trust::Name), "one of them is the same");
        assert!(!index.forbids(&[foreign("s", "1")], 0, Trust::Name), "nothing is known in that system");
        assert!(!index.forbids(&[mbid("y")], 7, Trust::Name), "that row has no names");
    }

    #[test]
    fn a_data_set_forbids_only_what_is_trusted_less() {
        let mut index = ExternalIndex::new(false);
        index.claim(0, &foreign("s", "1"));
        assert!(index.forbids(&[foreign("s", "2")], 0, Trust::Name));
        assert!(!index.forbids(&[foreign("s", "2")], 0, Trust::Mbid), "MusicBrainz says they are the same");
    }

    #[test]
    fn spotify_names_an_artist_once_and_a_track_often() {
        let uri = |value: &str| ExternalId::SpotifyUri(value.into());
        for exclusive in [false, true] {
            let mut index = ExternalIndex::new(exclusive);
            index.claim(0, &uri("1"));
            assert_eq!(index.forbids(&[uri("2")], 0, Trust::Name), exclusive);
        }
    }

    #[test]
    fn more_systems_than_bits_forbid_too_much_rather_than_too_little() {
        let mut index = ExternalIndex::new(false);
        for number in 0..80 {
            index.claim(0, &foreign(&number.to_string(), "1"));
        }
        assert!((0..80).all(|number| index.forbids(&[foreign(&number.to_string(), "2")], 0, Trust::Name)));
    }
}
