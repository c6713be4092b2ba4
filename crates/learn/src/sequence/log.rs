//! Sessions in the order in which they happened, and where each item stands in them.

use crate::error::LearnError;
use crate::sparse::check_below;

/// Sessions, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionLog {
    starts: Vec<usize>,
    items: Vec<u32>,
    place_starts: Vec<usize>,
    places: Vec<(u32, u32)>,
}

/// Items of a session that are read; what comes after tells little about what belongs together.
const LENGTH_MAX: usize = 200;

impl SessionLog {
    /// The log of these sessions; of a long one only the last 200 items.
    ///
    /// *Complexity*: linear in the plays.
    ///
    /// # Errors
    /// When an item is not below `item_count`, or there are more than 4 billion sessions.
    pub fn new<S: AsRef<[u32]>>(item_count: usize, sessions: &[S]) -> Result<Self, LearnError> {
        check_below("sessions", 0, sessions.len(), u32::MAX as usize)?;
        let (mut starts, mut items) = (vec![0], Vec::new());
        let mut place_starts = vec![0; item_count + 1];
        for session in sessions {
            let session = session.as_ref();
            for (index, &item) in session.iter().enumerate() {
                check_below("item of a session", index, item as usize, item_count)?;
            }
            let session = &session[session.len().saturating_sub(LENGTH_MAX)..];
            session.iter().for_each(|&item| place_starts[item as usize + 1] += 1);
            items.extend(session);
            starts.push(items.len());
        }
        for item in 0..item_count {
            place_starts[item + 1] += place_starts[item];
        }
        let mut next = place_starts.clone();
        let mut places = vec![(0, 0); items.len()];
        for session in 0..sessions.len() {
            for (place, &item) in items[starts[session]..starts[session + 1]].iter().enumerate() {
                places[next[item as usize]] = (session as u32, place as u32);
                next[item as usize] += 1;
            }
        }
        Ok(Self { starts, items, place_starts, places })
    }

    /// How many sessions.
    pub fn session_count(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many items there may be.
    pub fn item_count(&self) -> usize {
        self.place_starts.len() - 1
    }

    /// The items of a session in order.
    pub fn session(&self, session: u32) -> &[u32] {
        &self.items[self.starts[session as usize]..self.starts[session as usize + 1]]
    }

    /// Where an item stands: session and place in it, oldest first; empty for an item beyond the end.
    pub fn places(&self, item: u32) -> &[(u32, u32)] {
        let item = item as usize;
        match (self.place_starts.get(item), self.place_starts.get(item + 1)) {
            (Some(&start), Some(&end)) => &self.places[start..end],
            _ => &[],
        }
    }

    /// How often an item was played.
    pub fn count(&self, item: u32) -> f32 {
        self.places(item).len() as f32
    }
}
