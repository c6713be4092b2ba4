//! Which way a listener leans: what they heard out, held against what they left.
//!
//! Both are what came up for the same listener, so that it does not count how common something is.
//! The difference of the two means, in deviations, is the log-odds that one more deviation adds where both are normal with
//! one variance (Fisher's linear discriminant). It is shrunk towards nothing as the positive-part estimator of James and
//! Stein does, so that what may be chance counts as nothing.
//!
//! *Source*: James, Stein, "Estimation with quadratic loss", 1961; Baranchik, "Multiple regression and estimation of the
//! mean of a multivariate normal distribution", 1964, for the positive part.

use music::{Catalogue, TagId, TagKind, Track, Trait, UnixMillis, Wish};
use rustc_hash::FxHashMap;
use taste::TasteProfile;

use super::traits::measure;
use crate::snapshot::Snapshot;

/// What is known of one trait and one listener.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaning {
    /// Of what.
    pub of: Trait,
    /// What the listener says should be made of it.
    pub wish: Wish,
    /// What one deviation more adds to the log-odds of hearing a track out, shrunk; 0 for neither way.
    pub effect: f32,
    /// The middle between what is heard out and what is left, or of all music where a wish was said. On the scale of
    /// [`measure`].
    pub middle: f32,
    /// One deviation.
    pub spread: f32,
    /// As many tracks of equal weight speak of it, the fewer of those heard out and those left.
    pub evidence: f32,
    /// The probability that it is not the other way round. *Range*: .5 to 1.
    pub confidence: f32,
    /// The language, where it is about one.
    pub language: Option<TagId>,
}

/// Tracks of equal weight that must speak of either side; a judgement.
const EVIDENCE_MIN: f32 = 8.0;
/// A difference of fewer standard errors counts as chance. Ten traits are looked at: with 2.5 an eighth of all listeners
/// without any leaning has one found.
const ERRORS_MIN: f32 = 2.5;
/// Tracks of all music that the middle is taken from where a wish was said, at most.
const SAMPLE: usize = 2_000;
/// Spreads below this, on any scale, are no spread.
const SPREAD_MIN: f32 = 1e-3;
/// Languages that are looked at, the most frequent first.
const LANGUAGE_COUNT: usize = 6;

/// A track that came up, with how much was heard out of it and how much left. *Range*: 0 to 1 each.
struct Heard<'a> {
    track: &'a Track,
    kept: f32,
    left: f32,
}

/// The leanings of a listener, one per trait, in the order of [`Trait::ALL`].
///
/// *Complexity*: the tracks of the profile times the traits.
pub fn leanings(profile: &TasteProfile, snapshot: &Snapshot, now: UnixMillis) -> Vec<Leaning> {
    let catalogue = &*snapshot.catalogue;
    let heard = |(id, taste): (music::TrackId, &taste::TrackTaste)| {
        let said = taste.standing.said().map_or(0.0, taste::Opinion::evidence);
        let kept = (taste.standing.evidence_for(now) + said.max(0.0)).min(1.0);
        let left = (taste.standing.evidence_against(now) + (-said).max(0.0)).min(1.0);
        (kept + left > 0.0).then_some(Heard { track: catalogue.track(id)?, kept, left })
    };
    let mut heard: Vec<Heard<'_>> = profile.tracks().filter_map(heard).collect();
    // The profile has no order, and sums must not depend on it.
    heard.sort_unstable_by_key(|heard| heard.track.id);
    Trait::ALL.into_iter().map(|of| leaning(of, profile.wish(of), &heard, snapshot)).collect()
}

fn leaning(of: Trait, wish: Wish, heard: &[Heard<'_>], snapshot: &Snapshot) -> Leaning {
    let found = match of {
        Trait::Language => {
            let of_language = |language| found(of, heard, snapshot, Some(language));
            let languages = languages(heard, &snapshot.catalogue);
            languages.into_iter().map(of_language).max_by(|a, b| a.effect.abs().total_cmp(&b.effect.abs()))
        }
        _ => Some(found(of, heard, snapshot, None)),
    };
    let mut leaning = found.unwrap_or_else(|| nothing(of));
    leaning.wish = wish;
    if matches!(wish, Wish::More | Wish::Less) {
        (leaning.middle, leaning.spread) = of_all_music(of, snapshot);
    }
    leaning
}

const fn nothing(of: Trait) -> Leaning {
    let (middle, spread, evidence, confidence) = (0.0, 1.0, 0.0, 0.5);
    Leaning { of, wish: Wish::Learnt, effect: 0.0, middle, spread, evidence, confidence, language: None }
}

/// What behaviour shows.
fn found(of: Trait, heard: &[Heard<'_>], snapshot: &Snapshot, language: Option<TagId>) -> Leaning {
    let (mut kept, mut left) = (Moments::default(), Moments::default());
    for one in heard {
        if let Some(value) = measure(of, one.track, snapshot, language) {
            kept.add(value, one.kept);
            left.add(value, one.left);
        }
    }
    let evidence = kept.count().min(left.count());
    let mut leaning = Leaning { evidence, language, ..nothing(of) };
    if evidence < EVIDENCE_MIN {
        return leaning;
    }
    let spread = Moments::pooled_spread(&kept, &left);
    if spread < SPREAD_MIN {
        return leaning;
    }
    let difference = (kept.mean() - left.mean()) / spread;
    let errors = difference / (1.0 / kept.count() + 1.0 / left.count()).sqrt();
    leaning.effect = difference * (1.0 - (ERRORS_MIN / errors).powi(2)).max(0.0);
    leaning.middle = 0.5 * (kept.mean() + left.mean());
    leaning.spread = spread;
    leaning.confidence = normal_distribution(errors.abs());
    leaning
}

/// The languages that what was heard is tagged with, the most frequent first.
fn languages(heard: &[Heard<'_>], catalogue: &Catalogue) -> Vec<TagId> {
    let mut counts = FxHashMap::<TagId, u32>::default();
    for weight in heard.iter().flat_map(|one| &*one.track.tags) {
        if catalogue.tag(weight.tag).is_some_and(|tag| tag.kind == TagKind::Language) {
            *counts.entry(weight.tag).or_default() += 1;
        }
    }
    let mut languages: Vec<(TagId, u32)> = counts.into_iter().collect();
    languages.sort_unstable_by_key(|&(tag, count)| (std::cmp::Reverse(count), tag));
    languages.into_iter().take(LANGUAGE_COUNT).map(|(tag, _)| tag).collect()
}

/// Mean and spread over the catalogue.
fn of_all_music(of: Trait, snapshot: &Snapshot) -> (f32, f32) {
    let tracks = snapshot.catalogue.tracks();
    let mut all = Moments::default();
    for track in tracks.iter().step_by(tracks.len().div_ceil(SAMPLE).max(1)) {
        if let Some(value) = measure(of, track, snapshot, None) {
            all.add(value, 1.0);
        }
    }
    let spread = all.variance().sqrt();
    if spread < SPREAD_MIN { (all.mean(), 1.0) } else { (all.mean(), spread) }
}

/// Weighted sums.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    weight: f64,
    weight_squares: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f32, weight: f32) {
        let (value, weight) = (f64::from(value), f64::from(weight));
        self.weight += weight;
        self.weight_squares += weight * weight;
        self.sum += weight * value;
        self.squares += weight * value * value;
    }

    /// How many equal weights say as much (Kish, "Survey sampling", 1965).
    fn count(&self) -> f32 {
        if self.weight_squares > 0.0 { (self.weight * self.weight / self.weight_squares) as f32 } else { 0.0 }
    }

    fn mean(&self) -> f32 {
        if self.weight > 0.0 { (self.sum / self.weight) as f32 } else { 0.0 }
    }

    fn variance(&self) -> f32 {
        if self.weight <= 0.0 {
            return 0.0;
        }
        let mean = self.sum / self.weight;
        (self.squares / self.weight - mean * mean).max(0.0) as f32
    }

    fn pooled_spread(a: &Self, b: &Self) -> f32 {
        let (n, m) = (a.count(), b.count());
        ((n * a.variance() + m * b.variance()) / (n + m)).sqrt()
    }
}

/// The normal distribution function to within .01.
///
/// *Source*: Bowling and others, "A logistic approximation to the cumulative normal distribution", 2009.
fn normal_distribution(z: f32) -> f32 {
    1.0 / (1.0 + (-1.702 * z).exp())
}

#[cfg(test)]
mod tests {
    use music::{Millis, Prompt, Surface};

    use super::*;
    use crate::fixture::{NOW, event, snapshot};

    /// Hears out tracks of every artist and style whose tempo is above the middle, as far as `picky`, and leaves others.
    fn of_listener(is_picky: bool) -> Leaning {
        let snapshot = snapshot();
        let mut tempi: Vec<f32> = snapshot.catalogue.tracks().iter().filter_map(tempo).collect();
        tempi.sort_unstable_by(f32::total_cmp);
        let middle = tempi[tempi.len() / 2];
        let events: Vec<music::Event> = snapshot
            .catalogue
            .tracks()
            .iter()
            .filter_map(|track| Some((track.id, tempo(track)?)))
            .step_by(3)
            .enumerate()
            .flat_map(|(turn, (track, tempo))| {
                let stays = if is_picky { tempo > middle } else { turn % 2 == 0 };
                let prompt =
                    if stays { Prompt::played(track) } else { Prompt::skipped(track, Millis::new(4_000)) };
                [event(50.0, Surface::Radio, prompt.clone()), event(49.0, Surface::Radio, prompt)]
            })
            .collect();
        let profile = TasteProfile::fold(music::ListenerId::new(0), &events, &|_| Some(Millis::new(200_000)));
        leanings(&profile, &snapshot, NOW).swap_remove(Trait::Tempo as usize)
    }

    fn tempo(track: &Track) -> Option<f32> {
        track.sound.as_deref()?.get(music::SoundFeature::Tempo)
    }

    #[test]
    fn who_leaves_slow_tracks_leans_to_fast_ones_and_who_does_not_leans_nowhere() {
        let picky = of_listener(true);
        assert!(picky.effect > 0.5 && picky.confidence > 0.99 && picky.evidence >= EVIDENCE_MIN, "{picky:?}");
        let even = of_listener(false);
        assert!(even.effect.abs() < 0.05, "{even:?}");
    }
}
