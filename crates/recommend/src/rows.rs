//! The rows of a start page: which mixes, and in which order.
//!
//! A bandit: each row is worth what was heard out of it per time it was shown. That is known for rows that were shown
//! often and guessed for the others, so a draw from what is believed of each decides, and what is doubtful has its
//! chances. The order follows the listener, and keeps trying.
//!
//! *Source*: Thompson, "On the likelihood that one unknown probability exceeds another in view of the evidence of two
//! samples", 1933; counts per showing with a gamma prior, as in Chapelle, Li, "An empirical evaluation of Thompson
//! sampling", 2011.

use music::UnixMillis;
use taste::TasteProfile;

use crate::chance;
use crate::mix::{MIXES, Mix};
use crate::source::year_in_review::year_looked_back_on;

/// What is believed of the first row of the page before anybody has seen it: tracks heard out per showing.
const PLAYED_PER_SHOWING: f32 = 0.5;
/// Each further row is believed to be worth so much of the one before; a judgement.
const FALL: f32 = 0.85;
/// The belief weighs as much as so many showings; a judgement.
const SHOWINGS_BEFORE: f32 = 4.0;
/// Rows of a page at most.
const ROW_COUNT: usize = 8;
/// Keeps these draws apart from others.
const SALT: u64 = 0x726f_7773;

/// The rows for a listener: "for you, now" first, then the others as they have proved themselves.
///
/// The same seed gives the same order, so that a page does not jump while it is looked at.
pub fn rows(profile: &TasteProfile, now: UnixMillis, seed: u64) -> Vec<&'static Mix> {
    let is_row = |mix: &&&Mix| {
        let in_season = mix.name != "year-in-review" || is_turn_of_the_year(now);
        !mix.needs_seed && mix.name != "autoplay" && in_season
    };
    let mut drawn: Vec<(f32, &'static Mix)> = MIXES
        .iter()
        .filter(is_row)
        .enumerate()
        .map(|(place, &mix)| {
            let (shown, played) =
                profile.shelf().row(mix.name).map_or((0.0, 0.0), |row| row.shown_and_played(now));
            let believed = PLAYED_PER_SHOWING * FALL.powi(place as i32);
            let deviate = chance::normal(seed, SALT ^ place as u64);
            let rate = gamma(believed * SHOWINGS_BEFORE + played, deviate) / (SHOWINGS_BEFORE + shown);
            (if place == 0 { f32::INFINITY } else { rate }, mix)
        })
        .collect();
    drawn.sort_by(|a, b| b.0.total_cmp(&a.0));
    drawn.into_iter().take(ROW_COUNT).map(|(_, mix)| mix).collect()
}

/// Whether one looks back on a year: through December and January.
fn is_turn_of_the_year(now: UnixMillis) -> bool {
    let in_a_month = UnixMillis::new(now.get() + 31 * music::unit::DAY_MS);
    in_a_month.year() != year_looked_back_on(now)
}

/// A gamma variate of this shape and scale 1 from a normal one.
///
/// *Source*: Wilson, Hilferty, "The distribution of chi-square", 1931.
fn gamma(shape: f32, deviate: f32) -> f32 {
    let ninth = 1.0 / (9.0 * shape);
    shape * (1.0 - ninth + deviate * ninth.sqrt()).max(0.0).powi(3)
}

#[cfg(test)]
mod tests {
    use music::{
        Context, Event, EventKey, Impression, ListenerId, Prompt, ShownPick, SlateId, Surface, Target,
        TrackId,
    };

    use super::*;

    fn event(minute: i64, prompt: Prompt, slate: Option<SlateId>) -> Event {
        Event {
            key: EventKey::from_bytes([0; 16]),
            listener: ListenerId::new(0),
            at: UnixMillis::new(minute * music::unit::MINUTE_MS),
            prompt,
            context: Context { slate, surface: Surface::Mix, ..Context::default() },
        }
    }

    /// Whoever is shown all rows thirty times and plays two tracks from one of them each time.
    fn player_of(mix: &str) -> TasteProfile {
        let mut profile = TasteProfile::new(ListenerId::new(0));
        for visit in 0..30_i64 {
            for (row, one) in MIXES.iter().enumerate() {
                let slate = SlateId::new((visit * 100) as u128 + row as u128);
                let picks =
                    vec![ShownPick { target: Target::Track(TrackId::new(1)), score: 0.0, propensity: 1.0 }];
                let shown = Impression {
                    slate,
                    mix: one.name.into(),
                    snapshot: "".into(),
                    picks,
                    stands: false,
                    trial: None,
                };
                profile.observe(&event(visit * 10, Prompt::Shown(shown), None), &|_| None);
                for _ in 0..if one.name == mix { 2 } else { 0 } {
                    let played = event(visit * 10 + 1, Prompt::played(TrackId::new(1)), Some(slate));
                    profile.observe(&played, &|_| None);
                }
            }
        }
        profile
    }

    const NOW: UnixMillis = UnixMillis::new(400 * music::unit::MINUTE_MS);

    #[test]
    fn the_row_that_is_played_from_moves_up() {
        let profile = player_of("sleep");
        let second = (0..100).filter(|&seed| rows(&profile, NOW, seed)[1].name == "sleep").count();
        assert!(second > 95, "{second}");
        assert!((0..100).all(|seed| rows(&profile, NOW, seed)[0].name == "home"));
    }

    #[test]
    fn of_strangers_every_row_has_its_chance_and_one_seed_gives_one_order() {
        let profile = TasteProfile::new(ListenerId::new(0));
        let names = |seed| rows(&profile, NOW, seed).iter().map(|mix| mix.name).collect::<Vec<_>>();
        let second: std::collections::BTreeSet<&str> = (0..300).map(|seed| names(seed)[1]).collect();
        assert!(second.len() >= 6, "{second:?}");
        assert_eq!(names(3), names(3));
        assert!(names(3).len() <= ROW_COUNT);
    }

    #[test]
    fn a_year_is_looked_back_on_when_it_ends() {
        let profile = TasteProfile::new(ListenerId::new(0));
        let has = |text: &str| {
            let date: music::ReleaseDate = text.parse().unwrap();
            (0..50)
                .any(|seed| rows(&profile, date.earliest(), seed).iter().any(|m| m.name == "year-in-review"))
        };
        assert!(has("2025-12-10") && has("2026-01-20"));
        assert!(!has("2025-07-10") && !has("2026-02-10"));
        let year = |text: &str| year_looked_back_on(text.parse::<music::ReleaseDate>().unwrap().earliest());
        assert_eq!((year("2025-12-10"), year("2026-01-20"), year("2026-03-01")), (2025, 2025, 2026));
    }
}
