//! Who listens: several selves in one person, a temper, and a place in the world.

use music::unit::DAY_MS;
use music::{ListenerId, Tier, UnixMillis};
use rand::{Rng, RngExt as _};

use crate::chance::{Purpose, happens, log_normal, stream, weighted_index};
use crate::name::invented_word;
use crate::occasion::Occasion;
use crate::origin::{Language, ORIGINS, Origin};
use crate::params::WorldParams;
use crate::persona::Persona;
use crate::style::Style;

/// A simulated person, with everything that stays hidden from the engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Listener {
    /// The id in events.
    pub id: ListenerId,
    /// An invented first name; several people may share one.
    pub name: Box<str>,
    /// The selves, the one that listens most first; one to four.
    pub personas: Vec<Persona>,
    /// How this person deals with music.
    pub temper: Temper,
    /// Where.
    pub origin: &'static Origin,
    /// What is paid for.
    pub tier: Tier,
    /// When the first session may happen.
    pub joined: UnixMillis,
    /// Sessions in an average day.
    pub sessions_per_day: f32,
}

/// How a person deals with music; each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Temper {
    /// 0 stays with what is known, 1 looks for what is new.
    pub explorer: f32,
    /// 0 cares nothing for what others play, 1 goes with them.
    pub mainstream: f32,
    /// 0 skips at once, 1 hears things out.
    pub patience: f32,
    /// 0 never says anything, 1 likes, follows, saves and makes playlists.
    pub passion: f32,
    /// 0 is soon tired of what is played often, 1 never.
    pub stamina: f32,
    /// 0 hears only the own language and English gladly, 1 any.
    pub openness: f32,
    /// How much explicit words disturb; most people not at all.
    pub prudence: f32,
    /// How often stars are given; most people never.
    pub rating: f32,
}

impl Temper {
    fn draw(rng: &mut impl Rng) -> Self {
        // Two uniform numbers averaged: few people are extreme.
        let mut middling = || 0.5 * (rng.random::<f32>() + rng.random::<f32>());
        let mut temper = Self {
            explorer: middling(),
            mainstream: middling(),
            patience: middling(),
            passion: middling(),
            stamina: middling(),
            openness: middling(),
            prudence: 0.0,
            rating: 0.0,
        };
        if happens(rng, 0.12) {
            temper.prudence = rng.random_range(0.4..1.0);
        }
        if happens(rng, 0.1) {
            temper.rating = rng.random_range(0.2..1.0);
        }
        temper
    }
}

/// All listeners of a world.
pub(crate) fn listeners(params: &WorldParams, styles: &[Style]) -> Vec<Listener> {
    (0..params.listener_count).map(|row| listener(params, styles, ListenerId::new(row))).collect()
}

fn listener(params: &WorldParams, styles: &[Style], id: ListenerId) -> Listener {
    let mut rng = stream(params.seed, Purpose::Listeners, id.get().into());
    let temper = Temper::draw(&mut rng);
    let countries = ORIGINS.map(|origin| origin.listener_share);
    let origin = &ORIGINS[weighted_index(&mut rng, &countries).expect("countries have shares")];
    let mut personas: Vec<Persona> = Vec::new();
    for occasion in occasions(&mut rng) {
        let persona = Persona::draw(occasion, &personas, &temper, styles, &mut rng);
        personas.push(persona);
    }
    personas.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let tiers = [
        (Tier::Free, 0.3),
        (Tier::Paid, 0.38),
        (Tier::Family, 0.17),
        (Tier::Student, 0.11),
        (Tier::Trial, 0.04),
    ];
    let tier = weighted_index(&mut rng, &tiers.map(|(_, share)| share)).expect("tiers have shares");
    // A quarter joins while the simulation runs, so that cold starts occur.
    let joined_ms = match happens(&mut rng, 0.25) {
        true => (rng.random::<f32>() * 0.8 * params.day_count as f32 * DAY_MS as f32) as i64,
        false => 0,
    };
    // Median below the mean: a few listen much. exp(0.7² / 2) is the mean of this log-normal of median 1.
    let sessions_per_day = params.sessions_per_day * log_normal(&mut rng, 1.0 / (0.245_f32).exp(), 0.7);
    Listener {
        id,
        name: invented_word(origin.language, &mut rng).into(),
        personas,
        temper,
        origin,
        tier: tiers[tier].0,
        joined: UnixMillis::new(params.start.get() + joined_ms),
        sessions_per_day: sessions_per_day.min(4.0 * params.sessions_per_day.max(0.5)),
    }
}

/// One to four occasions without repetition; whoever has only one listens at any time.
fn occasions(rng: &mut impl Rng) -> Vec<Occasion> {
    let count = 1 + weighted_index(rng, &[0.2, 0.35, 0.3, 0.15]).expect("counts have shares");
    if count == 1 {
        return vec![Occasion::Anytime];
    }
    let mut left: Vec<(Occasion, f32)> = Occasion::ALL.iter().map(|o| (*o, o.traits().share)).collect();
    let mut chosen = Vec::with_capacity(count);
    while chosen.len() < count {
        let weights: Vec<f32> = left.iter().map(|(_, share)| *share).collect();
        let index = weighted_index(rng, &weights).expect("there are more occasions than personas");
        chosen.push(left.swap_remove(index).0);
    }
    chosen
}

impl Listener {
    /// How much each persona pulls at a moment, by hour and weekday; all 0 in hours without listening.
    pub fn pulls(&self, at: UnixMillis) -> Vec<f32> {
        let local = at.local(self.origin.utc_offset_minutes);
        let pull = |persona: &Persona| persona.weight * persona.occasion.pull(local.weekday, local.hour());
        self.personas.iter().map(pull).collect()
    }

    /// Whether a language is heard gladly.
    pub(crate) fn understands(&self, language: Language) -> bool {
        language == self.origin.language || language == Language::English
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::styles;

    #[test]
    fn listeners_have_one_to_four_personas_on_different_occasions() {
        let params = WorldParams::default();
        let listeners = listeners(&params, &styles(params.seed));
        let mut counts = [0; 5];
        for listener in &listeners {
            counts[listener.personas.len()] += 1;
            let mut occasions: Vec<_> = listener.personas.iter().map(|persona| persona.occasion).collect();
            occasions.sort();
            occasions.dedup();
            assert_eq!(occasions.len(), listener.personas.len());
        }
        assert!(counts[0] == 0 && counts[1..].iter().all(|&count| count > 20), "{counts:?}");
    }

    #[test]
    fn a_listener_does_not_depend_on_how_many_others_there_are() {
        let styles = styles(1);
        let few = listeners(&WorldParams { listener_count: 3, ..WorldParams::default() }, &styles);
        let many = listeners(&WorldParams::default(), &styles);
        assert_eq!(few[..], many[..3]);
    }
}
