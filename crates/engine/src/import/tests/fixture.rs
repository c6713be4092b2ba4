//! An engine on a directory of its own, files beside it, and both as text.

use std::fmt::Write;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use music::event::Target;
use music::playlist::PlaylistEdit;
use music::{Catalogue, Prompt, TrackId, UnixMillis};
use tempfile::TempDir;

use crate::clock::ManualClock;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::import::{ImportFormat, ImportOptions, ImportReport, ImportRequest, RecordKind, import};
use crate::store::{Scan, StoreOptions, StoredEvent};

/// 2024-06-01T00:00:00Z.
pub(super) const NOW: UnixMillis = UnixMillis::new(1_717_200_000_000);

/// An engine and files to import.
pub(super) struct Fixture {
    directory: TempDir,
    pub(super) engine: Engine,
    pub(super) options: ImportOptions,
}

impl Fixture {
    pub(super) async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let engine = open(&directory.path().join("data")).await;
        std::fs::create_dir(directory.path().join("files")).unwrap();
        Self { directory, engine, options: ImportOptions::default() }
    }

    /// A fixture with table options from the words of the command line: `plays=3` maps, `--space x` sets.
    pub(super) async fn with(words: &[&str]) -> Self {
        let mut fixture = Self::new().await;
        let options = &mut fixture.options;
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || *words.next().unwrap();
            match *word {
                "--space" => options.space = Some(value().into()),
                "--listener" => options.listener = Some(value().into()),
                "--delimiter" => options.table.delimiter = Some(value().parse().unwrap()),
                "--encoding" => options.table.encoding = value().parse().unwrap(),
                "--time" => options.table.time = value().parse().unwrap(),
                "--utc-offset" => options.utc_offset = Some(value().parse().unwrap()),
                "--header" => options.table.header = Some(true),
                "--no-header" => options.table.header = Some(false),
                mapping => options.table.mappings.push(mapping.parse().unwrap()),
            }
        }
        fixture
    }

    /// Where a file of this name lies; made where it is not there yet.
    pub(super) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.directory.path().join("files").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The folder with all files.
    pub(super) fn files(&self) -> PathBuf {
        self.directory.path().join("files")
    }

    pub(super) async fn try_import(
        &self,
        format: ImportFormat,
        paths: &[PathBuf],
    ) -> Result<ImportReport, EngineError> {
        let request = ImportRequest { format, paths: paths.to_vec(), options: self.options.clone() };
        import(&self.engine, request, &mut |_| {}).await
    }

    /// Imports `paths` twice; the second time must store nothing and drop the same.
    pub(super) async fn import(&self, format: ImportFormat, paths: &[PathBuf]) -> ImportReport {
        let first = self.try_import(format, paths).await.unwrap();
        assert!(first.adds_up(), "{first:#?}");
        let log_len = self.events().await.len();
        let again = self.try_import(format, paths).await.unwrap();
        assert!(again.adds_up(), "{again:#?}");
        for kind in RecordKind::ALL {
            let (first, again) = (first.records.of(kind), again.records.of(kind));
            assert_eq!((again.stored, again.read, again.dropped), (0, first.read, first.dropped), "{kind:?}");
        }
        assert_eq!(self.events().await.len(), log_len, "an import that is repeated stores nothing");
        assert_eq!(again.new, Default::default());
        first
    }

    /// Imports one file twice, and shows what was counted and what is in the log.
    pub(super) async fn show(&self, format: ImportFormat, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.file(name, bytes);
        let report = self.import(format, &[path]).await;
        format!("{}\n{}", self.counts(&report), self.log().await)
    }

    pub(super) async fn events(&self) -> Vec<StoredEvent> {
        self.engine.store().events(Scan::all()).await.unwrap()
    }

    /// The events, one on a line.
    pub(super) async fn log(&self) -> String {
        let catalogue = self.engine.catalogue().await;
        let library = self.engine.library().await;
        let mut text = String::new();
        for stored in self.events().await {
            let event = stored.event;
            let name = library.listener(event.listener).unwrap();
            let at = jiff::Timestamp::from_millisecond(event.at.get()).unwrap();
            let prompt = prompt(&event.prompt, &catalogue);
            let context = serde_json::to_string(&event.context).unwrap();
            let context = if context == "{}" { "" } else { &context };
            writeln!(text, "{}", format!("{at} {name} {prompt} {context}").trim_end()).unwrap();
        }
        text
    }

    /// The tracks of the catalogue as JSON, one on a line.
    pub(super) async fn tracks(&self) -> String {
        let catalogue = self.engine.catalogue().await;
        let mut text = String::new();
        for track in catalogue.tracks() {
            let mut json = serde_json::to_value(track).unwrap();
            let object = json.as_object_mut().unwrap();
            let artists: Vec<&str> =
                track.artists.iter().map(|artist| &*catalogue.artist(*artist).unwrap().name).collect();
            object.insert("artists".to_owned(), serde_json::json!(artists));
            let release = track.release.map(|release| catalogue.release(release).unwrap());
            object.insert("release".to_owned(), serde_json::json!(release.map(|release| &*release.title)));
            let tags = track.tags.iter();
            let tags: Vec<String> =
                tags.map(|tag| format!("{} {}", catalogue.tag(tag.tag).unwrap().name, tag.weight)).collect();
            object.insert("tags".to_owned(), serde_json::json!(tags));
            object
                .retain(|_, value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
            writeln!(text, "{json}").unwrap();
        }
        text
    }

    /// The counts of a report, and what was dropped.
    pub(super) fn counts(&self, report: &ImportReport) -> String {
        let mut text = String::new();
        for kind in RecordKind::ALL {
            let tally = report.records.of(kind);
            if tally.read > 0 {
                let name = kind.plural();
                let (read, stored, known) = (tally.read, tally.stored, tally.known);
                writeln!(
                    text,
                    "{name}: {read} read, {stored} stored, {known} known, {} dropped",
                    tally.dropped
                )
                .unwrap();
            }
        }
        for dropped in &report.dropped {
            let example = &dropped.examples[0];
            let place = example.place.map_or_else(String::new, |place| format!("{place}: "));
            writeln!(text, "- {} {}, {place}{}", dropped.count, dropped.reason, example.text).unwrap();
        }
        for dropped in &report.dropped_values {
            let example = &dropped.examples[0];
            let place = example.place.map_or_else(String::new, |place| format!("{place}: "));
            writeln!(text, "- value {} of {}, {place}{}", dropped.count, dropped.value, example.text)
                .unwrap();
        }
        for file in &report.files {
            if let Some(error) = &file.error {
                let message = error.to_string().replace(&self.shown_folder(), "");
                writeln!(text, "! {message}").unwrap();
            }
        }
        text
    }

    fn shown_folder(&self) -> String {
        format!("{}/", self.files().display())
    }

    /// The text of an error without the folder.
    pub(super) fn message(&self, error: &EngineError) -> String {
        error.to_string().replace(&self.shown_folder(), "")
    }

    /// Closes the engine and hands over the bytes of all files of its data directory.
    pub(super) async fn into_stored_bytes(self) -> Vec<u8> {
        self.engine.close().await.unwrap();
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(self.directory.path().join("data")).unwrap() {
            bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
        }
        bytes
    }
}

async fn open(directory: &Path) -> Engine {
    Engine::open(directory, StoreOptions::default(), Arc::new(ManualClock::new(NOW))).await.unwrap()
}

fn label(target: Target, catalogue: &Catalogue) -> String {
    match target {
        Target::Track(track) => catalogue.label(track),
        Target::Artist(artist) => catalogue.artist(artist).unwrap().name.to_string(),
        other => format!("{other:?}"),
    }
}

fn labels(tracks: &[TrackId], catalogue: &Catalogue) -> String {
    tracks.iter().map(|track| catalogue.label(*track)).collect::<Vec<_>>().join("; ")
}

fn prompt(prompt: &Prompt, catalogue: &Catalogue) -> String {
    match prompt {
        Prompt::PlaylistCreated { playlist, details } => {
            format!("{playlist} created {}", serde_json::to_string(details).unwrap())
        }
        Prompt::PlaylistEdited { playlist, edit: PlaylistEdit::Added { tracks, index } } => {
            format!("{playlist} added {index:?}: {}", labels(tracks, catalogue))
        }
        other => {
            let target = other.target().map_or_else(String::new, |target| label(target, catalogue));
            let mut json = serde_json::to_value(other).unwrap();
            let fields = json.as_object_mut().unwrap().values_mut().next().unwrap().as_object_mut().unwrap();
            fields.retain(|name, _| !matches!(name.as_str(), "track" | "target"));
            let fields = if fields.is_empty() { String::new() } else { format!(" {}", json[other.name()]) };
            format!("{} {target}{fields}", other.name())
        }
    }
}

/// A zip archive with these members.
pub(super) fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The bytes as a gzip file.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
