//! Which tracks there are and what is known of them: the layouts of data sets.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use audio::annotation::manifest::{self, Entry};
use audio::annotation::{ANNOTATION_BYTES_MAX, AnnotationError, Truth, jams, pop909};

use super::speech::SpeechTest;

/// Tables that are looked for in a directory, the first that is there counts.
const TABLES: [&str; 2] = ["eval.csv", "manifest.csv"];
/// Sound files are known by these endings when a directory is searched; a table may name others.
const ENDINGS: [&str; 13] =
    ["wav", "mp3", "flac", "ogg", "oga", "opus", "m4a", "m4b", "mp4", "aac", "aif", "aiff", "au"];
/// The most files that a search finds, and how deep it goes.
const FILE_COUNT_MAX: usize = 1_000_000;
const DEPTH_MAX: usize = 8;

/// Annotated tracks.
#[derive(Debug)]
pub(super) struct AudioSet {
    /// What it is called.
    pub(super) name: String,
    /// What was recognised, for the protocol.
    pub(super) layout: &'static str,
    /// The tracks, in order.
    pub(super) tracks: Vec<Annotated>,
    /// What could not be used, and why.
    pub(super) failures: Vec<Failure>,
}

/// A track with what is known of it.
#[derive(Debug)]
pub(super) struct Annotated {
    /// The file.
    pub(super) path: PathBuf,
    /// The file as the set calls it.
    pub(super) name: String,
    /// What is known.
    pub(super) truth: Truth,
    /// Where speech is told from music instead: the files that are joined for it.
    pub(super) speech: Option<SpeechTest>,
    /// The directory of the parts that it is made of, where they are known.
    pub(super) stems: Option<PathBuf>,
}

/// A file that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct Failure {
    /// The file.
    pub(super) path: String,
    /// Why.
    pub(super) error: String,
}

impl Failure {
    pub(super) fn new(path: impl Into<String>, error: impl std::fmt::Display) -> Self {
        // One line, whatever a file is called and a library says.
        let one_line = |text: String| text.replace(['\n', '\r'], " ");
        Self { path: one_line(path.into()), error: one_line(error.to_string()) }
    }

    /// The file and why, where the reason does not begin with the file anyway.
    pub(super) fn line(&self) -> String {
        if self.error.starts_with(&self.path) {
            self.error.clone()
        } else {
            format!("{}: {}", self.path, self.error)
        }
    }
}

impl AudioSet {
    /// The set in a directory.
    pub(super) fn open(directory: &Path) -> Result<Self> {
        let full = directory
            .canonicalize()
            .with_context(|| format!("there is no directory {}", directory.display()))?;
        if !full.is_dir() {
            bail!(
                "{} is a file; name the directory that holds the data set, or use --manifest",
                directory.display()
            );
        }
        if let Some(table) = TABLES.iter().map(|name| full.join(name)).find(|table| table.is_file()) {
            return Self::of_manifest(&table);
        }
        let mut set = Self { name: named(&full), layout: "POP909", tracks: Vec::new(), failures: Vec::new() };
        set.add_pop909(&full)?;
        if full.join("recordings").is_dir() && full.join("speakers.csv").is_file() {
            set.layout = "FSDD, joined by speaker, beside read speech and music of the sets next to it";
            set.add_fsdd(&full)?;
        }
        if set.tracks.is_empty() && set.failures.is_empty() {
            set.layout = "files with annotations of the same name";
            set.add_annotated_files(&full);
        }
        if set.tracks.is_empty() && set.failures.is_empty() {
            bail!(
                "{} holds no {}, no POP909 and no sound file; write a table with a column `path` and name it with --manifest",
                directory.display(),
                TABLES.join(" or ")
            );
        }
        Ok(set)
    }

    /// The tracks of a table.
    pub(super) fn of_manifest(file: &Path) -> Result<Self> {
        let bytes = read_bounded(file).with_context(|| format!("cannot read {}", file.display()))?;
        let full = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        let directory = full.parent().unwrap_or(Path::new(""));
        let mut set =
            Self { name: named(directory), layout: "a table", tracks: Vec::new(), failures: Vec::new() };
        for row in manifest::read(&file.display().to_string(), &bytes)? {
            match row {
                Ok(entry) => set.add_entry(directory, entry),
                Err(error) => set.failures.push(Failure::new(file.display().to_string(), error)),
            }
        }
        if set.tracks.is_empty() && set.failures.is_empty() {
            bail!("{} has a header and no line below it", file.display());
        }
        Ok(set)
    }

    /// Keeps so many tracks, evenly spread.
    pub(super) fn thin_out(&mut self, count: usize) {
        let total = self.tracks.len();
        if count < total {
            let mut index = 0;
            self.tracks.retain(|_| {
                let is_kept = (index + 1) * count / total > index * count / total;
                index += 1;
                is_kept
            });
        }
    }

    fn add_entry(&mut self, directory: &Path, entry: Entry) {
        let mut truth = Truth {
            genre: entry.genre,
            tempo: entry.tempo,
            key: entry.key,
            valence: entry.valence,
            energy: entry.energy,
            ..Truth::default()
        };
        type Reader = fn(&mut Truth, &str, &[u8]) -> Result<(), AnnotationError>;
        let files: [(Option<String>, Reader); 5] = [
            (entry.beats, Truth::read_beats),
            (entry.chords, Truth::read_chords),
            (entry.melody, Truth::read_melody),
            (entry.sections, Truth::read_sections),
            (entry.drums, Truth::read_drums),
        ];
        for (name, read) in files {
            if let Some(name) = name {
                self.add_annotation(&mut truth, &resolved(directory, &name), &name, read);
            }
        }
        self.tracks.push(Annotated {
            path: resolved(directory, &entry.path),
            name: entry.path,
            truth,
            speech: None,
            stems: entry.stems.map(|name| resolved(directory, &name)),
        });
    }

    /// Reads an annotation; where that fails the rest of the track is still scored.
    fn add_annotation(
        &mut self,
        truth: &mut Truth,
        path: &Path,
        name: &str,
        read: impl Fn(&mut Truth, &str, &[u8]) -> Result<(), AnnotationError>,
    ) {
        match read_bounded(path) {
            Ok(bytes) => {
                if let Err(error) = read(truth, name, &bytes) {
                    self.failures.push(Failure::new(name, error));
                }
            }
            Err(error) => self.failures.push(Failure::new(name, format!("cannot be read: {error}"))),
        }
    }

    /// Songs as `NNN/truth.json` with their sound in `NNN/NNN.wav` or `NNN.wav`.
    fn add_pop909(&mut self, directory: &Path) -> Result<()> {
        for song in children(directory)?.into_iter().filter(|path| path.is_dir()) {
            let number = named(&song);
            if !song.join("truth.json").is_file() && !song.join("beat_midi.txt").is_file() {
                continue;
            }
            let mut truth = Truth::default();
            if song.join("truth.json").is_file() {
                let name = format!("{number}/truth.json");
                self.add_annotation(&mut truth, &song.join("truth.json"), &name, |truth, name, bytes| {
                    *truth = pop909::read(name, bytes)?;
                    Ok(())
                });
            } else {
                self.add_pop909_texts(&mut truth, &song, &number);
            }
            let candidates = [song.join(&number), directory.join(&number)];
            let files = candidates.iter().flat_map(|stem| ENDINGS.map(|ending| stem.with_extension(ending)));
            match files.into_iter().find(|path| path.is_file()) {
                Some(path) => {
                    self.tracks.push(Annotated { path, name: number, truth, speech: None, stems: None });
                }
                None => self.failures.push(Failure::new(
                    number.clone(),
                    format!(
                        "there is no {number}/{number}.wav and no {number}.wav; render {number}.mid first"
                    ),
                )),
            }
        }
        Ok(())
    }

    /// The files that POP909 itself has.
    fn add_pop909_texts(&mut self, truth: &mut Truth, song: &Path, number: &str) {
        self.add_annotation(
            truth,
            &song.join("beat_midi.txt"),
            &format!("{number}/beat_midi.txt"),
            |truth, name, bytes| {
                truth.beats = pop909::beats(name, bytes)?;
                Ok(())
            },
        );
        for (file, read) in [
            (
                "chord_midi.txt",
                Truth::read_chords as fn(&mut Truth, &str, &[u8]) -> Result<(), AnnotationError>,
            ),
            ("key_audio.txt", Truth::read_key),
        ] {
            if song.join(file).is_file() {
                self.add_annotation(truth, &song.join(file), &format!("{number}/{file}"), read);
            }
        }
    }

    /// Spoken digits as `recordings/DIGIT_SPEAKER_TAKE.wav`; read speech and music come from the sets beside this one.
    fn add_fsdd(&mut self, directory: &Path) -> Result<()> {
        let mut speakers: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        for path in children(&directory.join("recordings"))?.into_iter().filter(|path| is_sound(path)) {
            let speaker = named(&path).split('_').nth(1).map(str::to_owned);
            speakers.entry(speaker.unwrap_or_default()).or_default().push(path);
        }
        let beside =
            |name: &str| directory.parent().map(|parent| parent.join(name)).filter(|path| path.is_dir());
        let mut tests: Vec<(String, SpeechTest)> = speakers
            .into_iter()
            .map(|(speaker, files)| (speaker, SpeechTest { files, is_speech: true }))
            .collect();
        if let Some(recordings) = beside("recordings") {
            // LibriSpeech names its files by speaker, chapter and sentence.
            let is_read = |path: &PathBuf| {
                let stem = named(path).split('.').next().unwrap_or_default().to_owned();
                let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
                stem.split('-').count() == 3
                    && stem.split('-').all(is_number)
                    && !named(path).contains(".hq.")
            };
            let read = children(&recordings)?.into_iter().filter(|path| is_sound(path)).filter(is_read);
            tests.extend(read.map(|path| (named(&path), SpeechTest { files: vec![path], is_speech: true })));
        }
        if let Some(emotify) = beside("emotify") {
            let mut files = Vec::new();
            search(&emotify, 0, &mut files);
            files.sort();
            tests.extend(files.into_iter().map(|path| {
                let name = path.strip_prefix(&emotify).unwrap_or(&path).display().to_string();
                (name, SpeechTest { files: vec![path], is_speech: false })
            }));
        }
        for (name, test) in tests {
            let path = test.files.first().cloned().unwrap_or_default();
            self.tracks.push(Annotated {
                path,
                name,
                truth: Truth::default(),
                speech: Some(test),
                stems: None,
            });
        }
        Ok(())
    }

    /// Sound files with annotations beside them; where they lie in several directories these are their genres.
    fn add_annotated_files(&mut self, directory: &Path) {
        let mut files = Vec::new();
        search(directory, 0, &mut files);
        files.sort();
        let parents: BTreeSet<_> = files.iter().filter_map(|path| path.parent()).collect();
        let has_genres = parents.len() > 1;
        for path in &files {
            let name = path.strip_prefix(directory).unwrap_or(path).display().to_string();
            let mut truth = Truth::default();
            let sidecar = |ending: &str| Some(path.with_extension(ending)).filter(|path| path.is_file());
            if let Some(file) = sidecar("jams") {
                self.add_annotation(&mut truth, &file, &named(&file), |truth, name, bytes| {
                    *truth = jams::read(name, bytes)?;
                    Ok(())
                });
            }
            if let Some(file) = sidecar("beats") {
                self.add_annotation(&mut truth, &file, &named(&file), Truth::read_beats);
            }
            if let Some(file) = sidecar("lab") {
                self.add_annotation(&mut truth, &file, &named(&file), Truth::read_chords);
            }
            if has_genres && truth.genre.is_none() {
                truth.genre = path.parent().filter(|parent| *parent != directory).map(named);
            }
            self.tracks.push(Annotated { path: path.clone(), name, truth, speech: None, stems: None });
        }
    }
}

/// A path of a table; those written on another system have the other slash.
fn resolved(directory: &Path, text: &str) -> PathBuf {
    let path = directory.join(text);
    if !path.exists() && text.contains('\\') { directory.join(text.replace('\\', "/")) } else { path }
}

fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(ANNOTATION_BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn children(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    Ok(paths)
}

fn search(directory: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    // A directory that cannot be read holds nothing for us.
    for path in children(directory).unwrap_or_default() {
        if files.len() >= FILE_COUNT_MAX {
            return;
        }
        if path.is_dir() && !path.is_symlink() && depth < DEPTH_MAX {
            search(&path, depth + 1, files);
        } else if is_sound(&path) && path.is_file() {
            files.push(path);
        }
    }
}

fn is_sound(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| ENDINGS.contains(&&*ending))
}

fn named(path: &Path) -> String {
    path.file_name().map_or_else(|| "data".to_owned(), |name| name.to_string_lossy().into_owned())
}
