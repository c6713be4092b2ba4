//! What can be evaluated: one table, from which the command line takes names, texts and functions.

use super::data_set::DataSet;
use super::report::EvalReport;
use super::{
    HoldOut, Meter, cf, cold, context, hidden, newcomers, onboarding, playlists, sequential, sessions,
};
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
    /// The number of test cases, at most, evenly spread; for a quick look.
    pub cases_max: Option<usize>,
    /// The models that take part besides their blend, by name; none for all.
    pub models: Option<Vec<String>>,
    /// How something is set aside to choose by where the set has no part for that.
    pub hold_out: Option<HoldOut>,
}

impl Default for EvalOptions {
    fn default() -> Self {
        Self { seed: 1, choose_by: None, cases_max: None, models: None, hold_out: None }
    }
}

impl EvalOptions {
    /// The metric that is chosen by, the first of `usual` unless another was asked for, and all that are told.
    pub(super) fn metrics(&self, usual: &[Metric]) -> (Metric, Vec<Metric>) {
        let chosen = self.choose_by.unwrap_or(usual[0]);
        let more = (!usual.contains(&chosen)).then_some(chosen);
        (chosen, usual.iter().copied().chain(more).collect())
    }
}

/// The function of a [`Task`].
type Run =
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
    /// Which options besides the seed it has a use for.
    pub takes: &'static [Choice],
    run: Run,
}

/// An option that only some tasks have a use for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// [`EvalOptions::choose_by`].
    ChooseBy,
    /// [`EvalOptions::cases_max`].
    Cases,
    /// [`EvalOptions::models`].
    Models,
    /// [`EvalOptions::hold_out`].
    HoldOut,
}

impl Choice {
    /// What it is called, on the command line too.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ChooseBy => "choose-by",
            Self::Cases => "cases",
            Self::Models => "models",
            Self::HoldOut => "hold-out",
        }
    }
}

impl Task {
    /// Does it.
    ///
    /// # Errors
    /// When an option is given that the task has no use for, a file is missing or malformed, with its name and line, or
    /// a fit fails.
    pub fn run(
        &self,
        data: &dyn DataSet,
        options: &EvalOptions,
        meter: &dyn Meter,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<EvalReport, LearnError> {
        let given = [
            (Choice::ChooseBy, options.choose_by.is_some()),
            (Choice::Cases, options.cases_max.is_some()),
            (Choice::Models, options.models.is_some()),
            (Choice::HoldOut, options.hold_out.is_some()),
        ];
        for (choice, is_given) in given {
            if is_given && !self.takes.contains(&choice) {
                return Err(LearnError::NoUse { task: self.name, option: choice.name() });
            }
        }
        (self.run)(data, options, meter, progress)
    }
}

/// Every task, in the order in which they are listed.
pub const TASKS: &[Task] = &[
    Task {
        name: "cf",
        about: "Collaborative filtering: from who turned to what, recommend to each listener what they turn to next.",
        files: "train.txt, test.txt and perhaps valid.txt, one listener a line: `user item item ...`; each may be packed \
                as .gz.",
        takes: &[Choice::ChooseBy, Choice::Models, Choice::HoldOut],
        run: cf::task,
    },
    Task {
        name: "sessions",
        about: "What comes next in a listening session, for every prefix of it.",
        files: "train_sessions.txt, one session a line: `item item ...`, oldest first; test_prefix_target.txt, one case a line: the items so far, a tab, and the item that came next.",
        takes: &[Choice::Cases],
        run: sessions::task,
    },
    Task {
        name: "playlists",
        about: "Playlist continuation: which tracks were left out of a playlist.",
        files: "train.csv (playlist_id,track_id,pos), test.csv (playlist_id,track_id), tracks.csv (track_id,album_id,artist_id,duration_sec) and perhaps playlists.csv (playlist_id,num_edits,num_followers).",
        takes: &[Choice::Cases],
        run: playlists::task,
    },
    Task {
        name: "sequential",
        about: "Which item comes next in a listener's history, leaving the last one out.",
        files: "LastFM.txt (or sequences.txt, or the directory's name), one listener a line: `user item item ...` in order; perhaps LastFM_item2attributes.json.",
        takes: &[Choice::Cases],
        run: sequential::task,
    },
    Task {
        name: "cold",
        about: "New artists that nobody has played: who will, from their tags and from who gave them.",
        files: "user_artists.dat (user artist plays), user_taggedartists_full.dat or user_taggedartists.dat (user artist tag ...) and perhaps user_friends.dat (user user), each with a header line.",
        takes: &[Choice::ChooseBy],
        run: cold::task,
    },
    Task {
        name: "warm",
        about: "Collaborative filtering with tags: which further artists a listener plays.",
        files: "user_artists.dat (user artist plays) and user_taggedartists_full.dat or user_taggedartists.dat (user artist tag ...), each with a header line.",
        takes: &[Choice::ChooseBy, Choice::Models],
        run: cf::warm_task,
    },
    Task {
        name: "context",
        about: "Whether a listener is satisfied with a track in a situation.",
        files: "Stage2/interactions.csv, Stage2/env.json, Stage2/wrist.npy and music_metadata/music_info.csv, as the SiTunes set has them.",
        takes: &[],
        run: context::task,
    },
    Task {
        name: "hidden",
        about: "New tracks that stand in no playlist yet: which of them belong in a playlist.",
        files: "spotify_songs.csv, one row for each place of a track in a playlist, with descriptors of the track.",
        takes: &[Choice::ChooseBy],
        run: hidden::task,
    },
    Task {
        name: "onboarding",
        about: "Listeners of whom nothing is known: what to ask them, and what to recommend from their answers.",
        files: "train.txt, test.txt and perhaps valid.txt, one listener a line: `user item item ...`, all parts taken together; each may be packed as .gz.",
        takes: &[Choice::ChooseBy],
        run: onboarding::task,
    },
    Task {
        name: "newcomers",
        about: "Listeners of whom few items are known, or none: whether segments of listeners help.",
        files: "train.txt, test.txt and perhaps valid.txt, one listener a line: `user item item ...`, all parts taken together; each may be packed as .gz.",
        takes: &[Choice::ChooseBy],
        run: newcomers::task,
    },
];

/// The task of that name.
pub fn task(name: &str) -> Option<&'static Task> {
    TASKS.iter().find(|task| task.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::{MemoryDataSet, NoMeter};

    #[test]
    fn names_are_unique_and_texts_are_sentences() {
        for (place, task) in TASKS.iter().enumerate() {
            assert!(TASKS[..place].iter().all(|other| other.name != task.name), "{}", task.name);
            assert!(task.about.ends_with('.') && task.files.ends_with('.'), "{}", task.name);
        }
        assert!(task("cf").is_some());
        assert!(task("nothing").is_none());
    }

    #[test]
    fn an_option_without_use_is_refused_before_anything_is_read() {
        let nothing = MemoryDataSet::new("nothing");
        for task in TASKS {
            for (choice, options) in [
                (Choice::Cases, EvalOptions { cases_max: Some(1), ..EvalOptions::default() }),
                (
                    Choice::ChooseBy,
                    EvalOptions { choose_by: Some(Metric::Ndcg(10)), ..EvalOptions::default() },
                ),
                (
                    Choice::Models,
                    EvalOptions { models: Some(vec!["ease".to_owned()]), ..EvalOptions::default() },
                ),
                (Choice::HoldOut, EvalOptions { hold_out: Some(HoldOut::Groups), ..EvalOptions::default() }),
            ] {
                let error = task.run(&nothing, &options, &NoMeter, &mut |_| {}).unwrap_err();
                let is_refused = matches!(error, LearnError::NoUse { .. });
                assert_eq!(is_refused, !task.takes.contains(&choice), "{} {choice:?}: {error}", task.name);
            }
        }
    }
}
