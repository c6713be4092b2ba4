//! Tracks by what they are like, as somebody describes them: "new chill french instrumental hip-hop".
//!
//! The words are first understood ([`understand`]): as names, tags, languages, times and ways to sound.
//! Then every track is judged part by part, and the score is the geometric mean of what the parts say, so that a track
//! must fit all of them and the best fit of one makes up for no miss of another.
//! A tag that nobody gave a track counts by the probability that was learnt of it.
//! What is not understood is said, and so is what no hit fits.
//!
//! It finds nothing by the beginning of a name; that is the business of the server's search for names.

mod sounding;
#[cfg(test)]
mod tests;
mod understand;
mod words;

use learn::top_k;
use music::{ArtistId, Id as _, TagId, TrackId, UnixMillis};
use serde::Serialize;

use crate::explain::picked_track;
use crate::slate::PickedTrack;
use crate::snapshot::Snapshot;
pub use sounding::Sounding;
pub(crate) use understand::Names;
pub use understand::understand;

/// What a part of the words means.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// By this artist.
    Artist(ArtistId),
    /// One of these tags: they are spellings of one thing.
    Tags(Vec<TagId>),
    /// It came out in these years, both included.
    Years(i32, i32),
    /// It came out lately.
    New,
    /// It sounds in some way.
    Sounding(&'static Sounding),
}

/// One part of what was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The words.
    pub text: String,
    /// What they were understood as.
    pub meaning: Meaning,
}

/// Everything that was asked for.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Understood {
    /// What was understood, in the order of the words.
    pub parts: Vec<Part>,
    /// Words that say nothing to us.
    pub not_understood: Vec<String>,
}

/// The answer to a search.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Search {
    /// How the words were understood, in their order.
    pub understood: Vec<UnderstoodPart>,
    /// Words that nothing is known for.
    pub not_understood: Vec<String>,
    /// Parts that no hit fits; they were passed over.
    pub relaxed: Vec<String>,
    /// The tracks, the best fit first.
    pub hits: Vec<Hit>,
}

/// What some of the words were understood as.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UnderstoodPart {
    /// The words.
    pub text: String,
    /// As what: `artist`, `genre`, `mood`, `use`, `instrument`, `language`, `tag`, `years`, `new` or `sound`.
    #[serde(rename = "as")]
    pub kind: &'static str,
    /// As which.
    pub value: String,
}

/// A track that was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Hit {
    /// The track.
    pub track: PickedTrack,
    /// How well it fits all parts, 0 to 1.
    pub score: f32,
    /// How well it fits each part.
    pub fits: Vec<Fit>,
}

/// How well a track fits one part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Fit {
    /// The words of the part.
    pub part: String,
    /// How sure it is that it fits, 0 to 1.
    pub confidence: f32,
    /// How that is known.
    pub reason: String,
}

/// Hits that can be asked for.
pub const HITS_MAX: usize = 200;
/// The confidence in what is known to be otherwise: nothing is quite impossible, tags and dates are wrong at times.
const OTHERWISE: f32 = 0.01;
/// The confidence where nothing is known either way.
const UNKNOWN: f32 = 0.05;
/// A hit below this misses a part.
const FITS_MIN: f32 = 0.3;
/// A tag that applies in the least is still likelier than not, since somebody gave it.
const GIVEN_MIN: f32 = 0.6;
/// How far fame counts: among tracks that fit alike, the better known first.
const FAME_WEIGHT: f32 = 0.05;
/// A track that came out so long ago is not new.
const NEW_DAYS: f64 = 365.0;

/// Finds what `text` describes, as of `now`.
///
/// *Complexity*: linear in the tracks for each part.
pub fn search(snapshot: &Snapshot, text: &str, limit: usize, now: UnixMillis) -> Search {
    let Understood { mut parts, not_understood } = understand(snapshot, text);
    let understood = parts.iter().map(|part| said(snapshot, part)).collect();
    let mut columns: Vec<Vec<f32>> = parts.iter().map(|part| column(snapshot, part, now)).collect();
    // A part that nothing fits says nothing about who is nearest to the rest.
    let mut relaxed = Vec::new();
    for row in (0..parts.len()).rev() {
        if columns[row].iter().all(|&confidence| confidence < FITS_MIN) {
            relaxed.push(parts.remove(row).text);
            columns.remove(row);
        }
    }
    relaxed.reverse();
    let mut scores = vec![0.0_f32; snapshot.catalogue.tracks().len()];
    for column in &columns {
        scores.iter_mut().zip(column).for_each(|(score, confidence)| *score += confidence.ln());
    }
    let count = columns.len().max(1) as f32;
    let fame = |row: u32| FAME_WEIGHT * snapshot.percentile(TrackId::new(row)).unwrap_or(0.0);
    let ranked: Vec<f32> = (0..).zip(&scores).map(|(row, score)| score / count + fame(row)).collect();
    let wanted = if columns.is_empty() { 0 } else { limit.min(HITS_MAX) };
    let fits_any = |row: u32| columns.iter().any(|column| column[row as usize] >= FITS_MIN);
    let best = top_k(&ranked, wanted, fits_any);
    let hit = |(row, _): (u32, f32)| {
        let track = TrackId::new(row);
        let fit = |(part, column): (&Part, &Vec<f32>)| Fit {
            part: part.text.clone(),
            confidence: column[track.row()],
            reason: reason(snapshot, track, part),
        };
        Some(Hit {
            track: picked_track(&snapshot.catalogue, track)?,
            score: (scores[track.row()] / count).exp(),
            fits: parts.iter().zip(&columns).map(fit).collect(),
        })
    };
    Search { understood, not_understood, relaxed, hits: best.into_iter().filter_map(hit).collect() }
}

/// How surely each track fits a part.
fn column(snapshot: &Snapshot, part: &Part, now: UnixMillis) -> Vec<f32> {
    let catalogue = &snapshot.catalogue;
    let tracks = catalogue.tracks().iter();
    match &part.meaning {
        Meaning::Artist(artist) => {
            tracks.map(|track| if track.artists.contains(artist) { 1.0 } else { OTHERWISE }).collect()
        }
        Meaning::Tags(tags) => {
            let mut column: Vec<f32> =
                tracks.map(|track| given(snapshot, track.id, tags).unwrap_or(UNKNOWN)).collect();
            let learnt = snapshot.models.track_attributes.as_ref();
            for (track, probability) in
                tags.iter().flat_map(|&tag| learnt.into_iter().flat_map(move |l| l.with(tag)))
            {
                // A model may have learnt of tracks that this catalogue does not have yet, or never had.
                if let Some(confidence) = column.get_mut(track.row()) {
                    *confidence = confidence.max(probability);
                }
            }
            column
        }
        Meaning::Years(first, last) => tracks
            .map(|track| match year(snapshot, track) {
                Some(year) if (*first..=*last).contains(&year) => 1.0,
                Some(_) => OTHERWISE,
                None => UNKNOWN,
            })
            .collect(),
        Meaning::New => tracks
            .map(|track| match catalogue.released(track) {
                // Falls from 1 on the day itself to a half after a year, and fast after that.
                Some(date) => {
                    let age = (now.days_since(date).max(0.0) / NEW_DAYS) as f32;
                    (1.0 / (1.0 + age.powi(4))).max(OTHERWISE)
                }
                None => UNKNOWN,
            })
            .collect(),
        Meaning::Sounding(sounding) => sounding.column(snapshot, UNKNOWN),
    }
}

/// The year in which a track came out: by its own date, else by that of its release.
fn year(snapshot: &Snapshot, track: &music::Track) -> Option<i32> {
    let of_release = || snapshot.catalogue.release(track.release?)?.date;
    track.date.or_else(of_release).map(|date| i32::from(date.year()))
}

/// How surely a track has one of the tags by what somebody said of it or of its artist.
fn given(snapshot: &Snapshot, track: TrackId, tags: &[TagId]) -> Option<f32> {
    let track = snapshot.catalogue.track(track)?;
    let of_artist = snapshot.catalogue.artist(track.main_artist()).map_or(&[][..], |artist| &artist.tags);
    let weight = |of: &[music::TagWeight]| {
        of.iter().filter(|given| tags.contains(&given.tag)).map(|given| given.weight).max_by(f32::total_cmp)
    };
    // What is said of an artist holds of most of the tracks.
    let weight = weight(&track.tags).into_iter().chain(weight(of_artist).map(|weight| 0.8 * weight));
    weight.max_by(f32::total_cmp).map(|weight| GIVEN_MIN + (1.0 - GIVEN_MIN) * weight)
}

/// How it is known that a track fits a part, in words.
fn reason(snapshot: &Snapshot, track: TrackId, part: &Part) -> String {
    let catalogue = &snapshot.catalogue;
    match &part.meaning {
        Meaning::Artist(_) => "its artist".to_owned(),
        Meaning::Tags(tags) => {
            if given(snapshot, track, tags).is_some() {
                return "tagged so".to_owned();
            }
            let learnt = snapshot.models.track_attributes.as_ref();
            let probability = |&tag: &TagId| learnt.and_then(|learnt| learnt.probability(track, tag));
            match tags.iter().filter_map(probability).max_by(f32::total_cmp) {
                Some(probability) => format!("probably, {:.0} %", 100.0 * probability),
                None => "not known".to_owned(),
            }
        }
        Meaning::Years(..) | Meaning::New => {
            let date = catalogue.track(track).and_then(|track| year(snapshot, track));
            date.map_or_else(|| "no date is known".to_owned(), |year| format!("it is of {year}"))
        }
        Meaning::Sounding(sounding) => sounding.reason(snapshot, track),
    }
}

/// What a part was understood as, in words.
fn said(snapshot: &Snapshot, part: &Part) -> UnderstoodPart {
    let catalogue = &snapshot.catalogue;
    let (kind, value) = match &part.meaning {
        Meaning::Artist(id) => {
            ("artist", catalogue.artist(*id).map_or_else(String::new, |artist| artist.name.to_string()))
        }
        Meaning::Tags(tags) => {
            let known = || tags.iter().filter_map(|&tag| catalogue.tag(tag));
            let kind = known().next().map_or("tag", |tag| match tag.kind {
                music::TagKind::Genre => "genre",
                music::TagKind::Mood => "mood",
                music::TagKind::Use => "use",
                music::TagKind::Instrument => "instrument",
                music::TagKind::Language => "language",
                music::TagKind::Other => "tag",
            });
            (kind, known().map(|tag| &*tag.name).collect::<Vec<_>>().join(", "))
        }
        Meaning::Years(first, last) if first == last => ("years", first.to_string()),
        Meaning::Years(first, last) => ("years", format!("{first} to {last}")),
        Meaning::New => ("new", "of the last year".to_owned()),
        Meaning::Sounding(sounding) => ("sound", sounding.said()),
    };
    UnderstoodPart { text: part.text.clone(), kind, value }
}
