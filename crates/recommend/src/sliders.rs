//! Sliders: what a listener asks for in so many words, more adventure or less, more of the niche or less.
//!
//! A slider is a wish added to what a listener's answers have shown: it shifts how much the perspectives of
//! [`crate::perspective`] count for this request, and says so among the reasons.

use crate::perspective::{PERSPECTIVES, Views};
use crate::slate::Pick;

/// Where the sliders stand; the middle changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Sliders {
    /// From the familiar, −1, to the adventurous, 1.
    pub adventurous: f32,
    /// From the popular, −1, to the niche, 1.
    pub niche: f32,
}

/// One slider.
#[derive(Debug)]
pub(crate) struct Slider {
    /// Its name in reasons and addresses.
    pub(crate) name: &'static str,
    /// What it asks for to its right and to its left.
    pub(crate) words: [&'static str; 2],
    pub(crate) of: fn(&Sliders) -> f32,
    /// How much each perspective counts at its right end.
    ///
    /// A judgement: at its end a slider outweighs what the ranker makes of candidates that stand close together, and not
    /// what it surely knows.
    weights: &'static [(&'static str, f32)],
}

/// All sliders.
pub(crate) static SLIDERS: [Slider; 2] = [
    Slider {
        name: "adventurous",
        words: ["you asked for more that is new to you", "you asked for more that you know"],
        of: |sliders| sliders.adventurous,
        weights: &[("fresh_discovery", 2.5)],
    },
    Slider {
        name: "niche",
        words: ["you asked for more of the niche", "you asked for more of what is popular"],
        of: |sliders| sliders.niche,
        weights: &[("momentum", -1.5), ("artist_fairness", 1.5)],
    },
];

impl Sliders {
    /// Sliders within their ranges; what is not a number is the middle.
    pub fn new(adventurous: f32, niche: f32) -> Self {
        let within = |value: f32| if value.is_nan() { 0.0 } else { value.clamp(-1.0, 1.0) };
        Self { adventurous: within(adventurous), niche: within(niche) }
    }
}

/// Tells in the reasons of a pick that an experiment moved the sliders, and not the listener.
pub fn tell_as_tried(pick: &mut Pick) {
    for words in SLIDERS.iter().flat_map(|slider| slider.words) {
        let Some(wish) = words.strip_prefix(ASKED) else { continue };
        let tried = format!("{TRIED}{wish}");
        pick.reasons.iter_mut().for_each(|reason| reason.text = reason.text.replace(words, &tried));
        pick.why = pick.why.replace(words, &tried);
        // At the beginning of a sentence too.
        pick.why = pick.why.replace(&words.replacen('y', "Y", 1), &tried.replacen('t', "T", 1));
    }
}

/// How the words of all sliders begin, and how where nobody asked.
const ASKED: &str = "you asked for ";
const TRIED: &str = "this slate tries ";

impl Slider {
    /// What it adds to the score of a candidate with these views.
    pub(crate) fn adds(&self, sliders: &Sliders, views: &Views) -> f32 {
        let place = |name: &str| {
            PERSPECTIVES.iter().position(|one| one.name == name).expect("sliders weigh perspectives")
        };
        let sum: f32 = self.weights.iter().map(|&(name, weight)| weight * views[place(name)]).sum();
        (self.of)(sliders) * sum
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_an_experiment_moves_nobody_is_said_to_have_asked_for() {
        let snapshot = crate::fixture::bilingual();
        let history = crate::fixture::rock_lover();
        let plain = crate::fixture::query(&snapshot, &history, "home", super::super::Answer::Tracks, &[]);
        let request = crate::Request { sliders: super::Sliders::new(1.0, 1.0), ..plain.request.clone() };
        let query = crate::Query::new(request, std::sync::Arc::clone(&plain.listener), &snapshot);
        let mut slate = crate::recommend(&std::sync::Arc::new(query), &snapshot, &crate::Inline);
        let told = |slate: &crate::Slate| format!("{:?}", slate.picks);
        assert!(told(&slate).contains("ou asked for more"));
        slate.picks.iter_mut().for_each(super::tell_as_tried);
        assert!(!told(&slate).contains("ou asked for more") && told(&slate).contains("his slate tries more"));
        assert!(super::SLIDERS.iter().flat_map(|one| one.words).all(|words| words.starts_with(super::ASKED)));
    }

    use std::sync::Arc;

    use music::Target;

    use super::*;
    use crate::fixture::{query, rock_lover, snapshot};
    use crate::pipeline::recommend;
    use crate::query::{Answer, Query};
    use crate::runner::Inline;
    use crate::slate::Slate;

    fn slate(sliders: Sliders) -> (Arc<crate::Snapshot>, Arc<Query>, Slate) {
        let snapshot = snapshot();
        let plain = query(&snapshot, &rock_lover(), "home", Answer::Tracks, &[]);
        let mut request = plain.request.clone();
        request.sliders = sliders;
        request.limit = Some(5);
        let asked = Arc::new(Query::new(request, Arc::clone(&plain.listener), &snapshot));
        let slate = recommend(&asked, &snapshot, &Inline);
        (snapshot, asked, slate)
    }

    fn mean(slate: &Slate, of: impl Fn(music::TrackId) -> f32) -> f32 {
        let values = slate.picks.iter().map(|pick| match pick.what.target() {
            Target::Track(track) => of(track),
            _ => 0.0,
        });
        values.sum::<f32>() / slate.picks.len() as f32
    }

    #[test]
    fn the_adventurous_end_brings_what_is_new_and_says_so() {
        let new_share = |sliders| {
            let (_, query, slate) = slate(sliders);
            mean(&slate, |track| f32::from(u8::from(!query.listener.has_heard(track))))
        };
        let (familiar, middle, adventurous) = (
            new_share(Sliders::new(-1.0, 0.0)),
            new_share(Sliders::default()),
            new_share(Sliders::new(1.0, 0.0)),
        );
        assert!(familiar <= middle && middle <= adventurous, "{familiar} {middle} {adventurous}");
        assert!(familiar + 0.2 < adventurous, "{familiar} {adventurous}");
        let (_, _, slate) = slate(Sliders::new(1.0, 0.0));
        for pick in &slate.picks {
            let sum: f32 = pick.reasons.iter().map(|reason| reason.contribution).sum();
            assert!((sum - pick.score).abs() < 1e-3);
            assert!(pick.reasons.iter().any(|reason| reason.source == "adventurous"));
        }
    }

    #[test]
    fn the_niche_end_brings_what_few_play() {
        let percentile = |sliders| {
            let (snapshot, _, slate) = slate(sliders);
            mean(&slate, |track| snapshot.percentile(track).unwrap_or(0.0))
        };
        let (popular, niche) = (percentile(Sliders::new(0.0, -1.0)), percentile(Sliders::new(0.0, 1.0)));
        assert!(niche < popular, "{niche} {popular}");
    }

    #[test]
    fn sliders_stay_within_their_ends() {
        assert_eq!(Sliders::new(7.0, f32::NAN), Sliders { adventurous: 1.0, niche: 0.0 });
    }
}
