//! `segue import`: history, playlists and catalogues from the files of other services.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _};
use engine::import::{
    Delimiter, ImportFormat, ImportReport, ImportRequest, Lookup, Mapping, RecordKind, TextEncoding,
    TimeFormat, UtcOffset, import,
};
use music::UnixMillis;

use crate::home::HomeArguments;
use crate::meter::Stopwatch;
use crate::output::{counted, grouped, json, line, table};
use crate::progress;

/// Take in history, playlists and catalogues from files of other services.
///
/// Importing the same file again stores nothing twice.
/// Names of accounts, addresses and clients in the files are never stored.
#[derive(Debug, Args)]
#[command(after_long_help = formats())]
pub(crate) struct Arguments {
    /// How the files are written.
    #[arg(value_name = "FORMAT", value_parser = format_parser(), hide_possible_values = true)]
    format: ImportFormat,
    /// Files, folders and zip archives; a format takes from a folder what is its own.
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Whose history it is, where the file does not say so; `me` without it.
    #[arg(long, value_name = "NAME")]
    listener: Option<String>,
    /// The data set or system that ids in the file are from, such as `lastfm-2k`.
    #[arg(long, value_name = "NAME")]
    space: Option<String>,
    /// The time of what has none, such as sums of plays; now without it.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    as_of: Option<UnixMillis>,
    /// How far the listener's clock was ahead of UTC, such as +02:00.
    #[arg(long, value_name = "OFFSET", allow_hyphen_values = true)]
    utc_offset: Option<UtcOffset>,
    /// Which column of a table means what, as field=column with a name or a number from 1; may be repeated.
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    mappings: Vec<Mapping>,
    /// A table that replaces ids by names, as field=FILE:KEY:VALUE; may be repeated.
    #[arg(long = "lookup", value_name = "FIELD=FILE:KEY:VALUE")]
    lookups: Vec<Lookup>,
    /// What stands between columns: a character, or tab, space, comma, semicolon, pipe.
    #[arg(long, value_name = "CHAR")]
    delimiter: Option<Delimiter>,
    /// The first line of a table holds the names of its columns.
    #[arg(long, conflicts_with = "no_header")]
    header: bool,
    /// The first line of a table is data.
    #[arg(long)]
    no_header: bool,
    /// The encoding of a table's text.
    #[arg(long, value_name = "NAME", default_value = "utf-8")]
    encoding: TextEncoding,
    /// How times are written in a table: auto, unix, unix-ms, or a pattern such as %d.%m.%Y.
    #[arg(long, value_name = "FORM", default_value = "auto")]
    time: TimeFormat,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

/// Imports, prints the closing table, and fails where a file could not be read to its end.
pub(crate) async fn run(home: &HomeArguments, arguments: Arguments) -> Result<ExitCode> {
    let is_json = arguments.json;
    let request = request(arguments);
    let engine = home.open().await?;
    let bar = progress::of_bytes(is_json);
    let watch = Stopwatch::start();
    let outcome = import(&engine, request, &mut |progress| {
        bar.set_length(progress.bytes_total);
        bar.set_position(progress.bytes_read);
        bar.set_message(format!("{} rows, {}", grouped(progress.row_count), progress.file));
    })
    .await;
    bar.finish_and_clear();
    let report = outcome?;
    engine.close().await?;
    if is_json {
        json(&report)?;
    } else {
        line(table_of(&report))?;
        line(closing(&report, watch.elapsed()))?;
    }
    Ok(if report.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// How much it was and how fast it went, and what to do next.
fn closing(report: &ImportReport, took: Duration) -> String {
    let per_second = |count: u64| grouped((count as f64 / took.as_secs_f64().max(1e-3)) as u64);
    let rows: u64 = report.files.iter().map(|file| file.row_count).sum();
    let mut text = format!("{} in {} ({}/s)", counted(rows, "row"), progress::spoken(took), per_second(rows));
    let events = report.records.events.stored;
    if events > 0 {
        let _ = write!(text, ", {} stored ({}/s)", counted(events, "event"), per_second(events));
    }
    if rows == 0 && events == 0 {
        return text + ".";
    }
    text.push_str(". Next: `segue train`");
    if let Some(name) = &report.listener {
        // A name may hold spaces, and is often longer than what stands in the file.
        let quote = if name.contains(' ') { "\"" } else { "" };
        let _ = write!(text, ", then `segue recommend --listener {quote}{name}{quote}`");
    }
    text + "."
}

fn request(arguments: Arguments) -> ImportRequest {
    let mut request = ImportRequest::new(arguments.format, arguments.paths);
    let options = &mut request.options;
    options.listener = arguments.listener.map(Into::into);
    options.space = arguments.space.map(Into::into);
    options.as_of = arguments.as_of;
    options.utc_offset = arguments.utc_offset;
    options.table.mappings = arguments.mappings;
    options.table.lookups = arguments.lookups;
    options.table.delimiter = arguments.delimiter;
    options.table.header = match (arguments.header, arguments.no_header) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    options.table.encoding = arguments.encoding;
    options.table.time = arguments.time;
    request
}

/// The closing table: what was read, what became of it, and why things were dropped.
fn table_of(report: &ImportReport) -> String {
    let mut text = String::new();
    let mut say = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    for file in &report.files {
        let columns: Vec<String> =
            file.columns.iter().map(|used| format!("{} = {}", used.field.name(), used.column)).collect();
        if !columns.is_empty() {
            say(format!("{}: columns {}", file.name, columns.join(", ")));
        }
    }
    let mut counts = table(&["", "read", "stored", "known already", "dropped"], &[1, 2, 3, 4]);
    for kind in RecordKind::ALL {
        let tally = report.records.of(kind);
        if tally.read > 0 {
            let numbers = [tally.read, tally.stored, tally.known, tally.dropped].map(grouped);
            counts.add_row(std::iter::once(kind.plural().to_owned()).chain(numbers));
        }
    }
    say(counts.to_string());
    let new = &report.new;
    let things = [
        (new.listeners, "listener"),
        (new.artists, "artist"),
        (new.releases, "release"),
        (new.tracks, "track"),
        (new.playlists, "playlist"),
        (new.tags, "tag"),
    ];
    let things: Vec<String> =
        things.iter().filter(|(count, _)| *count > 0).map(|(count, name)| counted(*count, name)).collect();
    say(if things.is_empty() { "Nothing new.".to_owned() } else { format!("New: {}.", things.join(", ")) });
    for dropped in &report.dropped {
        let name = if dropped.count == 1 { dropped.kind.singular() } else { dropped.kind.plural() };
        say(format!("dropped {} {name}: {}", grouped(dropped.count), dropped.reason.text()));
        dropped.examples.iter().for_each(|example| say(example_line(example)));
    }
    for dropped in &report.dropped_values {
        let values = counted(dropped.count, "value");
        say(format!("left out {values} of {}, keeping the rows", dropped.value));
        dropped.examples.iter().for_each(|example| say(example_line(example)));
    }
    for error in report.files.iter().filter_map(|file| file.error.as_ref()) {
        say(format!("error: {error}"));
    }
    text.trim_end().to_owned()
}

fn example_line(example: &engine::import::Example) -> String {
    match example.place {
        Some(place) => format!("    {}, {place}: {}", example.file, example.text),
        None => format!("    {}: {}", example.file, example.text),
    }
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = ImportFormat> {
    let values = ImportFormat::ALL.map(|format| PossibleValue::new(format.name()).help(format.reads()));
    PossibleValuesParser::new(values).map(|name| name.parse().expect("only names of formats pass"))
}

fn parse_time(text: &str) -> Result<UnixMillis> {
    let timestamp = text.parse::<jiff::Timestamp>().or_else(|_| {
        let date: jiff::civil::Date = text.parse()?;
        date.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp())
    });
    let timestamp = timestamp
        .with_context(|| format!("`{text}` is no time; write 2024-05-09 or 2024-05-09T18:30:00Z"))?;
    Ok(UnixMillis::new(timestamp.as_millisecond()))
}

/// What stands below the help: every format, what it reads, and where a person gets the files.
fn formats() -> String {
    let mut text = "Formats:\n".to_owned();
    for format in ImportFormat::ALL {
        let _ = write!(
            text,
            "\n{}\n  {}.\n  {}\n  {}\n",
            format.name(),
            format.reads(),
            format.obtain(),
            format.example()
        );
    }
    let fields: Vec<&str> = engine::import::Field::all().map(engine::import::Field::name).collect();
    let _ = write!(text, "\nFields for --map:\n  {}", fields.join(", "));
    text
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn the_closing_line_tells_rows_and_events_and_a_name_that_works() {
        let mut report = ImportReport::default();
        let seconds = Duration::from_secs(2);
        assert_eq!(closing(&report, seconds), "0 rows in 2.0 s (0/s).");
        report.records.events.stored = 100_000;
        report.listener = Some("lastfm-2k/2".into());
        assert_eq!(
            closing(&report, seconds),
            "0 rows in 2.0 s (0/s), 100,000 events stored (50,000/s). \
             Next: `segue train`, then `segue recommend --listener lastfm-2k/2`."
        );
        report.listener = Some("my set/2".into());
        assert!(closing(&report, seconds).ends_with("--listener \"my set/2\"`."));
    }

    #[test]
    fn the_line_becomes_a_request() {
        let words =
            "import csv a.csv --space set --map artist=2 --map plays=3 --no-header --as-of 2024-05-09";
        let request = request(Line::try_parse_from(words.split(' ')).unwrap().arguments);
        assert_eq!(request.format, ImportFormat::Csv);
        assert_eq!(request.options.space.as_deref(), Some("set"));
        assert_eq!(request.options.table.mappings.len(), 2);
        assert_eq!(request.options.table.header, Some(false));
        assert_eq!(request.options.as_of, Some(UnixMillis::new(1_715_212_800_000)));
        for wrong in ["import tape a", "import csv", "import csv a --map artist", "import csv a --as-of soon"]
        {
            assert!(Line::try_parse_from(wrong.split(' ')).is_err(), "{wrong}");
        }
    }
}
