//! What no column says alone: columns crossed with each other, with the listener and with the moment.
//!
//! A fact speaks neither for nor against a candidate; what it is worth is learnt.

use std::fmt;

use super::view::{UNKNOWN, View};
use crate::explain::times;

/// One number about a candidate.
pub struct Fact {
    /// The name under which models keep it; never changes.
    pub name: &'static str,
    of: fn(&View<'_>, usize) -> f32,
    words: fn(f32) -> String,
}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Fact").field(&self.name).finish()
    }
}

impl Fact {
    /// Its value for a candidate; not a number where it is not known.
    pub(super) fn value(&self, view: &View<'_>, row: usize) -> f32 {
        (self.of)(view, row)
    }

    /// What the value says, for people, as a clause.
    pub fn words(&self, value: f32) -> String {
        (self.words)(value)
    }
}

/// All facts, each listed once.
pub static FACTS: &[Fact] = &[
    Fact {
        name: "source_count",
        of: |view, row| view.candidates.support(row).len() as f32,
        words: |value| match value as u32 {
            1 => "only one source thought of it".to_owned(),
            count => format!("{count} sources thought of it"),
        },
    },
    Fact {
        name: "lift_sum",
        of: |view, row| view.candidates.support(row).iter().map(|support| support.lift).sum(),
        words: |value| {
            either(
                value > 0.0,
                "its sources together are surer of it than usual",
                "its sources together are less sure of it than usual",
            )
        },
    },
    Fact {
        name: "lift_max",
        of: |view, row| {
            let lifts = view.candidates.support(row).iter().map(|support| support.lift);
            lifts.max_by(f32::total_cmp).unwrap_or(0.0)
        },
        words: |value| either(value > 1.0, "a source is sure of it", "no source is sure of it"),
    },
    Fact {
        name: "days_since_heard",
        of: |view, row| {
            let days = view.taste(row).and_then(|taste| taste.days_since_heard(view.query.request.now));
            days.map_or(UNKNOWN, |days| days.max(0.0).ln_1p())
        },
        words: |value| match value.exp_m1().round() {
            days if days.is_nan() => "no day is known on which you heard it".to_owned(),
            days if days < 1.0 => "you heard it today".to_owned(),
            days if days < 2.0 => "you heard it yesterday".to_owned(),
            days => format!("you last heard it {days} days ago"),
        },
    },
    Fact {
        name: "play_count",
        of: |view, row| view.taste(row).map_or(0.0, |taste| (taste.play_count as f32).ln_1p()),
        words: |value| match value.exp_m1().round() as u32 {
            0 => "you have not played it yet".to_owned(),
            count => format!("you have played it {} in all", times(count)),
        },
    },
    Fact {
        name: "skip_share",
        of: |view, row| {
            view.taste(row).map_or(0.0, |taste| {
                taste.skip_count as f32 / (taste.play_count + taste.skip_count).max(1) as f32
            })
        },
        words: |value| format!("you skipped it {:.0} times of a hundred", 100.0 * value),
    },
    Fact {
        name: "percentile",
        of: |view, row| view.percentile(row).unwrap_or(UNKNOWN),
        words: |value| match value {
            value if value.is_nan() => "nobody knows yet how widely it is played".to_owned(),
            value => format!("it is played more than {:.0} % of all tracks", 100.0 * value),
        },
    },
    Fact {
        name: "trend",
        of: |view, row| {
            let popularity = view.snapshot.models.track_popularity.as_ref();
            popularity.zip(view.track(row)).and_then(|(p, track)| p.trend(track.get())).unwrap_or(UNKNOWN)
        },
        words: |value| {
            either(
                value > 0.0,
                "it is played more than it used to be",
                "it is played no more than it used to be",
            )
        },
    },
    Fact {
        name: "mainstream_gap",
        of: |view, row| {
            let gap = view.percentile(row).zip(view.query.listener.mainstream);
            gap.map_or(UNKNOWN, |(track, listener)| track - listener)
        },
        words: |value| match value {
            value if value.is_nan() => "it is not known how mainstream your taste is".to_owned(),
            value if value > 0.1 => "it is more widely played than what you like".to_owned(),
            value if value < -0.1 => "it is less widely played than what you like".to_owned(),
            _ => "it is about as widely played as what you like".to_owned(),
        },
    },
    Fact {
        name: "release_age",
        of: |view, row| {
            let catalogue = &view.snapshot.catalogue;
            let released = view.known(row).and_then(|track| catalogue.released(track));
            released.map_or(UNKNOWN, |date| (view.query.request.now.days_since(date) as f32).max(0.0).ln_1p())
        },
        words: |value| match value.exp_m1() {
            days if days.is_nan() => "it is not known when it came out".to_owned(),
            days if days < 90.0 => "it came out within three months".to_owned(),
            days if days < 730.0 => "it came out within two years".to_owned(),
            days => format!("it came out {:.0} years ago", days / 365.0),
        },
    },
    Fact {
        name: "taste_and_tags",
        of: |view, row| view.product(0, 1, row),
        words: |value| {
            either(
                value > 0.1,
                "both its listeners and its genres are near to you",
                "its listeners and its genres are not both near to you",
            )
        },
    },
    Fact {
        name: "taste_and_artist",
        of: |view, row| view.product(0, 2, row),
        words: |value| {
            either(
                value > 0.1,
                "both its listeners and its artist are near to you",
                "its listeners and its artist are not both near to you",
            )
        },
    },
    Fact {
        name: "tags_and_artist",
        of: |view, row| view.product(1, 2, row),
        words: |value| {
            either(
                value > 0.1,
                "both its genres and its artist are near to you",
                "its genres and its artist are not both near to you",
            )
        },
    },
    Fact {
        name: "persona",
        of: |view, row| view.persona[row],
        words: |value| either(value > 0.5, "it is near one of your sides", "it is near none of your sides"),
    },
    Fact {
        name: "likeness_to_last",
        of: |view, row| view.last[row],
        words: |value| match value {
            value if value.is_nan() => "you have not begun to listen".to_owned(),
            value => {
                either(value > 0.5, "it is like what you just heard", "it is unlike what you just heard")
            }
        },
    },
    Fact {
        name: "session_length",
        of: |view, _| view.session_play_count.ln_1p(),
        words: |value| format!("you are {:.0} tracks into this session", value.exp_m1()),
    },
    Fact {
        name: "day_part",
        of: |view, _| view.day_part_share,
        words: |value| either(value > 0.2, "you often listen at this time", "you seldom listen at this time"),
    },
    Fact {
        name: "in_ear",
        of: |view, row| view.taste(row).map_or(0.0, |taste| taste.in_ear(view.query.request.now).ln_1p()),
        words: |value| match value.exp_m1() {
            plays if plays < 0.5 => "you have not heard it in the last days".to_owned(),
            plays if plays < 2.0 => "you have heard it in the last days".to_owned(),
            _ => "you have heard it often in the last days".to_owned(),
        },
    },
    Fact {
        name: "artist_in_ear",
        of: |view, row| {
            let artist = view.artist(row);
            artist.map_or(UNKNOWN, |artist| {
                view.artists_in_ear.get(&artist).copied().unwrap_or_default().ln_1p()
            })
        },
        words: |value| match value.exp_m1() {
            plays if plays < 0.5 || plays.is_nan() => {
                "you have not heard the artist in the last days".to_owned()
            }
            plays if plays < 4.0 => "you have heard the artist in the last days".to_owned(),
            _ => "you have heard the artist often in the last days".to_owned(),
        },
    },
    Fact {
        name: "session_fit",
        of: |view, row| view.session_heard[row],
        words: |value| match value {
            value if value.is_nan() => "you have heard nothing out in this session yet".to_owned(),
            value => either(
                value > 0.35,
                "it is like what you heard in this session",
                "it is unlike what you heard in this session",
            ),
        },
    },
    Fact {
        name: "session_misfit",
        of: |view, row| view.session_skipped[row],
        words: |value| match value {
            value if value.is_nan() => "you have skipped nothing in this session".to_owned(),
            value => either(
                value > 0.35,
                "it is like what you skipped in this session",
                "it is unlike what you skipped in this session",
            ),
        },
    },
    Fact {
        name: "day_part_fit",
        of: |view, row| view.day_part_tracks[row],
        words: |value| match value {
            value if value.is_nan() => "nothing is known of what you play at this time".to_owned(),
            value => either(
                value > 0.35,
                "it is like what you play at this time",
                "it is unlike what you play at this time",
            ),
        },
    },
    Fact {
        name: "track_reception",
        of: |view, row| {
            let reception = view.snapshot.models.reception.as_ref();
            reception.zip(view.track(row)).and_then(|(r, track)| r.item(track.get())).unwrap_or(UNKNOWN)
        },
        words: |value| received("it", value),
    },
    Fact {
        name: "artist_reception",
        of: |view, row| {
            let reception = view.snapshot.models.reception.as_ref();
            reception.zip(view.artist(row)).and_then(|(r, artist)| r.group(artist.get())).unwrap_or(UNKNOWN)
        },
        words: |value| received("its artist", value),
    },
    Fact {
        name: "artist_plays",
        of: |view, row| view.acquaintance(row).map_or(0.0, |known| (known.play_count as f32).ln_1p()),
        words: |value| match value.exp_m1().round() as u32 {
            0 => "you have not heard its artist yet".to_owned(),
            count => format!("you have heard its artist {} in all", times(count)),
        },
    },
    Fact {
        name: "artist_here",
        of: |view, row| {
            let part = view.query.day_part.index();
            view.acquaintance(row).map_or(0.0, |known| (known.day_parts[part] as f32).ln_1p())
        },
        words: |value| match value.exp_m1().round() as u32 {
            0 => "you have not heard its artist at this time of the week".to_owned(),
            count => format!("you have heard its artist {} at this time of the week", times(count)),
        },
    },
    Fact {
        name: "artist_skip_share",
        of: |view, row| {
            view.acquaintance(row).map_or(UNKNOWN, |known| {
                known.skip_count as f32 / (known.play_count + known.skip_count).max(1) as f32
            })
        },
        words: |value| match value {
            value if value.is_nan() => "you do not know its artist".to_owned(),
            value if value < 0.2 => "you seldom skip its artist".to_owned(),
            value => format!("you skip its artist {:.0} times of a hundred", 100.0 * value),
        },
    },
    Fact {
        name: "company_plays",
        of: |view, row| {
            let plays =
                view.company().zip(view.track(row)).map(|(company, track)| company.track(track).plays);
            plays.map_or(UNKNOWN, f32::ln_1p)
        },
        words: |value| in_company("it", value),
    },
    Fact {
        name: "company_artist",
        of: |view, row| {
            let plays = view.company().zip(view.artist(row)).map(|(company, artist)| company.artist(artist));
            plays.map_or(UNKNOWN, f32::ln_1p)
        },
        words: |value| in_company("its artist", value),
    },
    Fact {
        name: "company_tags",
        of: |view, row| {
            let known = view.company().zip(view.known(row));
            known.map_or(UNKNOWN, |(company, track)| company.tags(view.snapshot, track))
        },
        words: |value| match value {
            value if value.is_nan() => NO_COMPANY.to_owned(),
            value => either(
                value > 0.05,
                "its genres are what those who share your taste hear these days",
                "its genres are not what those who share your taste hear these days",
            ),
        },
    },
    Fact {
        name: "experience",
        of: |view, _| view.liked_count.ln_1p(),
        words: |value| format!("you like {:.0} tracks so far", value.exp_m1()),
    },
];

/// What is said where nobody shares the listener's taste, or too few for it to be told.
const NO_COMPANY: &str = "it is not known what those who share your taste hear these days";

/// How others take something.
fn received(what: &str, value: f32) -> String {
    match value {
        value if value.is_nan() || value == 0.0 => format!("it is not known how others take {what}"),
        value if value > 0.0 => format!("others hear {what} out more often than most"),
        _ => format!("others hear {what} out less often than most"),
    }
}

/// Whether the company hears something.
fn in_company(what: &str, value: f32) -> String {
    match value {
        value if value.is_nan() => NO_COMPANY.to_owned(),
        value if value > 0.0 => format!("several who share your taste hear {what} these days"),
        _ => format!("hardly any who share your taste hear {what} these days"),
    }
}

/// One of two clauses.
fn either(is_so: bool, yes: &str, no: &str) -> String {
    if is_so { yes } else { no }.to_owned()
}
