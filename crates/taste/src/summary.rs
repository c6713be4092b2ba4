//! A profile read out in words that sources and people understand: artists, tags, sound, parts of the week.

use music::{ArtistId, Catalogue, Sound, SoundFeature, TagId, TagKind, Track, TrackId, UnixMillis};
use rustc_hash::FxHashMap;

use crate::habits::DayPart;
use crate::opinion::Opinion;
use crate::profile::{TasteProfile, affinity};

/// Tracks that enter the summary at most, the most telling first.
const TRACK_LIMIT: usize = 3_000;
/// One skipped track is no verdict on the artist.
const AGAINST_ARTIST: f32 = 0.5;
/// A guest on a track is liked less for it than the main artist.
const GUEST_SHARE: f32 = 0.5;

/// What a profile amounts to at one moment.
#[derive(Clone, Debug, Default)]
pub struct TasteSummary {
    /// Tracks the listener likes with their affinity, best first.
    pub liked: Vec<(TrackId, f32)>,
    /// Tracks the listener rejects with their affinity, worst first.
    pub rejected: Vec<(TrackId, f32)>,
    /// Artists with their affinity, −1 to 1, best first.
    pub artists: Vec<(ArtistId, f32)>,
    /// Genres and other tags with their share of what is liked, largest first; shares sum to 1.
    pub tags: Vec<(TagId, f32)>,
    /// What the liked tracks sound like.
    pub sound: SoundTaste,
    /// Share of listening in each part of the week.
    pub day_parts: [f32; DayPart::COUNT],
    artist_affinity: FxHashMap<ArtistId, f32>,
    tag_share: FxHashMap<TagId, f32>,
    /// The sum of the squares of all shares.
    tag_squares: f32,
}

/// Mean and spread of the audio features of what is liked.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct SoundTaste {
    sums: [Moments; SoundFeature::ALL.len()],
}

#[derive(Clone, Copy, Debug, PartialEq, Default)]
struct Moments {
    weight: f32,
    sum: f32,
    squares: f32,
}

impl SoundTaste {
    fn add(&mut self, sound: &Sound, weight: f32) {
        for (feature, value) in sound.known() {
            let moments = &mut self.sums[feature as usize];
            moments.weight += weight;
            moments.sum += weight * value;
            moments.squares += weight * value * value;
        }
    }

    /// Weighted mean and standard deviation of a feature, where any liked track has it.
    pub fn get(&self, feature: SoundFeature) -> Option<(f32, f32)> {
        let moments = self.sums[feature as usize];
        if moments.weight <= 0.0 {
            return None;
        }
        let mean = moments.sum / moments.weight;
        let variance = (moments.squares / moments.weight - mean * mean).max(0.0);
        Some((mean, variance.sqrt()))
    }
}

impl TasteSummary {
    /// Reads `profile` out as of `now`.
    ///
    /// *Complexity*: linear in the profile's tracks and their tags, at most 3,000 tracks after one pass over all.
    pub fn of(profile: &TasteProfile, catalogue: &Catalogue, now: UnixMillis) -> Self {
        let mut summary = Self { day_parts: profile.habits().day_parts(now), ..Self::default() };
        summary.read_tracks(profile, now);
        summary.read_artists(profile, catalogue, now);
        summary.read_tags_and_sound(catalogue);
        summary
    }

    fn read_tracks(&mut self, profile: &TasteProfile, now: UnixMillis) {
        for (track, taste) in profile.tracks() {
            let affinity = taste.affinity(now);
            if affinity > 0.0 {
                self.liked.push((track, affinity));
            } else if affinity < 0.0 {
                self.rejected.push((track, affinity));
            }
        }
        self.liked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        self.rejected.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        self.liked.truncate(TRACK_LIMIT);
        self.rejected.truncate(TRACK_LIMIT);
    }

    fn read_artists(&mut self, profile: &TasteProfile, catalogue: &Catalogue, now: UnixMillis) {
        let mut evidence = FxHashMap::<ArtistId, Evidence>::default();
        for &(id, _) in self.liked.iter().chain(&self.rejected) {
            let (Some(track), Some(taste)) = (catalogue.track(id), profile.track(id)) else { continue };
            // A like is a strong piece of evidence for the artist, a dislike a weak one against.
            let said = taste.standing.said().map_or(0.0, Opinion::evidence);
            for (place, &artist) in track.artists.iter().enumerate() {
                let share = if place == 0 { 1.0 } else { GUEST_SHARE };
                let entry = evidence.entry(artist).or_default();
                entry.pro += share * (taste.standing.evidence_for(now) + said.max(0.0));
                entry.contra +=
                    share * AGAINST_ARTIST * (taste.standing.evidence_against(now) + (-said).max(0.0));
            }
        }
        for (artist, taste) in profile.artists() {
            let entry = evidence.entry(artist).or_default();
            entry.pro += taste.standing.evidence_for(now);
            entry.contra += taste.standing.evidence_against(now);
            entry.said = taste.standing.said();
        }
        for (release, standing) in profile.releases() {
            if let Some(artist) = catalogue.release(release).and_then(|release| release.artist) {
                evidence.entry(artist).or_default().pro +=
                    standing.said().map_or(0.0, Opinion::evidence).max(0.0);
            }
        }
        let judged = evidence.into_iter().map(|(artist, e)| (artist, affinity(e.said, e.pro, e.contra)));
        self.artist_affinity = judged.collect();
        self.artists = self.artist_affinity.iter().map(|(&artist, &affinity)| (artist, affinity)).collect();
        self.artists.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    }

    fn read_tags_and_sound(&mut self, catalogue: &Catalogue) {
        let mut tags = FxHashMap::<TagId, f32>::default();
        for &(id, affinity) in &self.liked {
            let Some(track) = catalogue.track(id) else { continue };
            for tag in tags_of(catalogue, track) {
                *tags.entry(tag.tag).or_default() += affinity * tag.weight;
            }
            if let Some(sound) = &track.sound {
                self.sound.add(sound, affinity);
            }
        }
        for &(id, affinity) in self.artists.iter().filter(|(_, affinity)| *affinity > 0.0) {
            for tag in catalogue.artist(id).map_or(&[][..], |artist| &artist.tags) {
                *tags.entry(tag.tag).or_default() += affinity * tag.weight;
            }
        }
        let total: f32 = tags.values().sum();
        self.tags = tags.into_iter().map(|(tag, weight)| (tag, weight / total)).collect();
        self.tags.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        self.tag_share = self.tags.iter().copied().collect();
        self.tag_squares = self.tags.iter().map(|(_, share)| share * share).sum();
    }

    /// How much the listener likes an artist, −1 to 1; 0 where nothing is known.
    pub fn artist(&self, artist: ArtistId) -> f32 {
        self.artist_affinity.get(&artist).copied().unwrap_or(0.0)
    }

    /// How far a track's tags are those the listener likes, 0 to 1: the cosine of the two tag vectors.
    pub fn tag_match(&self, catalogue: &Catalogue, track: &Track) -> f32 {
        self.match_tags(tags_of(catalogue, track))
    }

    /// The same for any list of tags.
    pub fn match_tags<'a>(&self, tags: impl IntoIterator<Item = &'a music::TagWeight>) -> f32 {
        let (mut product, mut squares) = (0.0, 0.0);
        for tag in tags {
            product += tag.weight * self.tag_share.get(&tag.tag).copied().unwrap_or(0.0);
            squares += tag.weight * tag.weight;
        }
        let norm = (squares * self.tag_squares).sqrt();
        if norm > 0.0 { (product / norm).min(1.0) } else { 0.0 }
    }

    /// Mainstream or niche: the mean popularity of what is liked, 0 (nobody else plays it) to 1 (everybody does).
    ///
    /// `percentile` tells the share of all tracks that are less popular than a track.
    pub fn mainstream(&self, percentile: impl Fn(TrackId) -> Option<f32>) -> Option<f32> {
        let known = self.liked.iter().filter_map(|&(track, affinity)| Some((percentile(track)?, affinity)));
        let (sum, weight) = known.fold((0.0, 0.0), |(sum, weight), (percentile, affinity)| {
            (sum + percentile * affinity, weight + affinity)
        });
        (weight > 0.0).then(|| sum / weight)
    }
}

/// Whether a tag says what kind of music something is; the language that is sung does not.
pub fn names_a_style(catalogue: &Catalogue, tag: TagId) -> bool {
    catalogue.tag(tag).is_some_and(|tag| tag.kind != TagKind::Language)
}

/// The names of the tags that say what kind of music something is, in order.
pub fn style_names<'a>(
    catalogue: &'a Catalogue,
    tags: &'a [music::TagWeight],
) -> impl Iterator<Item = &'a str> {
    let styles = tags.iter().filter(|weight| names_a_style(catalogue, weight.tag));
    styles.filter_map(|weight| catalogue.tag(weight.tag)).map(|tag| &*tag.name)
}

/// A track's tags, or those of its main artist where it has none of its own.
pub fn tags_of<'a>(catalogue: &'a Catalogue, track: &'a Track) -> &'a [music::TagWeight] {
    if track.tags.is_empty() {
        catalogue.artist(track.main_artist()).map_or(&[], |artist| &artist.tags)
    } else {
        &track.tags
    }
}

#[derive(Default)]
struct Evidence {
    pro: f32,
    contra: f32,
    said: Option<Opinion>,
}

#[cfg(test)]
mod tests {
    use music::{
        Artist, Context, Event, EventKey, ListenerId, Millis, Prompt, Surface, Tag, TagKind, TagWeight,
        Target,
    };
    use smallvec::smallvec;

    use super::*;

    /// Tracks 0 and 1 by artist 0 (rock), track 2 by artist 1 (jazz, by the artist's tag only).
    fn catalogue() -> Catalogue {
        let tag = |row: u32, name: &str| Tag { id: TagId::new(row), name: name.into(), kind: TagKind::Genre };
        let weight = |row| TagWeight { tag: TagId::new(row), weight: 1.0 };
        let artist = |row: u32, tags: Vec<TagWeight>| Artist {
            id: ArtistId::new(row),
            name: format!("artist {row}").into(),
            tags: tags.into(),
        };
        let track = |row: u32, artist: u32, tags: Vec<TagWeight>, energy: f32| {
            let mut sound = Sound::default();
            sound.set(SoundFeature::Energy, energy).unwrap();
            Track {
                id: TrackId::new(row),
                title: format!("track {row}").into(),
                artists: smallvec![ArtistId::new(artist)],
                release: None,
                duration: Some(Millis::new(200_000)),
                date: None,
                explicit: None,
                tags: tags.into(),
                sound: Some(Box::new(sound)),
            }
        };
        Catalogue::new(
            vec![
                track(0, 0, vec![weight(0)], 0.9),
                track(1, 0, vec![weight(0)], 0.7),
                track(2, 1, vec![], 0.1),
            ],
            vec![artist(0, vec![]), artist(1, vec![weight(1)])],
            vec![],
            vec![tag(0, "rock"), tag(1, "jazz")],
        )
    }

    fn summary(prompts: Vec<Prompt>) -> TasteSummary {
        let events: Vec<Event> = prompts
            .into_iter()
            .enumerate()
            .map(|(minute, prompt)| Event {
                key: EventKey::from_bytes([0; 16]),
                listener: ListenerId::new(0),
                at: UnixMillis::new(minute as i64 * music::unit::MINUTE_MS),
                prompt,
                context: Context { surface: Surface::Library, ..Context::default() },
            })
            .collect();
        let profile = TasteProfile::fold(ListenerId::new(0), &events, &|_| Some(Millis::new(200_000)));
        TasteSummary::of(&profile, &catalogue(), UnixMillis::new(music::unit::DAY_MS))
    }

    fn played(row: u32) -> Prompt {
        Prompt::played(TrackId::new(row))
    }

    #[test]
    fn plays_speak_for_artist_genre_and_sound() {
        let summary = summary(vec![played(0), played(0), played(1), played(2)]);
        assert!(summary.artist(ArtistId::new(0)) > summary.artist(ArtistId::new(1)));
        assert_eq!(summary.tags[0].0, TagId::new(0));
        let (energy, spread) = summary.sound.get(SoundFeature::Energy).unwrap();
        assert!(energy > 0.5 && energy < 0.9 && spread > 0.1, "{energy} ± {spread}");
        assert_eq!(summary.sound.get(SoundFeature::Tempo), None);
    }

    #[test]
    fn a_track_without_tags_is_known_by_its_artists_tags() {
        let summary = summary(vec![played(2)]);
        assert_eq!(summary.tags, [(TagId::new(1), 1.0)]);
        let catalogue = catalogue();
        assert!(summary.tag_match(&catalogue, &catalogue.tracks()[2]) > 0.99);
        assert_eq!(summary.tag_match(&catalogue, &catalogue.tracks()[0]), 0.0);
    }

    #[test]
    fn one_disliked_track_does_not_condemn_a_loved_artist() {
        let target = Target::Track(TrackId::new(1));
        let mut prompts = vec![played(0); 10];
        prompts.push(Prompt::Disliked { target });
        let summary = summary(prompts);
        assert!(summary.artist(ArtistId::new(0)) > 0.3);
        assert_eq!(summary.rejected[0].0, TrackId::new(1));
    }

    #[test]
    fn a_disliked_artist_is_disliked_whatever_was_played() {
        let target = Target::Artist(ArtistId::new(0));
        let mut prompts = vec![played(0); 10];
        prompts.push(Prompt::Disliked { target });
        assert_eq!(summary(prompts).artist(ArtistId::new(0)), -1.0);
    }

    #[test]
    fn mainstream_is_the_mean_popularity_of_what_is_liked() {
        let summary = summary(vec![played(0), played(2)]);
        let percentile = |track: TrackId| Some(if track == TrackId::new(0) { 1.0 } else { 0.5 });
        assert!((summary.mainstream(percentile).unwrap() - 0.75).abs() < 0.01);
        assert_eq!(summary.mainstream(|_| None), None);
    }
}
