//! Which files have to be looked at, compared with what the store knows.

use std::collections::BTreeMap;
use std::path::PathBuf;

use engine::{FilePath, FileRecord};
use music::analysis::FeaturesVersion;
use rustc_hash::FxHashMap;

use crate::walk::{Found, Walked};

/// What there is to do.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The folders that were walked.
    pub(super) roots: Vec<PathBuf>,
    /// How many files lie there.
    pub(super) file_count: usize,
    /// Files whose tags have to be read, and whether they were known before they changed.
    pub(super) to_read: Vec<(Found, bool)>,
    /// How many files are as they were.
    pub(super) unchanged_count: usize,
    /// Files that could not be read before and have not changed since.
    pub(super) known_failures: Vec<(FilePath, Box<str>)>,
    /// What is known about files that are no longer there.
    pub(super) gone: Vec<FileRecord>,
    /// All files of other folders and those that stay, with their tracks' rows.
    pub(super) others: FxHashMap<FilePath, FileRecord>,
}

impl Plan {
    /// Compares what was found with what is known.
    pub(super) fn new(
        walked: Walked,
        records: Vec<FileRecord>,
        retry: bool,
        version: FeaturesVersion,
    ) -> Self {
        let mut plan = Self { file_count: walked.files.len(), ..Self::default() };
        let mut known: BTreeMap<FilePath, FileRecord> =
            records.into_iter().map(|record| (record.path.clone(), record)).collect();
        for found in walked.files {
            let record = known.remove(&found.path);
            let same =
                |record: &FileRecord| record.size == found.size && record.modified_ns == found.modified_ns;
            match record {
                Some(record) if same(&record) => plan.keep(found, record, retry, version),
                other => plan.to_read.push((found, other.is_some())),
            }
        }
        for (path, record) in known {
            // A folder that cannot be read hides its files; they are not gone for that.
            let is_hidden = walked.unreadable.iter().any(|(hidden, _)| is_below(&path, hidden));
            let is_here = walked.roots.iter().any(|root| path.to_path().starts_with(root));
            if is_here && !is_hidden && !path.to_path().exists() {
                plan.gone.push(record);
            } else {
                plan.others.insert(path, record);
            }
        }
        plan.roots = walked.roots;
        plan
    }

    /// A file that has not changed is read again only where it failed and another try may help.
    fn keep(&mut self, found: Found, record: FileRecord, retry: bool, version: FeaturesVersion) {
        match &record.problem {
            Some(problem) if retry || problem.version < version => self.to_read.push((found, true)),
            Some(problem) => {
                self.known_failures.push((record.path.clone(), problem.text.clone()));
                self.others.insert(found.path, record);
            }
            None => {
                self.unchanged_count += 1;
                self.others.insert(found.path, record);
            }
        }
    }
}

fn is_below(path: &FilePath, folder: &FilePath) -> bool {
    path.to_path().starts_with(folder.to_path())
}

#[cfg(test)]
mod tests {
    use engine::FileProblem;
    use std::path::Path;

    use super::*;

    fn found(path: &str, size: u64) -> Found {
        let relative = PathBuf::from(path.trim_start_matches('/'));
        Found { path: FilePath::of(Path::new(path)), relative, size, modified_ns: 7 }
    }

    fn record(path: &str, size: u64, problem: Option<u16>) -> FileRecord {
        let problem =
            problem.map(|version| FileProblem { text: "broken".into(), version: FeaturesVersion(version) });
        let path = FilePath::of(Path::new(path));
        FileRecord { path, size, modified_ns: 7, track: None, audio: None, problem }
    }

    #[test]
    fn only_what_changed_or_may_succeed_now_is_read() {
        let walked = || Walked {
            roots: vec!["/m".into()],
            files: ["/m/a", "/m/b", "/m/c", "/m/d", "/m/e"].iter().map(|path| found(path, 1)).collect(),
            ..Walked::default()
        };
        let records = || {
            vec![
                record("/m/a", 1, None),
                record("/m/b", 2, None),
                record("/m/c", 1, Some(2)),
                record("/m/d", 1, Some(1)),
                record("/m/gone", 1, None),
                record("/elsewhere/f", 1, None),
            ]
        };
        let names = |plan: &Plan| -> Vec<(String, bool)> {
            plan.to_read.iter().map(|(found, known)| (found.path.to_string(), *known)).collect()
        };
        let to_read = |names: &[(&str, bool)]| -> Vec<(String, bool)> {
            names.iter().map(|(name, known)| ((*name).to_owned(), *known)).collect()
        };
        let plan = Plan::new(walked(), records(), false, FeaturesVersion(2));
        assert_eq!(names(&plan), to_read(&[("/m/b", true), ("/m/d", true), ("/m/e", false)]));
        assert_eq!(plan.unchanged_count, 1);
        assert_eq!(plan.known_failures.len(), 1);
        assert_eq!(plan.gone.iter().map(|gone| gone.path.to_string()).collect::<Vec<_>>(), ["/m/gone"]);
        let again = Plan::new(walked(), records(), true, FeaturesVersion(2));
        assert_eq!(again.to_read.len(), 4);
    }

    #[test]
    fn files_in_a_folder_that_cannot_be_read_are_not_gone() {
        let walked = Walked {
            roots: vec!["/m".into()],
            unreadable: vec![(FilePath::of(Path::new("/m/locked")), "denied".to_owned())],
            ..Walked::default()
        };
        let plan = Plan::new(walked, vec![record("/m/locked/a", 1, None)], false, FeaturesVersion(1));
        assert!(plan.gone.is_empty());
    }
}
