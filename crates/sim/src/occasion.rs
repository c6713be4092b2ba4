//! Moments of a week in which somebody listens: when, where, on what and what for.
//!
//! A persona is bound to one of them.

mod table;

use music::{Activity, Device, Mood, Weekday};

use crate::source::SOURCE_COUNT;

/// A moment of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occasion {
    /// No particular moment: from morning to night.
    Anytime,
    /// On the way to work and back.
    Commute,
    /// At a desk.
    Work,
    /// At sport.
    Workout,
    /// At home after dinner.
    Evening,
    /// Out with friends, mostly on Friday and Saturday.
    Night,
    /// A slow morning, mostly on Saturday and Sunday.
    Morning,
    /// In bed.
    Sleep,
    /// In the kitchen and about the house.
    House,
}

impl Occasion {
    /// All occasions.
    pub const ALL: [Self; 9] = [
        Self::Anytime,
        Self::Commute,
        Self::Work,
        Self::Workout,
        Self::Evening,
        Self::Night,
        Self::Morning,
        Self::Sleep,
        Self::House,
    ];

    /// How much is listened in an hour of a weekday, against other hours; *range*: 0 to 10.
    pub fn pull(self, weekday: Weekday, hour: usize) -> f32 {
        let hours = &self.traits().hours;
        let row = match weekday {
            Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday => &hours.workday,
            Weekday::Friday => &hours.friday,
            Weekday::Saturday => &hours.saturday,
            Weekday::Sunday => &hours.sunday,
        };
        row.get(hour).copied().map_or(0.0, f32::from)
    }

    /// What the music is for, where it is for something.
    pub fn mood(self) -> Option<Mood> {
        self.traits().mood
    }

    pub(crate) fn traits(self) -> &'static Traits {
        &table::TRAITS[self as usize]
    }
}

/// Listening by hour on the days of a week.
#[derive(Debug)]
pub(crate) struct Hours {
    pub(crate) workday: [u8; 24],
    pub(crate) friday: [u8; 24],
    pub(crate) saturday: [u8; 24],
    pub(crate) sunday: [u8; 24],
}

/// What is usual on an occasion.
#[derive(Debug)]
pub(crate) struct Traits {
    pub(crate) hours: Hours,
    /// How many people have a persona for it, against the other occasions.
    pub(crate) share: f32,
    /// What the music is for.
    pub(crate) mood: Option<Mood>,
    /// What the listener does meanwhile, for clients that say so.
    pub(crate) activity: Option<Activity>,
    /// How long it usually lasts, in minutes.
    pub(crate) minutes: f32,
    /// How closely the listener follows and how near the skip button is, 0 to 1.
    pub(crate) attention: f32,
    /// On what, with weights.
    pub(crate) devices: &'static [(Device, f32)],
    /// Where the music is taken from, with weights in the order of `Source::ALL`.
    pub(crate) sources: [f32; SOURCE_COUNT],
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_tell_occasions_apart() {
        assert!(Occasion::Night.pull(Weekday::Friday, 22) > Occasion::Night.pull(Weekday::Tuesday, 22));
        assert!(Occasion::Morning.pull(Weekday::Sunday, 10) > Occasion::Morning.pull(Weekday::Monday, 10));
        assert_eq!(Occasion::Work.pull(Weekday::Sunday, 10), 0.0);
        assert_eq!(Occasion::Work.pull(Weekday::Monday, 99), 0.0);
    }

    #[test]
    fn every_occasion_has_its_time_and_its_devices() {
        for occasion in Occasion::ALL {
            let pull: f32 = (0..24).map(|hour| occasion.pull(Weekday::Saturday, hour)).sum();
            let workday: f32 = (0..24).map(|hour| occasion.pull(Weekday::Monday, hour)).sum();
            assert!(pull + workday > 0.0, "{occasion:?}");
            let devices: f32 = occasion.traits().devices.iter().map(|(_, weight)| weight).sum();
            assert!((devices - 1.0).abs() < 1e-4, "{occasion:?}: {devices}");
        }
    }
}
