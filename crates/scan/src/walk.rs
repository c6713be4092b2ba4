//! Which files there are.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use engine::FilePath;
use walkdir::{DirEntry, WalkDir};

/// Endings of the files that are looked at, in lower case.
const ENDINGS: [&str; 15] = [
    "mp3", "mp2", "flac", "ogg", "oga", "opus", "m4a", "m4b", "mp4", "aac", "wav", "wave", "aif", "aiff",
    "aifc",
];

/// One file that may hold sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// From the root of the file system, without links.
    pub(crate) path: FilePath,
    /// Below the folder that was asked for.
    pub(crate) relative: PathBuf,
    /// *Unit*: bytes.
    pub(crate) size: u64,
    /// When the file, or the lyrics beside it, changed last. *Unit*: nanoseconds since 1970.
    pub(crate) modified_ns: i64,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// The folders that were walked, without links.
    pub(crate) roots: Vec<PathBuf>,
    /// Files in the order of their paths, each once.
    pub(crate) files: Vec<Found>,
    /// Links that are not followed, with the reason.
    pub(crate) left_out: Vec<(FilePath, String)>,
    /// Folders and files that cannot be looked at, with the reason.
    pub(crate) unreadable: Vec<(FilePath, String)>,
}

/// Looks at everything below `paths`, which may be folders or files.
///
/// Links are not followed: what they lead to inside of the library is found at its own place, and what lies outside of
/// it was not asked for.
///
/// # Errors
/// Where one of the paths cannot be read at all.
pub(crate) fn walk(paths: &[PathBuf]) -> Result<Walked, (FilePath, io::Error)> {
    let mut walked = Walked::default();
    let mut starts = Vec::new();
    for path in paths {
        let start = path.canonicalize().map_err(|error| (FilePath::of(path), error))?;
        let is_directory = start.is_dir();
        let root = if is_directory { start.as_path() } else { start.parent().unwrap_or(&start) };
        walked.roots.push(root.to_owned());
        starts.push((start.clone(), root.to_owned(), is_directory));
    }
    for (start, root, is_directory) in starts {
        for entry in WalkDir::new(&start).sort_by_file_name() {
            match entry {
                Ok(entry) => walked.look_at(&entry, &root, !is_directory),
                Err(error) => {
                    let path = FilePath::of(error.path().unwrap_or(&start));
                    let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    walked.unreadable.push((path, why));
                }
            }
        }
    }
    walked.files.sort_by(|a, b| a.path.cmp(&b.path));
    walked.files.dedup_by(|a, b| a.path == b.path);
    Ok(walked)
}

impl Walked {
    fn look_at(&mut self, entry: &DirEntry, root: &Path, is_asked_for: bool) {
        let path = entry.path();
        if entry.path_is_symlink() {
            self.look_at_link(path);
            return;
        }
        if !entry.file_type().is_file() || !(is_asked_for || is_sound(path)) {
            return;
        }
        match entry.metadata() {
            Ok(metadata) => self.files.push(Found {
                path: FilePath::of(path),
                relative: path.strip_prefix(root).unwrap_or(path).to_owned(),
                size: metadata.len(),
                modified_ns: modified_ns(&metadata).max(lyrics_modified_ns(path)),
            }),
            Err(error) => self.unreadable.push((FilePath::of(path), error.to_string())),
        }
    }

    fn look_at_link(&mut self, path: &Path) {
        let why = match path.canonicalize() {
            Ok(target) if self.roots.iter().any(|root| target.starts_with(root)) => return,
            Ok(target) if target.is_dir() || is_sound(path) || is_sound(&target) => {
                let target = FilePath::of(&target);
                format!(
                    "it is a link to {target}, outside of the library; scan that path as well to have it in"
                )
            }
            Ok(_) => return,
            Err(_) if !is_sound(path) => return,
            Err(error) => format!("it is a link that leads nowhere ({error})"),
        };
        self.left_out.push((FilePath::of(path), why));
    }
}

/// Whether a path ends like a file of sound.
fn is_sound(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

fn modified_ns(metadata: &Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or(0)
}

/// When the words beside a file changed last; 0 where there are none.
fn lyrics_modified_ns(path: &Path) -> i64 {
    let metadata = std::fs::symlink_metadata(path.with_extension("lrc")).ok();
    metadata.filter(Metadata::is_file).map_or(0, |metadata| modified_ns(&metadata))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn relative(walked: &Walked) -> Vec<String> {
        walked.files.iter().map(|found| FilePath::of(&found.relative).to_string()).collect()
    }

    #[test]
    fn files_of_sound_are_found_once_in_the_order_of_their_paths() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        fs::create_dir_all(root.join("a/b")).unwrap();
        for name in ["z.mp3", "a/b/song.FLAC", "a/cover.jpg", "a/line\nbreak.ogg", "a/notes.txt"] {
            fs::write(root.join(name), b"x").unwrap();
        }
        let walked = walk(&[root.join("a"), root.to_owned(), root.join("a/notes.txt")]).unwrap();
        // What was asked for by name is looked at whatever its ending is.
        assert_eq!(walked.files.len(), 4);
        let walked = walk(&[root.to_owned()]).unwrap();
        assert_eq!(relative(&walked), ["a/b/song.FLAC", "a/line\\nbreak.ogg", "z.mp3"]);
        assert!(walk(&[root.join("gone")]).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_outside_is_left_out_and_says_why() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(outside.path().join("far.mp3"), b"x").unwrap();
        fs::write(inside.path().join("near.mp3"), b"x").unwrap();
        let link = |to: &Path, name: &str| {
            std::os::unix::fs::symlink(to, inside.path().join(name)).unwrap();
        };
        link(&outside.path().join("far.mp3"), "far.mp3");
        link(outside.path(), "folder");
        link(&inside.path().join("near.mp3"), "again.mp3");
        link(inside.path(), "loop");
        link(Path::new("/nowhere/at/all.mp3"), "broken.mp3");
        let walked = walk(&[inside.path().to_owned()]).unwrap();
        assert_eq!(relative(&walked), ["near.mp3"]);
        let why: Vec<&str> = walked.left_out.iter().map(|(_, why)| why.as_str()).collect();
        assert_eq!(why.len(), 3, "{why:?}");
        assert!(why[0].contains("leads nowhere") && why[1].contains("outside of the library"), "{why:?}");
    }
}
