//! `segue search`: tracks by what they are like, as somebody describes them.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;
use engine::{ServeOptions, Service};
use recommend::search::{HITS_MAX, Search, search};

use crate::home::HomeArguments;
use crate::output::{json, line};

/// Find tracks by what they are like: "new chill french instrumental hip-hop".
///
/// Genres, moods, uses and instruments that nobody tagged a track with count by the probability that `segue train`
/// learnt of it.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The description: genres, moods, languages, decades, artists, ways to sound.
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// How many tracks.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=HITS_MAX as i64))]
    limit: u16,
    /// Print what was found as JSON.
    #[arg(long)]
    json: bool,
}

/// Answers one search.
pub(crate) async fn run(home: &HomeArguments, arguments: Arguments) -> Result<ExitCode> {
    let engine = home.open_read_only().await?;
    let service =
        Arc::new(Service::start(engine.clone(), home.snapshots()?, &ServeOptions::default()).await?);
    let snapshot = service.snapshot();
    if snapshot.catalogue.tracks().is_empty() {
        bail!("there is no music yet; add some with `segue scan` or `segue import`");
    }
    let text = arguments.words.join(" ");
    let found = search(&snapshot, &text, usize::from(arguments.limit), engine.clock().now());
    if arguments.json {
        json(&found)?;
    } else {
        print(&found, snapshot.name.is_empty())?;
    }
    drop(service);
    engine.close().await?;
    Ok(ExitCode::SUCCESS)
}

fn print(found: &Search, is_untrained: bool) -> std::io::Result<()> {
    for part in &found.understood {
        line(format!("{}: {} {}", part.text, part.kind, part.value))?;
    }
    if !found.not_understood.is_empty() {
        line(format!("not understood: {}", found.not_understood.join(", ")))?;
    }
    if !found.relaxed.is_empty() {
        line(format!("passed over, since nothing fits: {}", found.relaxed.join(", ")))?;
    }
    if is_untrained {
        line("Nothing was learnt yet, so only what is tagged is found; run `segue train`.")?;
    }
    if found.hits.is_empty() {
        return line("Nothing fits. Say a genre, a mood, an artist, a language or a decade.");
    }
    for (index, hit) in found.hits.iter().enumerate() {
        line(format!("{:>3}. {} by {}", index + 1, hit.track.title, hit.track.artists.join(", ")))?;
        let fit =
            |fit: &recommend::search::Fit| format!("{} {:.2} ({})", fit.part, fit.confidence, fit.reason);
        let fits: Vec<String> = hit.fits.iter().map(fit).collect();
        line(format!("     {:.2}: {}", hit.score, fits.join(", ")))?;
    }
    Ok(())
}
