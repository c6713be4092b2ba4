//! Perspectives: six experts who look at the same candidates, each with one idea of what makes a good pick.
//!
//! Each is a fixed mean of features, every feature measured against the other candidates of the request, so that all
//! experts speak on one scale.
//! How much a listener answers to each of them is learnt from what they make of the slates they are shown; see
//! [`crate::adaptation`].

use crate::feature::Features;

/// One expert.
#[derive(Debug)]
pub struct Perspective {
    /// Its name in traces and reasons; never changes.
    pub name: &'static str,
    /// What it looks for, as the end of "you answer to …".
    pub looks_for: &'static str,
    /// The features it weighs, by name; the absolute weights sum to 1.
    parts: &'static [(&'static str, f32)],
}

/// How many experts there are.
pub const PERSPECTIVE_COUNT: usize = 6;

/// All experts, each listed once; the order is that of [`Views`].
///
/// The weights are a judgement: they say what an expert is, and are not there to be tuned.
pub static PERSPECTIVES: [Perspective; PERSPECTIVE_COUNT] = [
    Perspective {
        name: "close_to_taste",
        looks_for: "what is close to your taste",
        parts: &[("taste", 0.4), ("tags", 0.3), ("artist", 0.3)],
    },
    Perspective {
        name: "fresh_discovery",
        looks_for: "what is new, to the world or to you",
        parts: &[("fresh", 0.4), ("play_count", -0.4), ("known", -0.2)],
    },
    Perspective { name: "mood_fit", looks_for: "how it sounds", parts: &[("sound", 0.7), ("habit", 0.3)] },
    Perspective {
        name: "nostalgia",
        looks_for: "what you have not heard for long, and what is old",
        parts: &[("days_since_heard", 0.6), ("release_age", 0.4)],
    },
    Perspective {
        name: "momentum",
        looks_for: "what many play, and more and more",
        parts: &[("percentile", 0.6), ("trend", 0.4)],
    },
    Perspective {
        name: "artist_fairness",
        looks_for: "artists who are seldom played",
        parts: &[("percentile", -0.5), ("source_count", -0.2), ("artist", -0.3)],
    },
];

/// What each expert makes of one candidate: 0 for an average one of the request. *Range*: −3 to 3.
pub type Views = [f32; PERSPECTIVE_COUNT];

/// Beyond so many standard deviations a feature counts as no further out.
const DEVIATION_MAX: f32 = 3.0;

/// The views of all candidates; what is not known of a candidate counts as average.
///
/// *Complexity*: candidates times the features that any expert weighs.
pub fn views(features: &Features) -> Vec<Views> {
    let mut views = vec![[0.0; PERSPECTIVE_COUNT]; features.rows().len()];
    for (place, perspective) in PERSPECTIVES.iter().enumerate() {
        for &(name, weight) in perspective.parts {
            let feature = feature(name);
            let Some((mean, spread)) = moments(features, feature) else { continue };
            for (views, row) in views.iter_mut().zip(features.rows()) {
                if row[feature].is_finite() {
                    let deviation = ((row[feature] - mean) / spread).clamp(-DEVIATION_MAX, DEVIATION_MAX);
                    views[place] += weight * deviation;
                }
            }
        }
    }
    views
}

fn feature(name: &str) -> usize {
    Features::names().position(|known| known == name).expect("experts weigh features, as a test shows")
}

/// Mean and standard deviation over the candidates of which the feature is known; none where all are alike.
fn moments(features: &Features, feature: usize) -> Option<(f32, f32)> {
    let known = || features.rows().map(|row| row[feature]).filter(|value| value.is_finite());
    let count = known().count() as f32;
    let mean = known().sum::<f32>() / count;
    let spread = (known().map(|value| (value - mean).powi(2)).sum::<f32>() / count).sqrt();
    (spread > 1e-6).then_some((mean, spread))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{query, rock_lover, snapshot};
    use crate::pipeline::candidates;
    use crate::query::Answer;
    use crate::runner::Inline;

    #[test]
    fn experts_weigh_what_exists_and_speak_on_one_scale() {
        for perspective in &PERSPECTIVES {
            let sum: f32 = perspective.parts.iter().map(|(_, weight)| weight.abs()).sum();
            assert!((sum - 1.0).abs() < 1e-6, "{}", perspective.name);
            perspective.parts.iter().for_each(|&(name, _)| assert!(feature(name) < Features::width()));
        }
        let snapshot = snapshot();
        let query = query(&snapshot, &rock_lover(), "home", Answer::Tracks, &[]);
        let (candidates, _) = candidates(&query, &snapshot, &Inline);
        let views = views(&Features::of(&query, &snapshot, &candidates));
        for place in 0..PERSPECTIVE_COUNT {
            let of_place = || views.iter().map(|views| views[place]);
            assert!(of_place().all(|view| view.abs() <= DEVIATION_MAX));
            assert!(of_place().any(|view| view > 0.1), "{} likes nothing", PERSPECTIVES[place].name);
            // Averages are 0 up to what is cut off far out, and what is not known.
            assert!((of_place().sum::<f32>() / views.len() as f32).abs() < 0.2);
        }
    }
}
