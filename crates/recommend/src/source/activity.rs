//! Activity and mood: music that sounds like what is being done, from what the listener likes.

use music::context::Activity;
use music::surface::{Mood, Surface};
use music::{SoundFeature, Target, Track, TrackId};

use super::gathering::Gathering;
use super::popular_in_tags::tags;
use super::{Source, SourceError};
use crate::candidate::Candidate;
use crate::evidence::Evidence;
use crate::query::Query;
use crate::snapshot::Snapshot;

/// Takes liked tracks, and the best known ones of liked genres, that have the sound of the occasion.
#[derive(Debug)]
pub(super) struct ActivitySound;

/// Genres looked through.
const TAG_LIMIT: usize = 5;
/// Tracks looked at for each.
const TRACKS_PER_TAG: usize = 150;
/// Liked tracks looked at.
const LIKED_LIMIT: usize = 400;
/// A liked track counts so much more than one that is only of a liked genre.
const LIKED_BONUS: f32 = 0.5;
/// What does not sound the part at least so much is left out.
const FIT_MIN: f32 = 0.4;

impl Source for ActivitySound {
    fn name(&self) -> &'static str {
        "activity"
    }

    fn purpose(&self) -> &'static str {
        "tracks that sound like what the listener is doing"
    }

    fn prior(&self) -> f32 {
        0.1
    }

    fn propose(&self, query: &Query, snapshot: &Snapshot) -> Result<Vec<Candidate>, SourceError> {
        let Some(mood) = mood_of(query) else { return Ok(Vec::new()) };
        let mut gathering = Gathering::default();
        let mut add = |track: TrackId, worth: f32| {
            let known = snapshot.catalogue.track(track);
            let fit = known.and_then(|track| sound_fit(track, mood)).unwrap_or(0.0);
            if fit >= FIT_MIN && query.is_open_to(track) {
                gathering.add(Target::Track(track), worth * fit, Evidence::Sounds { mood });
            }
        };
        for &(track, affinity) in query.listener.summary.liked.iter().take(LIKED_LIMIT) {
            add(track, LIKED_BONUS + affinity);
        }
        for (tag, share) in tags(query, snapshot).into_iter().take(TAG_LIMIT) {
            for &track in snapshot.tracks_with_tag(tag).iter().take(TRACKS_PER_TAG) {
                add(track, share);
            }
        }
        Ok(gathering.into_proposals())
    }

    fn silence(&self, query: &Query, _: &Snapshot) -> Option<&'static str> {
        mood_of(query).is_none().then_some("nobody says what the listener is doing")
    }
}

/// What the music is for: by the mix; else as far as the client says, by the playlist it is asked from, else by the activity.
pub(crate) fn mood_of(query: &Query) -> Option<Mood> {
    if let Some(mood) = query.request.mix.mood {
        return Some(mood);
    }
    let context = &query.request.context;
    if let Surface::Playlist { mood: Some(mood), .. } = context.surface {
        return Some(mood);
    }
    Some(match context.activity? {
        Activity::Working => Mood::Focus,
        Activity::Commuting | Activity::Driving => Mood::Travel,
        Activity::Exercising => Mood::Workout,
        Activity::Relaxing => Mood::Chill,
        Activity::Cooking => Mood::Happy,
        Activity::Partying => Mood::Party,
        Activity::Sleeping => Mood::Sleep,
    })
}

/// A range of one sound feature: its middle, and the distance at which a track is half as fitting.
type Range = (SoundFeature, f32, f32);

/// What music for a mood sounds like.
///
/// A judgement, after what listeners' playlists with these words have in common; not tuned.
const fn ranges(mood: Mood) -> &'static [Range] {
    use SoundFeature::{Acousticness, Danceability, Energy, Instrumentalness, Speechiness, Tempo, Valence};
    match mood {
        Mood::Focus => &[(Energy, 0.35, 0.25), (Speechiness, 0.03, 0.12), (Instrumentalness, 0.8, 0.5)],
        Mood::Sleep => &[(Energy, 0.1, 0.2), (Acousticness, 0.85, 0.4), (Tempo, 75.0, 35.0)],
        Mood::Chill => &[(Energy, 0.35, 0.2), (Valence, 0.5, 0.35), (Acousticness, 0.55, 0.4)],
        Mood::Workout => &[(Energy, 0.85, 0.2), (Tempo, 132.0, 25.0), (Danceability, 0.65, 0.3)],
        Mood::Party => &[(Danceability, 0.8, 0.2), (Energy, 0.75, 0.25), (Valence, 0.65, 0.35)],
        Mood::Sad => &[(Valence, 0.2, 0.2), (Energy, 0.3, 0.3)],
        Mood::Happy => &[(Valence, 0.8, 0.2), (Energy, 0.6, 0.3)],
        Mood::Travel => &[(Energy, 0.6, 0.25), (Valence, 0.6, 0.35)],
        Mood::Romance => &[(Valence, 0.45, 0.3), (Energy, 0.35, 0.25), (Acousticness, 0.5, 0.4)],
    }
}

/// How far a track sounds like music for `mood`, 0 to 1; none where none of the features that matter is known.
pub(crate) fn sound_fit(track: &Track, mood: Mood) -> Option<f32> {
    let sound = track.sound.as_deref()?;
    let fit = |&(feature, middle, half): &Range| {
        let distance = (sound.get(feature)? - middle) / half;
        Some(1.0 / (1.0 + distance * distance))
    };
    let known: Vec<f32> = ranges(mood).iter().filter_map(fit).collect();
    (!known.is_empty()).then(|| known.iter().product::<f32>().powf(1.0 / known.len() as f32))
}
