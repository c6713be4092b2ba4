//! Prints what goes on in a world: how much, where, why skipped, how uneven.

#![expect(clippy::print_stdout, reason = "an example talks to the terminal")]

use std::collections::BTreeMap;
use std::fmt::Display;

use music::{Id as _, PlaylistEdit, Prompt};
use sim::{World, WorldError, WorldParams};

#[derive(Default)]
struct Tally(BTreeMap<String, [u32; 2]>);

impl Tally {
    fn add(&mut self, name: impl Display, skipped: bool) {
        self.0.entry(name.to_string()).or_default()[usize::from(skipped)] += 1;
    }

    fn print(&self, title: &str) {
        let total: u32 = self.0.values().flatten().sum();
        println!("\n{title}");
        for (name, [no, yes]) in &self.0 {
            let count = no + yes;
            println!(
                "  {name:<24} {count:>8} {:>6.1} %   skipped {:>5.1} %",
                100.0 * f64::from(count) / f64::from(total),
                100.0 * f64::from(*yes) / f64::from(count)
            );
        }
    }
}

fn main() -> Result<(), WorldError> {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let world = World::new(&WorldParams { seed, ..WorldParams::default() })?;
    let (mut prompts, mut surfaces, mut reasons, mut occasions) =
        (Tally::default(), Tally::default(), Tally::default(), Tally::default());
    let mut plays = vec![0_u32; world.tracks().len()];
    let mut by_listener = vec![0_u32; world.listeners().len()];
    let mut event_count = 0;
    let mut edits = Tally::default();
    world.simulate(&mut |sim| {
        event_count += 1;
        let prompt = &sim.event.prompt;
        prompts.add(prompt.name(), false);
        let is_play = matches!(prompt, Prompt::Played { .. } | Prompt::Skipped { .. });
        if is_play {
            let skipped = sim.truth.is_some();
            surfaces.add(sim.event.context.surface, skipped);
            by_listener[sim.event.listener.row()] += 1;
            let listener = world.listener(sim.event.listener);
            occasions.add(format!("{:?}", listener.personas[sim.persona].occasion), skipped);
            plays[prompt.track().map_or(0, |track| track.row())] += 1;
        }
        if let Some(reason) = sim.truth {
            reasons.add(format!("{reason:?}"), true);
        }
        if let Prompt::PlaylistEdited { edit, playlist } = prompt {
            let careful = world.playlist(*playlist).careful;
            let name = match edit {
                PlaylistEdit::Added { .. } => "added",
                PlaylistEdit::Removed { .. } => "removed",
                PlaylistEdit::Moved { .. } => "moved",
                PlaylistEdit::Described(_) => "described",
                PlaylistEdit::Deleted => "deleted",
            };
            edits.add(format!("{name} careful={careful}"), false);
        }
    });
    println!("{event_count} events, {} playlists", world.playlists().len());
    prompts.print("prompts");
    surfaces.print("surfaces");
    reasons.print("reasons of skips");
    occasions.print("occasions");
    edits.print("edits");
    by_listener.sort_unstable();
    let quantile = |q: f64| by_listener[((by_listener.len() - 1) as f64 * q) as usize];
    println!("\nplays by listener: 5 % {}, half {}, 95 % {}", quantile(0.05), quantile(0.5), quantile(0.95));
    plays.sort_unstable_by(|a, b| b.cmp(a));
    let total: u32 = plays.iter().sum();
    let top = |share: f64| plays[..(plays.len() as f64 * share) as usize].iter().sum::<u32>();
    println!("plays of the top 1 % of tracks: {:.3}", f64::from(top(0.01)) / f64::from(total));
    println!("plays of the top 10 % of tracks: {:.3}", f64::from(top(0.1)) / f64::from(total));
    println!("tracks never played: {}", plays.iter().filter(|&&count| count == 0).count());
    for track in world.catalogue().tracks().iter().step_by(311) {
        println!("  {}", world.catalogue().label(track.id));
    }
    for plan in world.playlists().iter().step_by(37) {
        println!("  {:?} careful {} {}", plan.title, plan.careful, plan.description);
    }
    Ok(())
}
