//! One reader per format: bytes in, records out.
//!
//! A reader knows what its fields mean and nothing of the catalogue: it never merges, looks up or stores.

mod jspf;
mod lastfm;
mod lastfm_csv;
mod lenient;
mod librefm;
mod listenbrainz;
mod m3u;
mod maloja;
mod mpd;
mod playlist_parts;
mod scrobbler_log;
mod spotify;
mod spotify_context;
mod xspf;

use super::error::ImportError;
use super::format::ImportFormat;
use super::input::Input;
use super::request::ImportOptions;
use super::sink::Sink;
use super::table;

pub(super) use mpd::SPACE as MPD_SPACE;

/// What a reader needs to know beside the file.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) format: ImportFormat,
    pub(super) options: ImportOptions,
    pub(super) lookups: table::Lookups,
}

/// Reads one file or member.
///
/// # Errors
/// Where it ends too early, is not of the format, or breaks a limit; what came before has been handed over.
pub(super) fn read(input: Input<'_>, plan: &Plan, sink: &mut Sink) -> Result<(), ImportError> {
    if input.head().is_empty() {
        let reason = "it is empty".into();
        return Err(ImportError::NotThisFormat {
            file: (&**input.file()).into(),
            format: plan.format,
            reason,
        });
    }
    match plan.format {
        ImportFormat::Spotify => spotify::read(input, sink),
        ImportFormat::Listenbrainz => listenbrainz::read(input, sink),
        ImportFormat::Lastfm => lastfm::read(input, sink),
        ImportFormat::ScrobblerLog => scrobbler_log::read(input, plan, sink),
        ImportFormat::Maloja => maloja::read(input, sink),
        ImportFormat::Librefm => librefm::read(input, sink),
        ImportFormat::Mpd => mpd::read(input, plan, sink),
        ImportFormat::Jspf => jspf::read(input, sink),
        ImportFormat::Xspf => xspf::read(input, sink),
        ImportFormat::M3u => m3u::read(input, sink),
        ImportFormat::Csv | ImportFormat::Tsv => table::read_text(input, plan, sink),
        ImportFormat::Parquet => {
            let reason = "a Parquet table is read from a file of its own, not from an archive".into();
            Err(ImportError::NotThisFormat { file: (&**input.file()).into(), format: plan.format, reason })
        }
    }
}
