//! The playlists that listeners will make: which with care, which thrown together, and on what theme.
//!
//! What really gets into them is behaviour, see [`crate::behaviour`].

use music::unit::{DAY_MS, HOUR_MS};
use music::{ListenerId, Mood, PlaylistId, UnixMillis};
use rand::{Rng, RngExt as _};

use crate::chance::{Purpose, happens, one_of, poisson, stream};
use crate::listener::Listener;
use crate::mood::bent_towards;
use crate::params::WorldParams;
use crate::space::Point;
use crate::style::Style;

/// A playlist as its owner means it to be.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaylistPlan {
    /// Its id in events; ids follow the times of creation.
    pub id: PlaylistId,
    /// Who makes it.
    pub owner: ListenerId,
    /// Whether it is built over weeks around one idea, or thrown together in one go.
    pub careful: bool,
    /// When it is made.
    pub created: UnixMillis,
    /// The persona of the owner whose music it is.
    pub persona: usize,
    /// What it is for, where it is for something.
    pub mood: Option<Mood>,
    /// What its title is.
    pub title: Box<str>,
    /// What its maker writes about it.
    pub description: Box<str>,
    /// The middle of its music.
    pub theme: Point,
    /// How many tracks it is to have.
    pub(crate) size: usize,
}

/// Titles of playlists nobody thought about.
const CARELESS: [&str; 10] = [
    "New Playlist",
    "New Playlist 2",
    "My Playlist #3",
    "songs",
    "stuff",
    "asdf",
    "music",
    "liked from radio",
    "misc",
    "Untitled",
];

/// Titles of playlists for something.
fn titles(mood: Mood) -> &'static [&'static str] {
    match mood {
        Mood::Focus => &["Deep Work", "Quiet Hours", "Desk Rain", "Focus", "Reading Room"],
        Mood::Sleep => &["Falling Asleep", "Lights Out", "Sleep", "Slow Breath", "Night Light"],
        Mood::Chill => &["Slow Sunday", "Chill Evening", "Sofa Weather", "Easy Now", "Chill"],
        Mood::Workout => &["Workout", "Last Mile", "Push", "Gym Faster", "Running Up"],
        Mood::Party => &["Party", "Friday Night", "Kitchen Dancefloor", "Until Late", "House Party"],
        Mood::Sad => &["Sad Songs", "Rainy Window", "After You Left", "For Crying"],
        Mood::Happy => &["Good Mood", "Happy Kitchen", "Sunlight", "Whistling", "Feel Good"],
        Mood::Travel => &["On the Way", "Road Trip", "Train Window", "Night Drive"],
        Mood::Romance => &["For the Two of Us", "Candles", "Love Songs", "Slow Dance"],
    }
}

/// All playlists of a world in the order of their creation.
pub(crate) fn plans(params: &WorldParams, styles: &[Style], listeners: &[Listener]) -> Vec<PlaylistPlan> {
    let mut plans = Vec::new();
    for listener in listeners {
        let mut rng = stream(params.seed, Purpose::Playlists, listener.id.get().into());
        let count = poisson(&mut rng, 0.4 + 2.6 * listener.temper.passion).min(8);
        for _ in 0..count {
            plans.extend(plan(params, styles, listener, &mut rng));
        }
    }
    plans.sort_by_key(|plan| (plan.created, plan.owner));
    for (row, plan) in plans.iter_mut().enumerate() {
        plan.id = PlaylistId::new(row as u32);
    }
    plans
}

fn plan(
    params: &WorldParams,
    styles: &[Style],
    owner: &Listener,
    rng: &mut impl Rng,
) -> Option<PlaylistPlan> {
    let careful = happens(rng, 0.25 + 0.5 * owner.temper.passion);
    let persona = rng.random_range(0..owner.personas.len());
    let self_ = &owner.personas[persona];
    let mood = match rng.random::<f32>() {
        _ if !careful => None,
        u if u < 0.65 => self_.occasion.mood(),
        u if u < 0.85 => one_of(rng, &Mood::ALL).copied(),
        _ => None,
    };
    let centre = self_.centre.near(rng, 0.3);
    let theme = mood.map_or(centre, |mood| bent_towards(mood, &centre, 0.5));
    let style = &styles[self_.home_style].name;
    let title = match mood {
        _ if !careful => (*one_of(rng, &CARELESS)?).to_owned(),
        Some(mood) if happens(rng, 0.7) => (*one_of(rng, titles(mood))?).to_owned(),
        Some(mood) => format!("{} ({style})", one_of(rng, titles(mood))?),
        None => format!(
            "{} {style}",
            one_of(rng, &["Best of", "The finest", "All my", "Essential", "Small hours of"])?
        ),
    };
    let has_description = careful && happens(rng, 0.5);
    Some(PlaylistPlan {
        id: PlaylistId::new(0),
        owner: owner.id,
        careful,
        created: creation(params, owner, persona, careful, rng)?,
        persona,
        mood,
        title: title.into(),
        description: if has_description {
            format!("mostly {style}, added when found").into()
        } else {
            "".into()
        },
        theme,
        size: if careful { rng.random_range(14..45) } else { rng.random_range(15..70) },
    })
}

/// A moment at which the persona is awake; careful ones early, so that there is time to build them.
fn creation(
    params: &WorldParams,
    owner: &Listener,
    persona: usize,
    careful: bool,
    rng: &mut impl Rng,
) -> Option<UnixMillis> {
    let first = owner.joined.get() + HOUR_MS;
    let last = params.end().get() - 2 * DAY_MS;
    let skew = if careful { 1.8 } else { 1.0 };
    if first >= last {
        return None;
    }
    let mut at = owner.joined;
    // Forty tries find an hour in which the persona is awake; after that any hour will do.
    for _ in 0..40 {
        let share = rng.random::<f64>().powf(skew);
        at = UnixMillis::new(first + ((last - first) as f64 * share) as i64);
        if owner.pulls(at)[persona] > 0.0 {
            break;
        }
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listener::listeners;
    use crate::style::styles;

    #[test]
    fn plans_stand_in_the_order_of_their_creation() {
        let params = WorldParams::default();
        let styles = styles(params.seed);
        let listeners = listeners(&params, &styles);
        let plans = plans(&params, &styles, &listeners);
        assert!(plans.is_sorted_by_key(|plan| (plan.created, plan.id)));
        assert!(plans.iter().all(|plan| plan.created >= listeners[plan.owner.get() as usize].joined));
        let careful = plans.iter().filter(|plan| plan.careful).count();
        assert!(careful > 100 && plans.len() - careful > 100, "{careful} of {}", plans.len());
    }

    #[test]
    fn a_world_that_ends_at_once_has_no_playlists() {
        let params = WorldParams { day_count: 1, ..WorldParams::default() };
        let styles = styles(params.seed);
        let listeners = listeners(&params, &styles);
        assert_eq!(plans(&params, &styles, &listeners), []);
    }
}
