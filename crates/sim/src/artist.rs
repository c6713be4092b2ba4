//! Who makes the music of a world: style, fame, language and years of work.

use music::UnixMillis;
use music::unit::DAY_MS;
use rand::{Rng, RngExt as _};

use crate::chance::{Purpose, exponential, happens, normal, stream, weighted_index};
use crate::name::ArtistNames;
use crate::origin::{Language, ORIGINS, Origin};
use crate::params::WorldParams;
use crate::space::{Axis, Point};
use crate::style::{ROOT_COUNT, Style};

/// The share of the artists who still release music when the simulated days begin.
pub(crate) const ACTIVE_SHARE: f32 = 0.65;
/// The exponent of the Pareto law that fame follows.
///
/// Tuned on three public sets, by the share of all plays that the most played percent and the most played tenth of
/// the tracks have: .148 and .483 in the sessions of nowplaying-RS, .114 and .436 in 24,000 listeners' tracks from
/// Last.fm, .108 and .489 in 5,000 playlists.
/// The default world has .136 and .528 with this value; most of the difference between fame and plays is taste.
const FAME_EXPONENT: f32 = 0.9;

/// What is true about an artist.
#[derive(Clone, Debug, PartialEq)]
pub struct ArtistTruth {
    /// The name, as in the catalogue.
    pub name: Box<str>,
    /// The row of the style that is played most.
    pub style: usize,
    /// The row of a style that is played at times.
    pub second_style: usize,
    /// The middle of the music.
    pub centre: Point,
    /// How many listens the artist draws, in no unit; heavy-tailed.
    pub draw: f32,
    /// The country.
    pub origin: &'static Origin,
    /// What is sung, where anything is.
    pub language: Language,
    /// When the first release came out, or nearly.
    pub debut: UnixMillis,
    /// Since when nothing new has come.
    pub quiet_since: Option<UnixMillis>,
    /// How much music there is, against other artists.
    pub(crate) productivity: f32,
}

/// The artists, in no order of importance.
pub(crate) fn artists(params: &WorldParams, styles: &[Style]) -> Vec<ArtistTruth> {
    let mut rng = stream(params.seed, Purpose::Artists, 0);
    let mut names = ArtistNames::default();
    let shares: Vec<f32> = styles[ROOT_COUNT..].iter().map(|style| style.share).collect();
    let countries = ORIGINS.map(|origin| origin.artist_share);
    let mut artists = Vec::with_capacity(params.artist_count as usize);
    for _ in 0..params.artist_count {
        let leaf = |rng: &mut _| ROOT_COUNT + weighted_index(rng, &shares).expect("leaves have shares");
        let style = leaf(&mut rng);
        let second_style = second(style, styles, leaf(&mut rng), &mut rng);
        let origin = &ORIGINS[weighted_index(&mut rng, &countries).expect("countries have shares")];
        // Many who are not at home in English sing it all the same.
        let language = if happens(&mut rng, 0.25) { Language::English } else { origin.language };
        let (debut, quiet_since) = years_of_work(params, &mut rng);
        let draw = rng.random::<f32>().max(1e-4).powf(-1.0 / FAME_EXPONENT);
        artists.push(ArtistTruth {
            name: names.next(origin.language, &mut rng),
            style,
            second_style,
            centre: styles[style].centre.near(&mut rng, 0.33),
            draw,
            origin,
            language,
            debut,
            quiet_since,
            // Who is heard much releases more, within limits.
            productivity: draw.min(30.0).powf(0.3) * normal(&mut rng, 0.0, 0.6).exp(),
        });
    }
    artists
}

impl ArtistTruth {
    /// Whether there is singing as a rule.
    pub(crate) fn sings(&self) -> bool {
        self.centre.on(Axis::Voice) > -0.6
    }
}

/// A style to visit: mostly a neighbour under the same root.
fn second(style: usize, styles: &[Style], any: usize, rng: &mut impl Rng) -> usize {
    let siblings: Vec<usize> = (ROOT_COUNT..styles.len())
        .filter(|&row| row != style && styles[row].root == styles[style].root)
        .collect();
    match siblings.is_empty() || happens(rng, 0.25) {
        true => any,
        false => siblings[rng.random_range(0..siblings.len())],
    }
}

/// From when to when an artist works; most began within the last ten years.
fn years_of_work(params: &WorldParams, rng: &mut impl Rng) -> (UnixMillis, Option<UnixMillis>) {
    let age_days = (exponential(rng, 9.0).clamp(0.1, 45.0) * 365.0) as i64;
    let debut = params.start.get() - age_days * DAY_MS;
    let is_quiet = !happens(rng, ACTIVE_SHARE);
    let quiet_since = is_quiet.then(|| rng.random_range(debut..params.start.get()));
    (UnixMillis::new(debut), quiet_since.map(UnixMillis::new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::styles;

    #[test]
    fn fame_has_a_heavy_tail() {
        let styles = styles(1);
        let params = WorldParams { artist_count: 2_000, track_count: 2_000, ..WorldParams::default() };
        let mut draws: Vec<f32> = artists(&params, &styles).iter().map(|artist| artist.draw).collect();
        draws.sort_by(|a, b| b.total_cmp(a));
        let top: f32 = draws[..20].iter().sum();
        let share = top / draws.iter().sum::<f32>();
        assert!((0.3..0.8).contains(&share), "the top percent draws {share}");
    }

    #[test]
    fn nobody_goes_quiet_before_the_debut() {
        let artists = artists(&WorldParams::default(), &styles(1));
        assert!(artists.iter().all(|artist| artist.quiet_since.is_none_or(|quiet| quiet >= artist.debut)));
        assert!(artists.iter().any(|artist| artist.quiet_since.is_some()));
    }
}
