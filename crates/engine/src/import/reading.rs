//! The parser's thread: opens one file after another and hands each to its format's reader.
//!
//! A file that breaks is reported with its place, and the next one is read.

use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;

use super::error::ImportError;
use super::format::ImportFormat;
use super::formats::{self, Plan};
use super::input::{Archive, Input, Magic, SourceFile, UnpackLimit, Unpacked};
use super::sink::{ByteCount, Sink};
use super::table;

/// Reads all files into the sink.
///
/// # Errors
/// [`ImportError::Stopped`] where nobody takes the records; everything else stands in the report of its file.
pub(super) fn read_files(
    files: &[SourceFile],
    plan: &Plan,
    bytes: &ByteCount,
    sink: &mut Sink,
) -> Result<(), ImportError> {
    let mut bytes_of_whole_files = 0;
    for file in files {
        read_file(file, plan, bytes, sink)?;
        bytes_of_whole_files += file.len;
        // Parts of an archive that nobody wants are read by skipping them.
        bytes.raise_to(bytes_of_whole_files);
    }
    Ok(())
}

fn read_file(
    source: &SourceFile,
    plan: &Plan,
    bytes: &ByteCount,
    sink: &mut Sink,
) -> Result<(), ImportError> {
    let (file, magic) = match source.open(bytes) {
        Ok(opened) => opened,
        Err(error) => return report(&source.name, sink, Err(error)),
    };
    if plan.format == ImportFormat::Parquet {
        return one(&source.name, sink, |sink| {
            table::read_parquet(&source.name, file.into_file(), plan, sink)
        });
    }
    match magic {
        Magic::Zip => match Archive::open(source, file, plan.format) {
            Ok(archive) => read_archive(archive, plan, sink),
            Err(error) => report(&source.name, sink, Err(error)),
        },
        Magic::Gzip => one(&source.name, sink, |sink| {
            let limit = UnpackLimit::of_file(source.len);
            let unpacked = Unpacked::new(MultiGzDecoder::new(BufReader::new(file)), limit);
            formats::read(Input::new(&source.name, unpacked)?, plan, sink)
        }),
        Magic::Other => {
            one(&source.name, sink, |sink| formats::read(Input::new(&source.name, file)?, plan, sink))
        }
    }
}

fn read_archive(mut archive: Archive, plan: &Plan, sink: &mut Sink) -> Result<(), ImportError> {
    for (place, name) in archive.names().into_iter().enumerate() {
        one(&name, sink, |sink| formats::read(archive.open_member(place)?, plan, sink))?;
    }
    Ok(())
}

/// Reads one file or member, and reports how it ended.
fn one(
    name: &Arc<str>,
    sink: &mut Sink,
    read: impl FnOnce(&mut Sink) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    sink.open_file(name);
    // A mistake in a parser, ours or a library's, must not take the other files with it.
    let outcome = catch_unwind(AssertUnwindSafe(|| read(sink)));
    let outcome = outcome.unwrap_or_else(|_| Err(ImportError::Crashed { file: (&**name).into() }));
    sink.close_file(outcome)
}

fn report(name: &Arc<str>, sink: &mut Sink, outcome: Result<(), ImportError>) -> Result<(), ImportError> {
    sink.open_file(name);
    sink.close_file(outcome)
}
