//! How a place in the hidden space reads as the numbers of [`music::Sound`].
//!
//! The numbers are what an analysis would report: a bent and noisy view of the truth, so that nobody can read the
//! hidden space off them exactly.

use music::{Sound, SoundFeature};
use rand::{Rng, RngExt as _};

use crate::chance::{logistic, normal};
use crate::space::{Axis, Point};
use crate::style::Style;

/// What an analysis would say about a track at `point`; `live` puts an audience into the room.
pub(crate) fn sound_at(point: &Point, style: &Style, live: bool, rng: &mut impl Rng) -> Sound {
    let on = |axis| point.on(axis);
    let mut blurred = |x: f32| logistic(x + normal(rng, 0.0, 0.2));
    let energy = blurred(1.2 * on(Axis::Energy) + 0.3 * on(Axis::Roughness));
    let values = [
        (SoundFeature::Energy, energy),
        (SoundFeature::Valence, blurred(1.1 * on(Axis::Brightness) + 0.2 * on(Axis::Groove))),
        (SoundFeature::Acousticness, blurred(1.5 * on(Axis::Acoustic) - 0.4 * on(Axis::Energy))),
        (SoundFeature::Danceability, blurred(1.1 * on(Axis::Groove) - 0.2 * on(Axis::Complexity))),
        (SoundFeature::Instrumentalness, blurred(-2.4 * on(Axis::Voice) - 1.0)),
        (SoundFeature::Speechiness, style.speech * blurred(1.5 * on(Axis::Voice))),
        (SoundFeature::Liveness, blurred(if live { 1.8 } else { -2.0 })),
    ];
    let loudness = -13.0 + 4.0 * on(Axis::Energy) + 1.2 * on(Axis::Roughness) + normal(rng, 0.0, 1.0);
    let tempo = style.tempo_bpm * normal(rng, 0.05 * on(Axis::Energy), 0.09).exp();
    let major = logistic(1.2 * on(Axis::Brightness) + 0.3);
    let in_three = if style.tempo_bpm < 110.0 { 0.12 } else { 0.03 };
    let beats_per_bar = match rng.random::<f32>() {
        u if u < in_three => 3.0,
        u if u < in_three + 0.02 * (1.0 + on(Axis::Complexity)).max(0.0) => 5.0,
        _ => 4.0,
    };
    let whole = [
        (SoundFeature::Loudness, loudness.clamp(-45.0, -2.0)),
        (SoundFeature::Tempo, tempo.clamp(45.0, 210.0)),
        (SoundFeature::Key, rng.random_range(0..12) as f32),
        (SoundFeature::Mode, f32::from(u8::from(rng.random::<f32>() < major))),
        (SoundFeature::TimeSignature, beats_per_bar),
    ];
    let mut sound = Sound::default();
    for (feature, value) in values.into_iter().chain(whole) {
        sound
            .set(feature, value)
            .expect("a logistic, a clamped or a chosen number lies in its feature's range");
    }
    sound
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Purpose, stream};
    use crate::style::styles;

    #[test]
    fn numbers_follow_the_place() {
        let styles = styles(1);
        let mut rng = stream(1, Purpose::Discography, 0);
        let mut mean = |name: &str, feature| {
            let style = styles.iter().find(|style| &*style.name == name).unwrap();
            let values =
                (0..200).map(|_| sound_at(&style.centre, style, false, &mut rng).get(feature).unwrap());
            values.sum::<f32>() / 200.0
        };
        assert!(mean("metal", SoundFeature::Energy) > mean("ambient", SoundFeature::Energy) + 0.5);
        assert!(
            mean("folk", SoundFeature::Acousticness) > mean("electronic", SoundFeature::Acousticness) + 0.5
        );
        assert!(mean("orchestral", SoundFeature::Instrumentalness) > 0.8);
        assert!(mean("hip-hop", SoundFeature::Speechiness) > mean("jazz", SoundFeature::Speechiness));
        assert!(mean("electronic", SoundFeature::Tempo) > mean("hip-hop", SoundFeature::Tempo) + 20.0);
    }
}
