//! The occasions in numbers, set by judgement.

use music::{Activity, Device, Mood};

use super::{Hours, Traits};

/// In the order of `Occasion::ALL`.
#[rustfmt::skip]
pub(super) static TRAITS: [Traits; 9] = [
    // Anytime
    Traits {
        hours: Hours {
            //         0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23
            workday:  [1, 0, 0, 0, 0, 0, 1, 3, 4, 3, 3, 3, 4, 3, 3, 3, 4, 5, 6, 6, 6, 5, 4, 2],
            friday:   [1, 0, 0, 0, 0, 0, 1, 3, 4, 3, 3, 3, 4, 3, 3, 4, 5, 6, 6, 6, 6, 6, 5, 4],
            saturday: [3, 1, 0, 0, 0, 0, 0, 1, 2, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 4],
            sunday:   [2, 1, 0, 0, 0, 0, 0, 1, 2, 4, 5, 6, 5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 3, 1],
        },
        share: 0.0, mood: None, activity: None, minutes: 32.0, attention: 0.75,
        devices: &[(Device::Phone, 0.55), (Device::Computer, 0.25), (Device::Speaker, 0.15), (Device::Tablet, 0.05)],
        //         library album artist own shared editorial search fresh radio home
        sources: [30.0, 10.0, 6.0, 25.0, 4.0, 8.0, 12.0, 6.0, 10.0, 6.0],
    },
    // Commute
    Traits {
        hours: Hours {
            workday:  [0, 0, 0, 0, 0, 1, 4, 8, 7, 2, 0, 0, 0, 0, 0, 1, 3, 7, 6, 2, 0, 0, 0, 0],
            friday:   [0, 0, 0, 0, 0, 1, 4, 8, 7, 2, 0, 0, 0, 0, 1, 3, 6, 7, 3, 1, 0, 0, 0, 0],
            saturday: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
            sunday:   [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0],
        },
        share: 1.0, mood: Some(Mood::Travel), activity: Some(Activity::Commuting), minutes: 24.0, attention: 0.85,
        devices: &[(Device::Phone, 0.7), (Device::Car, 0.28), (Device::Wearable, 0.02)],
        sources: [30.0, 8.0, 4.0, 25.0, 4.0, 8.0, 6.0, 8.0, 14.0, 10.0],
    },
    // Work
    Traits {
        hours: Hours {
            workday:  [0, 0, 0, 0, 0, 0, 0, 0, 3, 7, 8, 6, 2, 5, 7, 7, 6, 3, 0, 0, 0, 0, 0, 0],
            friday:   [0, 0, 0, 0, 0, 0, 0, 0, 3, 7, 8, 6, 2, 5, 6, 5, 3, 1, 0, 0, 0, 0, 0, 0],
            saturday: [0; 24],
            sunday:   [0; 24],
        },
        share: 1.1, mood: Some(Mood::Focus), activity: Some(Activity::Working), minutes: 52.0, attention: 0.5,
        devices: &[(Device::Computer, 0.85), (Device::Phone, 0.15)],
        sources: [15.0, 12.0, 2.0, 28.0, 6.0, 26.0, 3.0, 3.0, 18.0, 0.0],
    },
    // Workout
    Traits {
        hours: Hours {
            workday:  [0, 0, 0, 0, 0, 0, 4, 4, 1, 0, 0, 0, 1, 0, 0, 0, 0, 3, 6, 5, 2, 0, 0, 0],
            friday:   [0, 0, 0, 0, 0, 0, 4, 4, 1, 0, 0, 0, 1, 0, 0, 0, 2, 4, 3, 1, 0, 0, 0, 0],
            saturday: [0, 0, 0, 0, 0, 0, 0, 1, 3, 5, 6, 4, 1, 0, 0, 1, 3, 3, 1, 0, 0, 0, 0, 0],
            sunday:   [0, 0, 0, 0, 0, 0, 0, 1, 3, 5, 6, 4, 1, 0, 0, 1, 3, 2, 1, 0, 0, 0, 0, 0],
        },
        share: 0.9, mood: Some(Mood::Workout), activity: Some(Activity::Exercising), minutes: 36.0, attention: 0.7,
        devices: &[(Device::Phone, 0.75), (Device::Wearable, 0.25)],
        sources: [18.0, 2.0, 2.0, 42.0, 8.0, 26.0, 4.0, 4.0, 10.0, 2.0],
    },
    // Evening
    Traits {
        hours: Hours {
            workday:  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 5, 8, 8, 5, 1],
            friday:   [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 4, 5, 4, 2, 1],
            saturday: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 5, 4, 2, 1],
            sunday:   [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 6, 8, 7, 4, 1],
        },
        share: 1.3, mood: Some(Mood::Chill), activity: Some(Activity::Relaxing), minutes: 42.0, attention: 0.75,
        devices: &[(Device::Phone, 0.3), (Device::Speaker, 0.35), (Device::Computer, 0.15), (Device::Television, 0.1), (Device::Tablet, 0.1)],
        sources: [21.0, 22.0, 10.0, 17.0, 4.0, 4.0, 16.0, 12.0, 4.0, 2.0],
    },
    // Night
    Traits {
        hours: Hours {
            workday:  [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0],
            friday:   [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 7, 9, 9, 8],
            saturday: [7, 4, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 7, 9, 9, 8],
            sunday:   [7, 5, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        },
        share: 0.9, mood: Some(Mood::Party), activity: Some(Activity::Partying), minutes: 65.0, attention: 0.6,
        devices: &[(Device::Speaker, 0.55), (Device::Phone, 0.35), (Device::Computer, 0.1)],
        sources: [15.0, 2.0, 6.0, 28.0, 14.0, 20.0, 18.0, 4.0, 4.0, 2.0],
    },
    // Morning
    Traits {
        hours: Hours {
            workday:  [0, 0, 0, 0, 0, 0, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            friday:   [0, 0, 0, 0, 0, 0, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            saturday: [0, 0, 0, 0, 0, 0, 0, 2, 6, 8, 7, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            sunday:   [0, 0, 0, 0, 0, 0, 0, 2, 6, 9, 9, 6, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        },
        share: 0.9, mood: Some(Mood::Chill), activity: Some(Activity::Relaxing), minutes: 38.0, attention: 0.6,
        devices: &[(Device::Speaker, 0.5), (Device::Phone, 0.3), (Device::Tablet, 0.1), (Device::Computer, 0.1)],
        sources: [27.0, 22.0, 4.0, 22.0, 4.0, 10.0, 6.0, 10.0, 8.0, 2.0],
    },
    // Sleep
    Traits {
        hours: Hours {
            workday:  [3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 7, 8],
            friday:   [3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3],
            saturday: [3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4],
            sunday:   [3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 7, 7],
        },
        share: 0.6, mood: Some(Mood::Sleep), activity: Some(Activity::Sleeping), minutes: 32.0, attention: 0.25,
        devices: &[(Device::Phone, 0.6), (Device::Speaker, 0.4)],
        sources: [12.0, 12.0, 0.0, 34.0, 4.0, 40.0, 2.0, 0.0, 10.0, 0.0],
    },
    // House
    Traits {
        hours: Hours {
            workday:  [0, 0, 0, 0, 0, 0, 1, 2, 2, 1, 1, 2, 3, 1, 0, 0, 2, 5, 6, 3, 0, 0, 0, 0],
            friday:   [0, 0, 0, 0, 0, 0, 1, 2, 2, 1, 1, 2, 3, 1, 0, 0, 2, 5, 5, 2, 0, 0, 0, 0],
            saturday: [0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 6, 7, 6, 4, 4, 4, 5, 6, 5, 2, 0, 0, 0, 0],
            sunday:   [0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 5, 7, 7, 4, 4, 4, 5, 6, 5, 2, 0, 0, 0, 0],
        },
        share: 0.9, mood: Some(Mood::Happy), activity: Some(Activity::Cooking), minutes: 32.0, attention: 0.5,
        devices: &[(Device::Speaker, 0.65), (Device::Phone, 0.2), (Device::Tablet, 0.1), (Device::Television, 0.05)],
        sources: [27.0, 8.0, 6.0, 20.0, 4.0, 12.0, 10.0, 4.0, 16.0, 8.0],
    },
];
