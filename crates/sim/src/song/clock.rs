//! When a beat is, and where between two beats a step falls.

use rand::Rng;

use super::style::Habits;
use crate::chance::{happens, normal};

/// From places in the score, counted in beats, to seconds.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// When each beat is; one more than are played.
    beats: Vec<f64>,
    swing: f64,
    swings_beats: bool,
}

impl Clock {
    /// A clock for `beat_count` beats that begins at `start` seconds.
    pub(super) fn new(
        habits: &Habits,
        tempo: f32,
        start: f64,
        beat_count: usize,
        rng: &mut impl Rng,
    ) -> Self {
        let swing = habits.swing[0] + (habits.swing[1] - habits.swing[0]) * unit(rng);
        // Players who breathe slow down at the end, machines do not.
        let slows_down = habits.drift > 0.005 && happens(rng, 0.5);
        let mut drift = 0.0_f32;
        let mut now = start;
        let mut beats = vec![now];
        for beat in 0..beat_count {
            drift = 0.94 * drift + normal(rng, 0.0, habits.drift);
            let left = beat_count - beat;
            let slower = if slows_down && left <= 6 { 0.06 * (7 - left) as f32 } else { 0.0 };
            now += f64::from(60.0 / tempo * (1.0 + drift + slower));
            beats.push(now);
        }
        Self { beats, swing: f64::from(swing), swings_beats: habits.swings_beats }
    }

    /// How many beats are played.
    pub(super) fn beat_count(&self) -> usize {
        self.beats.len() - 1
    }

    /// When the place `beat` is; places off the beat are swung.
    pub(super) fn seconds(&self, beat: f64) -> f64 {
        let last = self.beats.len() - 1;
        let whole = (beat.max(0.0).floor() as usize).min(last - 1);
        let part = self.swung(beat - whole as f64);
        self.beats[whole] + part * (self.beats[whole + 1] - self.beats[whole])
    }

    fn swung(&self, part: f64) -> f64 {
        if !(0.0..1.0).contains(&part) {
            return part;
        }
        let (unit, within) = if self.swings_beats { (1.0, part) } else { (0.5, part % 0.5) };
        let share = within / unit;
        let bent = if share < 0.5 {
            share * 2.0 * self.swing
        } else {
            self.swing + (share - 0.5) * 2.0 * (1.0 - self.swing)
        };
        part - within + bent * unit
    }
}

fn unit(rng: &mut impl Rng) -> f32 {
    use rand::RngExt as _;
    rng.random()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{Purpose, stream};
    use crate::song::SongStyle;

    #[test]
    fn beats_are_in_order_and_near_the_tempo() {
        for style in SongStyle::ALL {
            let clock = Clock::new(style.habits(), 120.0, 0.25, 200, &mut stream(3, Purpose::Song, 1));
            assert_eq!((clock.seconds(0.0), clock.beat_count()), (0.25, 200));
            let steps: Vec<f64> = (0..800).map(|step| clock.seconds(f64::from(step) / 4.0)).collect();
            assert!(steps.windows(2).all(|pair| pair[0] < pair[1]), "{style:?}");
            let mean = (clock.seconds(150.0) - clock.seconds(0.0)) / 150.0;
            assert!((mean - 0.5).abs() < 0.02, "{style:?}: {mean}");
        }
    }

    #[test]
    fn swing_delays_the_second_half_of_a_beat() {
        let clock = Clock::new(SongStyle::Swing.habits(), 60.0, 0.0, 4, &mut stream(3, Purpose::Song, 1));
        let beat = clock.seconds(1.0);
        let share = clock.seconds(0.5) / beat;
        assert!((0.6..0.67).contains(&share), "{share}");
        assert_eq!(clock.swung(0.0), 0.0);
    }
}
