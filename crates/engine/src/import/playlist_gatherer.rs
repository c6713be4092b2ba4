//! Playlists whose tracks come row by row, until they are whole.
//!
//! A playlist must be whole before it is compared with what is known of it: half of it would look as if the other half
//! had been taken out.
//! Rows of one playlist may lie apart, so all playlists of an import wait for its end, as long as they fit in memory.

use music::{ExternalId, ListenerId, TrackId};
use rustc_hash::{FxHashMap, FxHashSet};

/// What tells two playlists of one import apart.
type Key = (ListenerId, Box<str>, Box<str>);

/// Playlists that are not whole yet.
#[derive(Debug)]
pub(super) struct PlaylistGatherer {
    places: FxHashMap<Key, usize>,
    playlists: Vec<Gathered>,
    entry_count: usize,
    entry_count_max: usize,
}

/// One playlist and its rows so far.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) owner: ListenerId,
    pub(super) external: Option<ExternalId>,
    pub(super) title: Box<str>,
    entries: Vec<(u32, TrackId)>,
    is_gone: bool,
}

/// The place of a row without one: behind all others, in the order of the rows.
const LAST: u32 = u32::MAX;

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gathering {
    /// It waits with the others.
    Waits,
    /// It waits, and now there are so many that [`PlaylistGatherer::take_all_but`] is due.
    IsFull { playlist: usize },
    /// Its playlist was taken out already.
    TooLate,
}

impl PlaylistGatherer {
    /// A gatherer of up to `entry_count_max` rows.
    pub(super) fn new(entry_count_max: usize) -> Self {
        Self { places: FxHashMap::default(), playlists: Vec::new(), entry_count: 0, entry_count_max }
    }

    /// Takes one row.
    pub(super) fn add(
        &mut self,
        owner: ListenerId,
        external: Option<ExternalId>,
        title: &str,
        position: Option<u32>,
        track: TrackId,
    ) -> Gathering {
        let key = match &external {
            Some(id) => (owner, id.space().into(), id.value().into()),
            None => (owner, Box::default(), title.into()),
        };
        let next = self.playlists.len();
        let playlist = *self.places.entry(key).or_insert(next);
        if playlist == next {
            self.playlists.push(Gathered {
                owner,
                external,
                title: title.into(),
                entries: Vec::new(),
                is_gone: false,
            });
        }
        let gathered = &mut self.playlists[playlist];
        if gathered.is_gone {
            return Gathering::TooLate;
        }
        gathered.entries.push((position.unwrap_or(LAST), track));
        self.entry_count += 1;
        if self.entry_count < self.entry_count_max {
            Gathering::Waits
        } else {
            Gathering::IsFull { playlist }
        }
    }

    /// Takes out all playlists but one, whose rows are probably still coming, in the order in which they began.
    ///
    /// Where that one alone fills the memory it is taken out too.
    pub(super) fn take_all_but(&mut self, playlist: usize) -> Vec<Gathered> {
        let is_alone = self.playlists[playlist].entries.len() * 2 > self.entry_count_max;
        let mut taken = Vec::new();
        for (index, gathered) in self.playlists.iter_mut().enumerate() {
            if (index == playlist && !is_alone) || gathered.is_gone {
                continue;
            }
            let entries = std::mem::take(&mut gathered.entries);
            gathered.is_gone = true;
            self.entry_count -= entries.len();
            taken.push(Gathered {
                owner: gathered.owner,
                external: gathered.external.clone(),
                title: gathered.title.clone(),
                entries,
                is_gone: false,
            });
        }
        taken
    }

    /// Takes out all that is left, in the order in which the playlists began.
    pub(super) fn take_all(&mut self) -> Vec<Gathered> {
        self.places.clear();
        self.entry_count = 0;
        let playlists = std::mem::take(&mut self.playlists);
        playlists.into_iter().filter(|gathered| !gathered.is_gone).collect()
    }
}

impl Gathered {
    /// How many rows it has.
    pub(super) fn entry_count(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Its tracks in order.
    ///
    /// Where rows have no place they only say that a track is in it, so that a track comes once; where they have, a track
    /// may come at several places, but at each of them once.
    pub(super) fn into_tracks(mut self) -> Vec<TrackId> {
        self.entries.sort_by_key(|(position, _)| *position);
        let mut seen: FxHashSet<(u32, TrackId)> = FxHashSet::default();
        self.entries.retain(|entry| seen.insert(*entry));
        self.entries.into_iter().map(|(_, track)| track).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: ListenerId = ListenerId::new(0);

    fn rows(tracks: Vec<TrackId>) -> Vec<u32> {
        tracks.into_iter().map(TrackId::get).collect()
    }

    fn add(gatherer: &mut PlaylistGatherer, title: &str, position: Option<u32>, track: u32) -> Gathering {
        gatherer.add(ANNA, None, title, position, TrackId::new(track))
    }

    #[test]
    fn rows_of_one_playlist_come_together_wherever_they_stand() {
        let mut gatherer = PlaylistGatherer::new(100);
        for (title, track) in [("a", 1), ("b", 2), ("a", 3), ("a", 1)] {
            assert_eq!(add(&mut gatherer, title, None, track), Gathering::Waits);
        }
        let mut whole = gatherer.take_all().into_iter();
        assert_eq!(rows(whole.next().unwrap().into_tracks()), [1, 3], "a repeated row says nothing new");
        assert_eq!(rows(whole.next().unwrap().into_tracks()), [2]);
        assert!(whole.next().is_none());
    }

    #[test]
    fn places_decide_the_order_and_let_a_track_come_again() {
        let mut gatherer = PlaylistGatherer::new(100);
        for (position, track) in [(7, 1), (2, 2), (9, 2), (2, 3), (2, 2)] {
            add(&mut gatherer, "a", Some(position), track);
        }
        let whole = gatherer.take_all().pop().unwrap();
        assert_eq!(rows(whole.into_tracks()), [2, 3, 1, 2]);
    }

    #[test]
    fn memory_is_bounded_and_what_comes_too_late_is_told() {
        let mut gatherer = PlaylistGatherer::new(4);
        for (title, track) in [("a", 1), ("a", 2), ("b", 3)] {
            assert_eq!(add(&mut gatherer, title, None, track), Gathering::Waits);
        }
        assert_eq!(add(&mut gatherer, "b", None, 4), Gathering::IsFull { playlist: 1 });
        let taken = gatherer.take_all_but(1);
        assert_eq!(taken.len(), 1);
        assert_eq!(&*taken[0].title, "a");
        assert_eq!(add(&mut gatherer, "a", None, 5), Gathering::TooLate);
        assert_eq!(add(&mut gatherer, "b", None, 6), Gathering::Waits);
        let rest = gatherer.take_all();
        assert_eq!(rest.len(), 1);
        assert_eq!(rows(rest.into_iter().next().unwrap().into_tracks()), [3, 4, 6]);
    }

    #[test]
    fn one_playlist_that_fills_the_memory_alone_is_taken_too() {
        let mut gatherer = PlaylistGatherer::new(4);
        for track in 0..3 {
            add(&mut gatherer, "a", None, track);
        }
        assert_eq!(add(&mut gatherer, "a", None, 3), Gathering::IsFull { playlist: 0 });
        assert_eq!(gatherer.take_all_but(0).len(), 1);
        assert_eq!(add(&mut gatherer, "a", None, 4), Gathering::TooLate);
    }
}
