//! What a listener searched for lately.

use std::collections::VecDeque;

use music::{Event, Prompt, UnixMillis};
use serde::{Deserialize, Serialize};

/// Searches that are kept.
const KEPT_COUNT: usize = 5;

/// One search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// The words.
    pub query: Box<str>,
    /// When.
    pub at: UnixMillis,
}

/// The latest searches, oldest first; the same words stand once.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Searches(VecDeque<Search>);

impl Searches {
    /// Keeps the words of a search.
    pub(crate) fn observe(&mut self, event: &Event) {
        let Prompt::Searched { query, .. } = &event.prompt else { return };
        if query.trim().is_empty() {
            return;
        }
        self.0.retain(|search| search.query != *query);
        if self.0.len() == KEPT_COUNT {
            self.0.pop_front();
        }
        self.0.push_back(Search { query: query.clone(), at: event.at });
    }

    /// The latest first; at most five.
    pub fn latest(&self) -> impl Iterator<Item = &Search> {
        self.0.iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use music::{Context, EventKey, ListenerId};

    #[test]
    fn the_latest_words_are_kept_once_each() {
        let mut searches = Searches::default();
        for (minute, words) in ["a", "b", " ", "c", "d", "a", "e", "f"].into_iter().enumerate() {
            searches.observe(&Event {
                key: EventKey::from_bytes([0; 16]),
                listener: ListenerId::new(0),
                at: UnixMillis::new(minute as i64 * 60_000),
                prompt: Prompt::Searched { query: words.into(), chosen: None },
                context: Context::default(),
            });
        }
        let kept: Vec<&str> = searches.latest().map(|search| &*search.query).collect();
        assert_eq!(kept, ["f", "e", "a", "d", "c"]);
    }
}
