//! What past sessions say about what comes next, gathered for every track that shares a session with a recent one.

use rustc_hash::FxHashSet;

use super::log::SessionLog;

/// One kind of evidence.
///
/// With a neighbour a past session that shares tracks with the current one, likeness the sum of `e^(−back/4) · idf`
/// over shared tracks divided by the root of the neighbour's length, and distance the places between the candidate and
/// the last shared track in the neighbour:
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Column {
    /// Likeness of neighbours, faded with distance.
    Near,
    /// The same with likeness squared, so that the nearest neighbours decide.
    NearSharp,
    /// The same as `Near`, fading over the last sixth of the log.
    NearRecent,
    /// Likeness of recent neighbours that go on with the candidate, by steps.
    ForwardRecent,
    /// Likeness of neighbours, wherever the candidate stands in them.
    Anywhere,
    /// The same, fading over the last fortieth of the log.
    AnywhereFresh,
    /// The likeness of the nearest neighbour.
    Nearest,
    /// How lately a neighbour held the candidate; 1 for the last session of the log, one half a hundredth of it ago.
    Lately,
    /// The share of plays of the last track that were followed by the candidate.
    Rule,
    /// How often the last track was followed by it, fading over the last sixth.
    RuleRecent,
    /// How often a recent track was followed by it after as many steps as now.
    Aligned,
    /// How often it followed the last two tracks.
    Pair,
    /// The cosine of the sessions of the last track and of the candidate.
    Cosine,
    /// How near it is to the listener's vector, where there are vectors.
    Vector,
    /// As `ForwardRecent`, of all neighbours.
    Forward,
    /// Likeness to the third power, with age and distance both lifted off the floor.
    Peak,
}

/// Kinds of evidence.
pub const COLUMN_COUNT: usize = 16;

/// Recent tracks that are looked up, at most.
const RECENT_MAX: usize = 15;
/// Places of one track that are looked at, the latest; a hit has more and says less.
const PLACES_MAX: usize = 3000;

/// Room for gathering, to be used again.
#[derive(Debug)]
pub struct Gatherer {
    slots: Vec<u32>,
    items: Vec<u32>,
    rows: Vec<[f32; COLUMN_COUNT]>,
    likeness: Vec<f32>,
    met: Vec<(u32, u32)>,
    touched: Vec<u32>,
}

impl Gatherer {
    /// Room for this log.
    pub fn new(log: &SessionLog) -> Self {
        Self {
            slots: vec![u32::MAX; log.item_count()],
            items: Vec::new(),
            rows: Vec::new(),
            likeness: vec![0.0; log.session_count()],
            met: vec![(0, 0); log.session_count()],
            touched: Vec::new(),
        }
    }

    /// The candidates of the last gathering, in the order in which they were met.
    pub fn items(&self) -> &[u32] {
        &self.items
    }

    /// Their evidence; see [`Column`].
    ///
    /// *Shape*: one row per candidate.
    pub fn rows(&self) -> &[[f32; COLUMN_COUNT]] {
        &self.rows
    }

    /// The evidence for an item; none where nothing speaks for it.
    pub fn row(&self, item: u32) -> Option<&[f32; COLUMN_COUNT]> {
        self.rows.get(*self.slots.get(item as usize)? as usize)
    }

    fn at(&mut self, item: u32) -> &mut [f32; COLUMN_COUNT] {
        let slot = &mut self.slots[item as usize];
        if *slot == u32::MAX {
            *slot = self.items.len() as u32;
            self.items.push(item);
            self.rows.push([0.0; COLUMN_COUNT]);
        }
        &mut self.rows[*slot as usize]
    }

    /// Gathers evidence for what follows `recent`, the last track last; `near` adds items by their vectors.
    ///
    /// The tracks of `recent` are candidates themselves. Unknown items are passed over.
    ///
    /// # Panics
    /// When the room was made for another log.
    pub fn gather(&mut self, log: &SessionLog, recent: &[u32], near: &[(u32, f32)]) {
        assert_eq!(self.slots.len(), log.item_count(), "room for this log");
        assert_eq!(self.likeness.len(), log.session_count(), "room for this log");
        for &item in &self.items {
            self.slots[item as usize] = u32::MAX;
        }
        self.items.clear();
        self.rows.clear();
        let mut seen = FxHashSet::default();
        let latest = recent.iter().rev().enumerate().take(2 * RECENT_MAX);
        let known = latest.filter(|&(_, &item)| (item as usize) < log.item_count());
        let distinct: Vec<(usize, u32)> = known
            .filter(|&(_, &item)| seen.insert(item))
            .map(|(back, &item)| (back, item))
            .take(RECENT_MAX)
            .collect();
        self.meet(log, &distinct);
        self.read_neighbours(log);
        self.read_rules(log, recent, &distinct);
        for &(item, value) in near {
            self.at(item)[Column::Vector as usize] += value;
        }
        for &(_, item) in &distinct {
            self.at(item);
        }
    }

    /// Finds the sessions that share tracks, and how alike they are.
    fn meet(&mut self, log: &SessionLog, distinct: &[(usize, u32)]) {
        let session_count = log.session_count() as f32;
        for &(back, item) in distinct {
            let rarity = (1.0 + session_count / (1.0 + log.count(item))).ln();
            let weight = (-(back as f32) / 4.0).exp() * rarity;
            for &(session, place) in latest(log.places(item)) {
                let (likeness, met) = (&mut self.likeness[session as usize], &mut self.met[session as usize]);
                if *likeness == 0.0 {
                    self.touched.push(session);
                    *met = (place, back as u32);
                } else if met.1 == back as u32 {
                    met.0 = place;
                }
                *likeness += weight;
            }
        }
    }

    fn read_neighbours(&mut self, log: &SessionLog) {
        let session_count = log.session_count() as f32;
        let mut touched = std::mem::take(&mut self.touched);
        for session in touched.drain(..) {
            let likeness = std::mem::take(&mut self.likeness[session as usize]);
            let (met, back) = self.met[session as usize];
            let items = log.session(session);
            let likeness = likeness / (items.len() as f32).sqrt();
            // Ages are shares of the log, so that they mean the same for every size.
            let age = (session_count - session as f32) / session_count;
            let (recent, fresh) = ((-age * 6.0).exp(), (-age * 40.0).exp());
            let lately = 1.0 / (1.0 + age * 100.0);
            for (place, &item) in items.iter().enumerate() {
                let ahead = place as i32 - met as i32;
                let near = (-(ahead.unsigned_abs() as f32) / 3.0).exp();
                let off = (ahead - back as i32).unsigned_abs() as f32;
                let forward = if ahead > 0 { 1.0 / (off + 1.0) } else { 0.0 };
                let row = self.at(item);
                row[Column::Near as usize] += likeness * near;
                row[Column::NearSharp as usize] += likeness * likeness * near;
                row[Column::NearRecent as usize] += recent * likeness * near;
                row[Column::ForwardRecent as usize] += recent * likeness * forward;
                row[Column::Anywhere as usize] += likeness;
                row[Column::AnywhereFresh as usize] += fresh * likeness;
                row[Column::Nearest as usize] = row[Column::Nearest as usize].max(likeness);
                row[Column::Lately as usize] = row[Column::Lately as usize].max(lately);
                row[Column::Forward as usize] += likeness * forward;
                row[Column::Peak as usize] += likeness.powi(3) * (0.2 + recent) * (0.3 + near);
            }
        }
        self.touched = touched;
    }

    fn read_rules(&mut self, log: &SessionLog, recent: &[u32], distinct: &[(usize, u32)]) {
        let Some(&last) = recent.last() else { return };
        let before = recent.len().checked_sub(2).map(|place| recent[place]);
        let session_count = log.session_count() as f32;
        let last_count = log.count(last).max(1.0);
        for &(session, place) in latest(log.places(last)) {
            let items = log.session(session);
            let place = place as usize;
            let age = (session_count - session as f32) / session_count;
            if let Some(&next) = items.get(place + 1) {
                let is_pair = place > 0 && Some(items[place - 1]) == before;
                let row = self.at(next);
                row[Column::Rule as usize] += 1.0 / last_count;
                row[Column::RuleRecent as usize] += (-age * 6.0).exp();
                row[Column::Pair as usize] += if is_pair { 1.0 } else { 0.0 };
            }
            for (other, &item) in items.iter().enumerate() {
                if other != place {
                    let count = log.count(item);
                    self.at(item)[Column::Cosine as usize] += 1.0 / (last_count * count).sqrt();
                }
            }
        }
        for &(back, item) in distinct {
            let weight = (-(back as f32) / 4.0).exp() / log.count(item).max(1.0).sqrt();
            for &(session, place) in latest(log.places(item)) {
                if let Some(&next) = log.session(session).get(place as usize + back + 1) {
                    self.at(next)[Column::Aligned as usize] += weight;
                }
            }
        }
    }
}

fn latest(places: &[(u32, u32)]) -> &[(u32, u32)] {
    &places[places.len().saturating_sub(PLACES_MAX)..]
}
