//! Preference adjusters: small, named tilts for what a listener wants of tracks as such, whoever they are by.
//!
//! "Rather slow than fast", "nothing live": each adjuster looks at one [`Trait`] of tracks. Which way a listener leans is
//! found by comparing what they heard out with what they left, see [`leaning`]; it is shown to them with its evidence, and
//! they may switch it off or say the opposite.
//! What a candidate gains or loses by it is part of its score, and told among the reasons.

pub mod leaning;
mod traits;

use music::{Trait, Wish};

pub use self::leaning::Leaning;
pub use self::traits::{Kinds, measure};
use crate::query::Query;
use crate::snapshot::Snapshot;
use crate::stage::Stage;

/// What a leaning that was found adds at most, in units of the score; a judgement: it decides between candidates that
/// stand close together.
const LEARNT_MAX: f32 = 0.6;
/// What a wish that was said adds at most. A judgement: it outweighs taste, short of what is loved.
const SAID_MAX: f32 = 2.5;
/// Beyond so many deviations a track counts as no further out.
const DEVIATION_MAX: f32 = 2.0;

/// What the listener's leaning adds to the score of a track whose trait measures `value`; 0 where that is not known.
pub fn adds(leaning: &Leaning, value: Option<f32>) -> f32 {
    let Some(value) = value else { return 0.0 };
    let deviation = ((value - leaning.middle) / leaning.spread).clamp(-DEVIATION_MAX, DEVIATION_MAX);
    let strength = match leaning.wish {
        Wish::Off => 0.0,
        Wish::Learnt => (leaning.effect / DEVIATION_MAX).clamp(-1.0, 1.0) * LEARNT_MAX,
        Wish::More => SAID_MAX,
        Wish::Less => -SAID_MAX,
    };
    strength * deviation / DEVIATION_MAX
}

/// The leanings that count in this request.
///
/// What starts from something, or is for an occasion, follows that; only what the listener said counts there too.
pub fn counting(query: &Query) -> impl Iterator<Item = &Leaning> {
    let is_led = query.is_seeded || query.request.mix.mood.is_some();
    let counts = move |leaning: &&Leaning| match leaning.wish {
        Wish::Off => false,
        Wish::Learnt => leaning.effect != 0.0 && !is_led,
        Wish::More | Wish::Less => true,
    };
    query.listener.leanings.iter().filter(|_| query.has(Stage::Adjusters)).filter(counts)
}

/// How a trait is told of.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// Its title on a page.
    pub title: &'static str,
    /// Less and more of it, as what is heard out.
    pub ends: [&'static str; 2],
}

/// The words of each trait, in the order of [`Trait::ALL`].
static WORDS: [Words; Trait::ALL.len()] = [
    Words { title: "Tempo", ends: ["slower music", "faster music"] },
    Words { title: "Length", ends: ["shorter tracks", "longer tracks"] },
    Words { title: "Explicit words", ends: ["tracks without explicit words", "tracks with explicit words"] },
    Words { title: "Language", ends: ["other languages", "this language"] },
    Words { title: "Era", ends: ["older music", "newer music"] },
    Words { title: "Loudness", ends: ["quieter masters", "louder masters"] },
    Words { title: "Live recordings", ends: ["studio recordings", "live recordings"] },
    Words { title: "Cover versions", ends: ["originals", "cover versions"] },
    Words { title: "Instrumentals", ends: ["music with singing", "instrumental music"] },
    Words { title: "Popularity", ends: ["what few play", "what many play"] },
];

/// How a trait is told of.
pub fn words(of: Trait) -> Words {
    WORDS[of as usize]
}

/// A leaning as a clause for the listener.
pub fn leaning_words(leaning: &Leaning, snapshot: &Snapshot) -> String {
    let ends = words(leaning.of).ends;
    let language = leaning.language.and_then(|tag| snapshot.catalogue.tag(tag)).map(|tag| &tag.name);
    let end = |is_more: bool| match language {
        Some(language) if is_more => format!("music in {language}"),
        Some(language) => format!("music in other languages than {language}"),
        None => ends[usize::from(is_more)].to_owned(),
    };
    match leaning.wish {
        Wish::Off => "it does not matter to you".to_owned(),
        Wish::More => format!("you asked for {}", end(true)),
        Wish::Less => format!("you asked for {}", end(false)),
        Wish::Learnt if leaning.effect == 0.0 => "you lean neither way, as far as is known".to_owned(),
        Wish::Learnt => {
            let is_more = leaning.effect > 0.0;
            format!("you hear out {} more readily than {}", end(is_more), end(!is_more))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use music::{Prompt, Surface};

    use super::*;
    use crate::fixture::{event, picked, query, rock_lover, snapshot};
    use crate::pipeline::recommend;
    use crate::query::Answer;
    use crate::runner::Inline;
    use crate::slate::Slate;

    fn slate(snapshot: &Arc<Snapshot>, history: &[music::Event]) -> Slate {
        let query = query(snapshot, history, "home", Answer::Tracks, &[]);
        recommend(&query, snapshot, &Inline)
    }

    fn mean_popularity(snapshot: &Snapshot, slate: &Slate) -> f32 {
        let tracks = picked(slate);
        let sum: f32 = tracks.iter().filter_map(|&track| snapshot.percentile(track)).sum();
        sum / tracks.len() as f32
    }

    #[test]
    fn a_wish_is_followed_told_and_can_be_taken_back() {
        let snapshot = snapshot();
        let wishing = |wish| {
            let mut history = rock_lover();
            let prompt = Prompt::Wished { of: Trait::Popularity, wish };
            history.push(event(0.1, Surface::Unknown, prompt));
            slate(&snapshot, &history)
        };
        let popularity = |slate: &Slate| mean_popularity(&snapshot, slate);
        let (more, less) = (wishing(Wish::More), wishing(Wish::Less));
        assert!(popularity(&more) > popularity(&less) + 0.05);
        for slate in [&more, &less] {
            for pick in &slate.picks {
                let sum: f32 = pick.reasons.iter().map(|reason| reason.contribution).sum();
                assert!((sum - pick.score).abs() < 1e-3, "{sum} {}", pick.score);
            }
            let told = slate.picks.iter().flat_map(|pick| &pick.reasons);
            assert!(told.clone().any(|r| r.source == "leaning" && r.text.contains("you asked for what")));
        }
        let off = wishing(Wish::Off);
        let told = off.picks.iter().flat_map(|pick| &pick.reasons);
        assert!(told.clone().all(|reason| !reason.text.contains("you asked for")));
        let plain = slate(&snapshot, &rock_lover());
        assert_eq!(picked(&wishing(Wish::Learnt)), picked(&plain));
    }

    #[test]
    fn tilts_have_ends() {
        let leaning = |wish, effect| Leaning {
            of: Trait::Tempo,
            wish,
            effect,
            middle: 7.0,
            spread: 0.3,
            evidence: 40.0,
            confidence: 0.99,
            language: None,
        };
        assert_eq!(adds(&leaning(Wish::Learnt, 1.0), None), 0.0);
        assert_eq!(adds(&leaning(Wish::Learnt, 50.0), Some(99.0)), LEARNT_MAX);
        assert_eq!(adds(&leaning(Wish::Less, 0.0), Some(99.0)), -SAID_MAX);
        assert_eq!(adds(&leaning(Wish::Off, 3.0), Some(99.0)), 0.0);
        for (place, one) in Trait::ALL.into_iter().enumerate() {
            assert_eq!(one as usize, place);
        }
    }
}
