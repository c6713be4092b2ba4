//! Sessions as a listener's selves are told apart by: when, on what, and what was heard out.
//!
//! A session belongs to one self; a single track says little of who is listening, a dozen in a row say much.

use music::{Device, Event, LocalTime, Prompt, TrackId, UnixMillis, Weekday};
use serde::{Deserialize, Serialize};

/// Tracks kept of one session; what comes after them plays on by itself.
const TRACK_LIMIT: usize = 30;

/// One session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sitting {
    /// When it began.
    pub started: UnixMillis,
    /// When that was where the listener was; UTC where nobody said.
    pub local: LocalTime,
    /// On what, where that is known.
    pub device: Option<Device>,
    /// What was heard out, in order; at most 30.
    pub tracks: Vec<TrackId>,
}

/// Numbers that say when and on what.
pub const MOMENT_LEN: usize = 3 + DEVICE_COUNT;
const DEVICE_COUNT: usize = Device::Other as usize + 1;

/// How far apart moments are, beside directions of unit length: noon and midnight twice this.
///
/// With [`DEVICE_SCALE`] tuned on the simulated world of seed 1 (`cargo run -p sim --example selves`).
const CLOCK_SCALE: f32 = 0.35;
/// The same for devices: two of them are this times the root of two apart.
const DEVICE_SCALE: f32 = 0.5;

impl Sitting {
    /// The session that began at `started` with `event`, before anything was heard in it.
    pub(crate) fn begin(started: UnixMillis, event: &Event) -> Self {
        let (local, device) = (event.context.local(event.at), event.context.device);
        Self { started, local, device, tracks: Vec::new() }
    }

    /// Takes in what was heard out.
    pub(crate) fn take(&mut self, event: &Event) {
        if let Some(track) = heard_out(event)
            && self.tracks.len() < TRACK_LIMIT
        {
            self.tracks.push(track);
        }
    }

    /// When and on what, as a point: the hour on a circle, whether it is a weekend, and the device.
    pub fn moment(&self) -> [f32; MOMENT_LEN] {
        let mut moment = [0.0; MOMENT_LEN];
        let turn = f32::from(self.local.minute) / (24.0 * 60.0) * std::f32::consts::TAU;
        let is_weekend = matches!(self.local.weekday, Weekday::Saturday | Weekday::Sunday);
        moment[0] = CLOCK_SCALE * turn.cos();
        moment[1] = CLOCK_SCALE * turn.sin();
        moment[2] = if is_weekend { CLOCK_SCALE } else { 0.0 };
        if let Some(device) = self.device {
            moment[3 + device as usize] = DEVICE_SCALE;
        }
        moment
    }
}

/// The track that was heard out in `event`, if one was.
pub(crate) fn heard_out(event: &Event) -> Option<TrackId> {
    match event.prompt {
        Prompt::Played { track, .. } | Prompt::Replayed { track } => Some(track),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(weekday: Weekday, hour: u16, device: Option<Device>) -> [f32; MOMENT_LEN] {
        let local = LocalTime { weekday, minute: hour * 60 };
        Sitting { started: UnixMillis::new(0), local, device, tracks: Vec::new() }.moment()
    }

    fn apart(a: [f32; MOMENT_LEN], b: [f32; MOMENT_LEN]) -> f32 {
        a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
    }

    #[test]
    fn late_evening_is_near_early_morning_and_devices_keep_moments_apart() {
        let late = at(Weekday::Monday, 23, None);
        assert!(apart(late, at(Weekday::Tuesday, 1, None)) < apart(late, at(Weekday::Monday, 15, None)));
        assert!(apart(late, at(Weekday::Saturday, 23, None)) > 0.3);
        let (car, phone) = (Some(Device::Car), Some(Device::Phone));
        assert!(apart(at(Weekday::Monday, 8, car), at(Weekday::Monday, 8, phone)) > 0.7);
        assert_eq!(apart(at(Weekday::Monday, 8, car), at(Weekday::Friday, 8, car)), 0.0);
    }
}
