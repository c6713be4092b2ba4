//! `segue recommend`: a slate for a listener, with the reason of each pick.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};
use engine::{Ask, ServeOptions, Service};
use music::Context;
use recommend::slate::{Picked, Trace};
use recommend::{Answer, MIXES, Mix, Slate, Why};

use crate::find;
use crate::home::HomeArguments;
use crate::output::{json, line, table};

/// Recommend tracks or artists to a listener, with the reason of each pick.
///
/// What is shown is logged, so that it is not shown again too soon; --private leaves no trace.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// For whom.
    #[arg(long, value_name = "NAME", default_value = engine::import::DEFAULT_LISTENER)]
    listener: String,
    /// Which product.
    #[arg(long, value_name = "MIX", default_value = "home", value_parser = mixes())]
    mix: String,
    /// What comes back.
    #[arg(long, value_enum, default_value_t = AnswerKind::Tracks)]
    answer: AnswerKind,
    /// What to start from: an artist, "Title by Artist", or an id; radio needs one; may be repeated.
    #[arg(long = "from", value_name = "SEED")]
    seeds: Vec<String>,
    /// How many picks; the mix's own length without it.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Say what became of this track or artist instead: where it stands and why, or why it is not there.
    #[arg(long, value_name = "TRACK")]
    why: Option<String>,
    /// Makes chance repeatable.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Leave no trace: nothing is logged, and it works beside a running server.
    #[arg(long)]
    private: bool,
    /// Show all reasons with their contributions, and what each source did.
    #[arg(long)]
    trace: bool,
    /// Print the slate as JSON.
    #[arg(long)]
    json: bool,
}

/// What an answer consists of.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum AnswerKind {
    /// Tracks.
    Tracks,
    /// Artists.
    Artists,
}

/// Answers one request.
pub(crate) async fn run(home: &HomeArguments, arguments: Arguments) -> Result<ExitCode> {
    // Asking why shows nothing, so there is nothing to log.
    let is_private = arguments.private || arguments.why.is_some();
    let engine = if is_private { home.open_read_only().await? } else { home.open().await? };
    let listener = find::listener(&*engine.library().await, &arguments.listener)?;
    let catalogue = engine.catalogue().await;
    let targets = arguments.seeds.iter().map(|text| find::target(&catalogue, text));
    let ask = Ask {
        answer: match arguments.answer {
            AnswerKind::Tracks => Answer::Tracks,
            AnswerKind::Artists => Answer::Artists,
        },
        seeds: targets.collect::<Result<_>>()?,
        limit: arguments.limit,
        context: Context::default(),
        is_private,
        random_seed: arguments.seed,
        ..Ask::plain(listener, Mix::named(&arguments.mix).expect("only names of mixes pass"))
    };
    let service =
        Arc::new(Service::start(engine.clone(), home.snapshots()?, &ServeOptions::default()).await?);
    if let Some(text) = &arguments.why {
        let target = find::target(&catalogue, text)?;
        let why = service.why(ask, target).await?;
        if arguments.json { json(&why)? } else { print_why(&why)? }
    } else {
        let slate = service.recommend(ask).await?;
        if arguments.json { json(&slate)? } else { print_slate(&slate, arguments.trace)? }
    }
    drop(service);
    engine.close().await?;
    Ok(ExitCode::SUCCESS)
}

fn mixes() -> PossibleValuesParser {
    PossibleValuesParser::new(MIXES.iter().map(|mix| PossibleValue::new(mix.name).help(mix.promise)))
}

/// A slate for people: place, name, reason; with all contributions and sources where `is_traced`.
pub(crate) fn print_slate(slate: &Slate, is_traced: bool) -> std::io::Result<()> {
    if let Some(mix) = Mix::named(slate.mix) {
        line(format!("{}: {}", mix.title, mix.promise))?;
    }
    if slate.snapshot.is_empty() {
        line("Nothing was learnt yet, so this is what is played most; run `segue train`.")?;
    }
    if slate.picks.is_empty() {
        line("Nothing fits: see --trace for what was dropped and why.")?;
    }
    for (index, pick) in slate.picks.iter().enumerate() {
        line(format!("{:>3}. {}", index + 1, name(&pick.what)))?;
        line(format!("     {}", pick.why))?;
        if is_traced {
            for reason in &pick.reasons {
                line(format!("     {:+7.3}  {} ({})", reason.contribution, reason.text, reason.source))?;
            }
            line(format!("     {:+7.3}  in all", pick.score))?;
        }
    }
    if is_traced { print_trace(&slate.trace) } else { Ok(()) }
}

/// What a pick is called.
pub(crate) fn name(what: &Picked) -> String {
    match what {
        Picked::Track(track) => format!("{} by {}", track.title, track.artists.join(", ")),
        Picked::Artist(artist) if artist.tags.is_empty() => artist.name.clone(),
        Picked::Artist(artist) => format!("{} ({})", artist.name, artist.tags.join(", ")),
    }
}

fn print_trace(trace: &Trace) -> std::io::Result<()> {
    let mut sources = table(&["source", "candidates", "ms", "problem"], &[1, 2]);
    for source in &trace.sources {
        sources.add_row([
            source.name.to_owned(),
            source.candidates.to_string(),
            format!("{:.2}", source.milliseconds),
            source.error.clone().unwrap_or_default(),
        ]);
    }
    line(sources.to_string())?;
    line(format!("{} candidates in all", trace.candidate_count))?;
    for dropped in &trace.dropped {
        line(format!("{} dropped: {}", dropped.count, dropped.words))?;
    }
    Ok(())
}

fn print_why(why: &Why) -> std::io::Result<()> {
    let pick = match why {
        Why::Picked { place, pick } => {
            line(format!("{} stands at place {place}. {}", name(&pick.what), pick.why))?;
            pick
        }
        Why::Outranked { rank, candidate_count, score_needed, pick } => {
            let needed = score_needed.map_or_else(String::new, |score| format!("; {score:.3} was needed"));
            let name = name(&pick.what);
            line(format!(
                "{name} came {rank} of {candidate_count} with a score of {:.3}{needed}.",
                pick.score
            ))?;
            pick
        }
        Why::Dropped { words, .. } => return line(format!("It was taken out: {words}.")),
        Why::NotProposed => return line("No source thought of it."),
    };
    for reason in &pick.reasons {
        line(format!("     {:+7.3}  {} ({})", reason.contribution, reason.text, reason.source))?;
    }
    Ok(())
}
