//! `segue recommend`: a slate for a listener, with the reason of each pick.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Result, anyhow, ensure};
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};
use engine::{Ask, Engine, EngineError, ServeOptions, Service};
use music::Context;
use recommend::query::LIMIT_MAX;
use recommend::slate::{Picked, Trace};
use recommend::{Answer, MIXES, Mix, Reason, Slate, Sliders, Why};

use crate::find;
use crate::home::HomeArguments;
use crate::output::{counted, json, line, table};

/// Recommend tracks, artists, releases or playlists to a listener, with the reason of each pick.
///
/// What is shown is logged, so that it is not shown again too soon; --private leaves no trace.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// For whom.
    #[arg(long, value_name = "NAME", default_value = engine::import::DEFAULT_LISTENER)]
    listener: String,
    /// Who listens too, by name; may be repeated: then it is one slate for all, and each pick says for whom it is.
    #[arg(long, value_name = "NAME", conflicts_with = "why")]
    with: Vec<String>,
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
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=LIMIT_MAX as i64))]
    limit: Option<u16>,
    /// From the familiar, -1, to the adventurous, 1; 0 changes nothing.
    #[arg(long, value_name = "WISH", default_value_t = 0.0, allow_negative_numbers = true, value_parser = wish)]
    adventurous: f32,
    /// From the popular, -1, to the niche, 1; 0 changes nothing.
    #[arg(long, value_name = "WISH", default_value_t = 0.0, allow_negative_numbers = true, value_parser = wish)]
    niche: f32,
    /// Say what became of this instead, which --answer asks for: where it stands and why, or why it is not there.
    #[arg(long, value_name = "NAME")]
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
    /// Releases: albums, EPs, singles.
    Releases,
    /// Playlists that other listeners share.
    Playlists,
}

/// Where a slider stands.
fn wish(text: &str) -> std::result::Result<f32, String> {
    let value = text.parse::<f32>().ok().filter(|value| (-1.0..=1.0).contains(value));
    value.ok_or_else(|| "a number from -1 to 1 is needed".to_owned())
}

/// Answers one request.
pub(crate) async fn run(home: &HomeArguments, arguments: Arguments) -> Result<ExitCode> {
    // Asking why shows nothing, so there is nothing to log.
    let is_private = arguments.private || arguments.why.is_some();
    let mix = Mix::named(&arguments.mix).expect("only names of mixes pass");
    ensure!(
        !mix.needs_seed || !arguments.seeds.is_empty(),
        "--mix {} starts from something; say it with --from: an artist, \"Title by Artist\", or an id such as t42",
        mix.name
    );
    let engine = open(home, is_private).await?;
    let listener = find::listener(&*engine.library().await, &arguments.listener)?;
    let library = engine.library().await;
    let with = arguments.with.iter().map(|name| find::listener(&library, name)).collect::<Result<_>>()?;
    drop(library);
    let catalogue = engine.catalogue().await;
    let targets = arguments.seeds.iter().map(|text| find::target(&catalogue, text));
    let ask = Ask {
        answer: match arguments.answer {
            AnswerKind::Tracks => Answer::Tracks,
            AnswerKind::Artists => Answer::Artists,
            AnswerKind::Releases => Answer::Releases,
            AnswerKind::Playlists => Answer::Playlists,
        },
        seeds: targets.collect::<Result<_>>()?,
        limit: arguments.limit.map(usize::from),
        context: Context::default(),
        is_private,
        random_seed: arguments.seed,
        with,
        sliders: Sliders::new(arguments.adventurous, arguments.niche),
        ..Ask::plain(listener, mix)
    };
    let options = ServeOptions { experiments: home.experiments(None)?, ..ServeOptions::default() };
    let service = Arc::new(Service::start(engine.clone(), home.snapshots()?, &options).await?);
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

/// The engine: for writing where what is shown is to be logged. A slate is no reason to make a directory.
async fn open(home: &HomeArguments, is_private: bool) -> Result<Engine> {
    if is_private {
        return home.open_read_only().await;
    }
    home.open_existing().await.map_err(|error| match error.downcast_ref() {
        Some(EngineError::Locked { path }) => anyhow!(
            "{} is in use by another Segue process, perhaps `segue serve`; ask that one, \
             or add --private, which logs nothing and works beside it",
            path.display()
        ),
        _ => error,
    })
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
        line(nothing_fits(&slate.trace))?;
    }
    for (index, pick) in slate.picks.iter().enumerate() {
        line(format!("{:>3}. {}", index + 1, name(&pick.what)))?;
        line(format!("     {}", pick.why))?;
        if is_traced {
            for said in reason_lines(&pick.reasons) {
                line(said)?;
            }
            line(format!("     {:+7.3}  in all", pick.score))?;
        }
    }
    if is_traced { print_trace(&slate.trace) } else { Ok(()) }
}

/// A reason below this says nothing to people; JSON has them all.
const CONTRIBUTION_SHOWN_MIN: f32 = 0.01;

/// Each reason on a line, and the small ones together on the last, so that the numbers add up.
fn reason_lines(reasons: &[Reason]) -> Vec<String> {
    let (large, small): (Vec<&Reason>, Vec<&Reason>) =
        reasons.iter().partition(|reason| reason.contribution.abs() >= CONTRIBUTION_SHOWN_MIN);
    let line =
        |reason: &Reason| format!("     {:+7.3}  {} ({})", reason.contribution, reason.text, reason.source);
    let mut lines: Vec<String> = large.into_iter().map(line).collect();
    if !small.is_empty() {
        let sum: f32 = small.iter().map(|reason| reason.contribution).sum();
        lines.push(format!("     {sum:+7.3}  by {}", counted(small.len() as u64, "smaller reason")));
    }
    lines
}

/// Reasons why sources are silent that are read out for an empty slate.
const SILENCES_TOLD: usize = 3;

/// Why a slate is empty.
fn nothing_fits(trace: &Trace) -> String {
    if trace.candidate_count > 0 {
        return "Nothing fits: see --trace for what was dropped and why.".to_owned();
    }
    let mut reasons: Vec<&str> = Vec::new();
    for reason in trace.sources.iter().filter_map(|source| source.silence) {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let (told, more) = reasons.split_at(reasons.len().min(SILENCES_TOLD));
    match (told, more.len()) {
        ([], _) => "Nothing fits: no source of this mix had anything to propose.".to_owned(),
        (told, 0) => format!("Nothing fits: {}.", told.join("; ")),
        (told, more) => {
            let (told, more) = (told.join("; "), counted(more as u64, "more such reason"));
            format!("Nothing fits: {told}; and {more} (--json tells all).")
        }
    }
}

/// What a pick is called.
pub(crate) fn name(what: &Picked) -> String {
    match what {
        Picked::Track(track) => format!("{} by {}", track.title, track.artists.join(", ")),
        Picked::Release(release) => {
            let year = release.year.map_or_else(String::new, |year| format!(" ({year})"));
            format!("{} by {}{year}", release.title, release.artists.join(", "))
        }
        Picked::Playlist(playlist) => {
            let (artists, tracks) =
                (playlist.artists.join(", "), counted(playlist.track_count as u64, "track"));
            format!("{} ({}): {tracks}, with {artists}", playlist.title, playlist.id)
        }
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
            source.error.as_deref().or(source.silence).unwrap_or_default().to_owned(),
        ]);
    }
    line(sources.to_string())?;
    line(format!("{} in all", counted(trace.candidate_count as u64, "candidate")))?;
    if let Some(trial) = &trace.trial {
        line(format!("part of the experiment `{}`: {}", trial.experiment, trial.arms.join(" and ")))?;
    }
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
    reason_lines(&pick.reasons).into_iter().try_for_each(line)
}

#[cfg(test)]
mod tests {
    use recommend::slate::SourceTrace;

    use super::*;

    #[test]
    fn what_weighs_next_to_nothing_is_not_put_into_words() {
        let reason = |contribution, text: &str| Reason { text: text.into(), contribution, source: "s" };
        let reasons = [reason(0.5, "you like it"), reason(-0.004, "it is old"), reason(0.002, "it is new")];
        assert_eq!(
            reason_lines(&reasons),
            ["      +0.500  you like it (s)", "      -0.002  by 2 smaller reasons"]
        );
        assert_eq!(reason_lines(&reasons[..1]).len(), 1);
    }

    #[test]
    fn an_empty_slate_says_why_it_is_empty() {
        let source = |silence| SourceTrace {
            name: "forgotten",
            candidates: 0,
            milliseconds: 0.1,
            error: None,
            silence,
        };
        let of =
            |sources, candidate_count| nothing_fits(&Trace { sources, candidate_count, ..Trace::default() });
        assert_eq!(
            of(vec![source(Some("no track has a date")), source(Some("no track has a date"))], 0),
            "Nothing fits: no track has a date."
        );
        let many = ["a", "b", "a", "c", "d", "b"].map(|silence| source(Some(silence)));
        assert_eq!(of(many.to_vec(), 0), "Nothing fits: a; b; c; and 1 more such reason (--json tells all).");
        assert!(!of(vec![source(None)], 0).contains("--trace"), "it would show nothing");
        assert!(of(vec![source(None)], 3).contains("--trace"));
    }
}
