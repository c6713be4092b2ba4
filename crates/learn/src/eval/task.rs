//! What can be evaluated: one table, from which the command line takes names, texts and functions.

use super::data_set::DataSet;
use super::report::EvalReport;
use super::{Meter, cf, cold, context, hidden, playlists, sequential, sessions};
use crate::error::LearnError;
use crate::metrics::Metric;
use crate::progress::Progress;

/// What is chosen before an evaluation, the same for every task.
#[derive(Clone, Debug, PartialEq)]
pub struct EvalOptions {
    /// The seed of everything random.
    pub seed: u64,
    /// What parameters are chosen by; each task has its own habit.
    pub choose_by: Option<Metric>,
    /// Seconds after which no further parameters are tried; what was found until then is used.
    ///
    /// None tries a number of points that is fixed, and only so does the result not depend on the machine.
    pub budget_seconds: Option<f64>,
    /// The number of test cases, at most, evenly spread; for a quick look.
    pub cases_max: Option<usize>,
    /// The models that take part, by name; none for all.
    pub models: Option<Vec<String>>,
}

impl Default for EvalOptions {
    fn default() -> Self {
        Self { seed: 1, choose_by: None, budget_seconds: None, cases_max: None, models: None }
    }
}

/// The function of a [`Task`].
pub type Run =
    fn(&dyn DataSet, &EvalOptions, &dyn Meter, &mut dyn FnMut(Progress)) -> Result<EvalReport, LearnError>;

/// Something that can be evaluated: `segue eval NAME DIR`.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// What it is called.
    pub name: &'static str,
    /// What it measures, in a sentence.
    pub about: &'static str,
    /// The files it reads, in a sentence.
    pub files: &'static str,
    /// Does it.
    ///
    /// # Errors
    /// When a file is missing or malformed, with its name and line, or a fit fails.
    pub run: Run,
}

/// Every task, in the order in which they are listed.
pub const TASKS: &[Task] = &[
    Task {
        name: "cf",
        about: "Collaborative filtering: from who turned to what, recommend to each listener what they turn to next.",
        files: "train.txt, test.txt and perhaps valid.txt, one listener a line: `user item item ...`; each may be packed \
                as .gz.",
        run: cf::task,
    },
    Task {
        name: "sessions",
        about: "What comes next in a listening session, for every prefix of it.",
        files: "train_sessions.txt, one session a line: `item item ...`, oldest first; test_prefix_target.txt, one case a line: the items so far, a tab, and the item that came next.",
        run: sessions::task,
    },
    Task {
        name: "playlists",
        about: "Playlist continuation: which tracks were left out of a playlist.",
        files: "train.csv (playlist_id,track_id,pos), test.csv (playlist_id,track_id), tracks.csv (track_id,album_id,artist_id,duration_sec) and perhaps playlists.csv (playlist_id,num_edits,num_followers).",
        run: playlists::task,
    },
    Task {
        name: "sequential",
        about: "Which item comes next in a listener's history, leaving the last one out.",
        files: "LastFM.txt (or sequences.txt, or the directory's name), one listener a line: `user item item ...` in order; perhaps LastFM_item2attributes.json.",
        run: sequential::task,
    },
    Task {
        name: "cold",
        about: "New artists that nobody has played: who will, from their tags and from who gave them.",
        files: "user_artists.dat (user artist plays), user_taggedartists_full.dat or user_taggedartists.dat (user artist tag ...) and perhaps user_friends.dat (user user), each with a header line.",
        run: cold::task,
    },
    Task {
        name: "warm",
        about: "Collaborative filtering with tags: which further artists a listener plays.",
        files: "user_artists.dat (user artist plays) and user_taggedartists_full.dat or user_taggedartists.dat (user artist tag ...), each with a header line.",
        run: cf::warm_task,
    },
    Task {
        name: "context",
        about: "Whether a listener is satisfied with a track in a situation.",
        files: "Stage2/interactions.csv, Stage2/env.json, Stage2/wrist.npy and music_metadata/music_info.csv, as the SiTunes set has them.",
        run: context::task,
    },
    Task {
        name: "hidden",
        about: "New tracks that stand in no playlist yet: which of them belong in a playlist.",
        files: "spotify_songs.csv, one row for each place of a track in a playlist, with descriptors of the track.",
        run: hidden::task,
    },
];

/// The task of that name.
pub fn task(name: &str) -> Option<&'static Task> {
    TASKS.iter().find(|task| task.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_texts_are_sentences() {
        for (place, task) in TASKS.iter().enumerate() {
            assert!(TASKS[..place].iter().all(|other| other.name != task.name), "{}", task.name);
            assert!(task.about.ends_with('.') && task.files.ends_with('.'), "{}", task.name);
        }
        assert!(task("cf").is_some());
        assert!(task("nothing").is_none());
    }
}
