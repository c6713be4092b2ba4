//! `segue export`: everything that is known about a listener, as one JSON document.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::find;
use crate::home::HomeArguments;
use crate::output::{counted, line};

/// Write down everything that is known about a listener, as JSON.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Whose data.
    #[arg(value_name = "LISTENER")]
    listener: String,
    /// The file to write; standard output without it.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Exports.
pub(crate) async fn run(home: &HomeArguments, arguments: Arguments) -> Result<ExitCode> {
    let engine = home.open_read_only().await?;
    let listener = find::listener(&*engine.library().await, &arguments.listener)?;
    let Some(path) = arguments.output else {
        let mut out = BufWriter::new(io::stdout());
        engine::export(&engine, listener, &mut out).await?;
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    };
    let file = File::create_new(&path)
        .with_context(|| format!("cannot write {}; choose a path where no file is yet", path.display()))?;
    let mut out = BufWriter::new(file);
    let report = engine::export(&engine, listener, &mut out).await?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    line(format!(
        "{}: {}, {}, {}",
        path.display(),
        counted(report.event_count, "event"),
        counted(report.playlist_count, "playlist"),
        counted(report.track_count, "track")
    ))?;
    Ok(ExitCode::SUCCESS)
}
