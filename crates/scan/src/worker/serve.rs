//! Inside the process: reads jobs, answers them, and ends with its parent.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Write};
use std::path::Path;

use audio::{AudioError, Block, Decoder, Fingerprint, Sound};
use engine::{AudioHash, FilePath};
use music::Booklet;

use super::framing;
use super::job::{Answer, Job, Listened, Read};
use super::limits::Limits;
use super::opinion;
use super::separate;
use crate::booklet;
use crate::payload;
use crate::tags::{Tags, front_picture, words_and_front};

/// The longest file of lyrics that is read.
const SIDECAR_SIZE_MAX_BYTES: u64 = 1 << 20;

/// Stretches of the waveform: two for each point of a picture across a page.
const WAVEFORM_LEN: usize = 2_400;

/// Answers jobs from `input` on `output` until `input` ends; the first message says the limits.
///
/// # Errors
/// Where the pipes break.
pub fn serve(input: impl io::Read, output: impl Write) -> io::Result<()> {
    let (mut input, mut output) = (BufReader::new(input), BufWriter::new(output));
    let Some(limits) = framing::read::<Limits>(&mut input)? else { return Ok(()) };
    limits.bind();
    let mut booklets = booklet::Reader::default();
    while let Some(job) = framing::read::<Job>(&mut input)? {
        limits.grant();
        let answer = match &job {
            Job::Separate { path, model } => separate::answer(&path.to_path(), model.as_ref(), &mut output)?,
            Job::Decode(path) => separate::decoded(&path.to_path(), &mut output)?,
            Job::Booklet(path) => match look(&mut booklets, &path.to_path()) {
                Ok(booklet) => Answer::Booklet(Box::new(booklet)),
                Err(error) => Answer::Refused(error.to_string()),
            },
            Job::Picture(path) => {
                framing::write_bytes(&mut output, &picture(&path.to_path()))?;
                continue;
            }
            _ => answer(&job),
        };
        framing::write(&mut output, &answer)?;
    }
    Ok(())
}

fn answer(job: &Job) -> Answer {
    let path = job.path().to_path();
    let answer = match job {
        Job::Read(_) => read(&path).map(|read| Answer::Read(Box::new(read))),
        Job::Identify(_) => identify(&path).map(Answer::Identified),
        Job::Listen { model, .. } => {
            return match listen(&path, model.as_ref()) {
                Ok(listened) => Answer::Listened(Box::new(listened)),
                Err(refusal) => refusal,
            };
        }
        Job::Booklet(_) | Job::Separate { .. } | Job::Decode(_) | Job::Picture(_) => {
            unreachable!("it is answered above")
        }
    };
    answer.unwrap_or_else(|error| Answer::Refused(error.to_string()))
}

pub(super) fn open(path: &Path) -> Result<Decoder<'static>, AudioError> {
    let file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Err(AudioError::Format { why: "the file is empty".to_owned() });
    }
    let extension = path.extension().and_then(|extension| extension.to_str());
    Decoder::new(Box::new(file), extension)
}

fn read(path: &Path) -> Result<Read, AudioError> {
    // A file without sound is no track, whatever it is called and tagged.
    open(path)?.next_block(&mut Block::default())?;
    let mut tags = Tags::read(&mut BufReader::new(File::open(path)?));
    if tags.lyrics.timed.is_empty()
        && let Some(text) = sidecar(path)
    {
        tags.add_sidecar_lyrics(&text);
    }
    Ok(Read { tags })
}

/// What the words and the cover of the file are like.
///
/// A file that cannot be opened may be there again at the next scan: nothing is said of it, not that it has neither.
fn look(booklets: &mut booklet::Reader, path: &Path) -> io::Result<Booklet> {
    let file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
    }
    let (mut lyrics, picture) = words_and_front(&mut BufReader::new(file));
    if lyrics.timed.is_empty()
        && let Some(text) = sidecar(path)
    {
        lyrics.add_text(&text);
        lyrics.complete();
    }
    Ok(booklets.read(&lyrics, picture.as_ref()))
}

/// The cover in the file; nothing where it has none or cannot be read.
fn picture(path: &Path) -> Vec<u8> {
    let file = File::open(path).ok().filter(|file| file.metadata().is_ok_and(|metadata| metadata.is_file()));
    let picture = file.and_then(|file| front_picture(&mut BufReader::new(file)));
    picture.map(|picture| picture.bytes).unwrap_or_default()
}

/// The text of the file of lyrics that lies beside the sound, if one does.
fn sidecar(path: &Path) -> Option<String> {
    let path = path.with_extension("lrc");
    // A link may lead anywhere, and a pipe never ends.
    std::fs::symlink_metadata(&path).ok().filter(std::fs::Metadata::is_file)?;
    let file = File::open(path).ok()?;
    let mut bytes = Vec::new();
    file.take(SIDECAR_SIZE_MAX_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn identify(path: &Path) -> Result<AudioHash, AudioError> {
    payload::hash(&mut open(path)?).ok_or(AudioError::Empty { damaged_packet_count: 0 })
}

/// What is heard in the file; else the answer that says why not.
fn listen(path: &Path, model: Option<&FilePath>) -> Result<Listened, Answer> {
    let refused = |error: AudioError| Answer::Refused(error.to_string());
    let sound = Sound::read(&mut open(path).map_err(refused)?).map_err(refused)?;
    // The model first: where it cannot be used, nothing else is waited for.
    let neural = model.map(|model| opinion::of(model, &sound)).transpose().map_err(Answer::ModelRefused)?;
    let neural = neural.flatten();
    Ok(Listened {
        analysis: audio::analyze(&sound),
        fingerprint: Fingerprint::of(&sound).words().to_vec(),
        waveform: sound.extremes(WAVEFORM_LEN),
        neural,
        damaged_packet_count: sound.damaged_packet_count,
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_opened_has_no_booklet_rather_than_an_empty_one() {
        let directory = tempfile::tempdir().unwrap();
        let song = directory.path().join("song.mp3");
        let mut booklets = booklet::Reader::default();
        assert!(look(&mut booklets, &song).is_err());
        assert!(look(&mut booklets, directory.path()).is_err());
        std::fs::write(&song, "no tags").unwrap();
        let found = look(&mut booklets, &song).unwrap();
        assert!(found.words.is_none() && found.cover.is_none());
    }

    #[test]
    fn words_beside_a_file_are_read_from_a_file_and_through_no_link() {
        let directory = tempfile::tempdir().unwrap();
        let song = directory.path().join("song.mp3");
        assert_eq!(sidecar(&song), None);
        std::fs::write(directory.path().join("elsewhere"), "secret").unwrap();
        std::os::unix::fs::symlink("elsewhere", directory.path().join("song.lrc")).unwrap();
        assert_eq!(sidecar(&song), None);
        std::fs::remove_file(directory.path().join("song.lrc")).unwrap();
        std::fs::write(directory.path().join("song.lrc"), "words").unwrap();
        assert_eq!(sidecar(&song).as_deref(), Some("words"));
    }
}
