//! How well the listener knows an artist: what was heard of them, in all and at each time of the week.
//!
//! Liking says whether somebody is welcome; this says whether they are a stranger, an acquaintance or a habit.

use music::{ArtistId, Catalogue};
use rustc_hash::FxHashMap;

use crate::habits::DayPart;
use crate::profile::TasteProfile;

/// What was heard of one artist.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Acquaintance {
    /// Plays of their tracks that were not skipped, those from before Segue watched included.
    pub play_count: u32,
    /// Their tracks that were skipped, counted each time.
    pub skip_count: u32,
    /// Their tracks that were played.
    pub track_count: u32,
    /// Plays in each part of the week, see [`DayPart`].
    pub day_parts: [u32; DayPart::COUNT],
}

/// The main artists of everything the listener has heard.
///
/// *Complexity*: linear in the tracks of the profile.
pub fn acquaintances(profile: &TasteProfile, catalogue: &Catalogue) -> FxHashMap<ArtistId, Acquaintance> {
    let mut all = FxHashMap::<ArtistId, Acquaintance>::default();
    for (id, taste) in profile.tracks().filter(|(_, taste)| taste.is_heard()) {
        let Some(track) = catalogue.track(id) else { continue };
        let of_artist = all.entry(track.main_artist()).or_default();
        of_artist.play_count = of_artist.play_count.saturating_add(taste.play_count);
        of_artist.skip_count = of_artist.skip_count.saturating_add(taste.skip_count);
        of_artist.track_count += u32::from(taste.play_count > 0);
        for (sum, &plays) in of_artist.day_parts.iter_mut().zip(&taste.day_parts) {
            *sum += u32::from(plays);
        }
    }
    for (artist, taste) in profile.artists().filter(|(_, taste)| taste.plays_before > 0) {
        let of_artist = all.entry(artist).or_default();
        of_artist.play_count = of_artist.play_count.max(taste.plays_before);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::habits::DayPart;
    use music::{
        Artist, Context, Event, EventKey, ListenerId, Millis, Prompt, Target, Track, TrackId, UnixMillis,
    };

    /// Two tracks of artist 0, one of artist 1, nothing of artist 2.
    fn catalogue() -> Catalogue {
        let artist = |row: u32| Artist {
            id: ArtistId::new(row),
            name: format!("artist {row}").into(),
            tags: Box::default(),
        };
        let track = |row: u32, artist: u32| Track {
            id: TrackId::new(row),
            title: format!("track {row}").into(),
            artists: [ArtistId::new(artist)].into_iter().collect(),
            release: None,
            duration: None,
            date: None,
            explicit: None,
            tags: Box::default(),
            sound: None,
        };
        let tracks = vec![track(0, 0), track(1, 0), track(2, 1)];
        Catalogue::new(tracks, (0..3).map(artist).collect(), vec![], vec![])
    }

    #[test]
    fn an_artist_is_known_by_all_their_tracks() {
        let before =
            |artist| Prompt::PlayedBefore { target: Target::Artist(ArtistId::new(artist)), plays: 9 };
        let prompts = [
            Prompt::played(TrackId::new(0)),
            Prompt::played(TrackId::new(0)),
            Prompt::played(TrackId::new(1)),
            Prompt::skipped(TrackId::new(1), Millis::new(2_000)),
            Prompt::skipped(TrackId::new(2), Millis::new(2_000)),
            Prompt::Liked { target: Target::Track(TrackId::new(2)) },
            before(2),
        ];
        let events: Vec<Event> = prompts
            .into_iter()
            .map(|prompt| Event {
                key: EventKey::from_bytes([0; 16]),
                listener: ListenerId::new(0),
                at: UnixMillis::new(0),
                prompt,
                context: Context::default(),
            })
            .collect();
        let profile = TasteProfile::fold(ListenerId::new(0), &events, &|_| None);
        let known = acquaintances(&profile, &catalogue());
        let of = |artist| known[&ArtistId::new(artist)];
        let part = DayPart::of(Context::default().local(UnixMillis::new(0))).index();
        assert_eq!((of(0).play_count, of(0).skip_count, of(0).track_count), (3, 1, 2));
        assert_eq!((of(0).day_parts[part], of(0).day_parts.iter().sum::<u32>()), (3, 3));
        assert_eq!((of(1).play_count, of(1).skip_count, of(1).track_count), (0, 1, 0));
        assert_eq!((of(2).play_count, of(2).skip_count), (9, 0));
    }
}
