//! One track, artist, release or playlist as it is shown: cover, names, why it is here, and what can be done with it.

use music::{PlaylistId, Target, TrackId};
use recommend::slate::Picked;
use recommend::{ListenerView, Pick, Slate};

use super::cover::Cover;
use super::shell::target_text;
use crate::api::words::{ArtistLine, ReleaseLine, TrackLine};

/// What a page shows of one target.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    /// Its id.
    pub(crate) id: String,
    pub(crate) cover: Cover,
    /// The track whose file may have a picture of it.
    pub(crate) cover_track: Option<TrackId>,
    /// Where its name leads to, and what one finds there.
    pub(crate) place: String,
    pub(crate) place_title: &'static str,
    pub(crate) title: String,
    pub(crate) artists: Vec<(String, String)>,
    /// Release, tags, length: what else is known, in a few words.
    pub(crate) about: String,
    /// The main reasons in one sentence; empty where it was not recommended.
    pub(crate) why: String,
    pub(crate) reasons: Vec<ReasonLine>,
    pub(crate) is_track: bool,
    pub(crate) is_liked: bool,
    pub(crate) is_disliked: bool,
}

/// A reason with its weight as the length of a bar.
#[derive(Clone, Debug)]
pub(crate) struct ReasonLine {
    pub(crate) text: String,
    pub(crate) source: &'static str,
    pub(crate) number: String,
    /// 0 to 100.
    pub(crate) length: u32,
    pub(crate) is_against: bool,
}

/// Reasons shown at most; the rest are small, and the API tells them all.
const REASON_COUNT_MAX: usize = 8;

impl Card {
    /// The picks of a slate, as `view` knows them.
    pub(crate) fn list(slate: &Slate, view: &ListenerView) -> Vec<Self> {
        slate.picks.iter().map(|pick| Self::of_pick(pick, view)).collect()
    }

    /// One pick.
    pub(crate) fn of_pick(pick: &Pick, view: &ListenerView) -> Self {
        let card = match &pick.what {
            Picked::Track(track) => {
                let ids = track.artist_ids.iter().map(ToString::to_string);
                let artist = track.artist_ids.first().map_or(0, |artist| artist.get());
                Self {
                    cover: Cover::of(
                        artist,
                        track.release_id.map_or(track.id.get(), |release| release.get()),
                    ),
                    title: track.title.clone(),
                    artists: ids.zip(track.artists.iter().cloned()).collect(),
                    about: about_track(track.release.as_deref(), track.duration_ms),
                    ..Self::empty(Target::Track(track.id))
                }
            }
            Picked::Release(release) => {
                let ids = release.artist_ids.iter().map(ToString::to_string);
                let artist = release.artist_ids.first().map_or(0, |artist| artist.get());
                Self {
                    cover: Cover::of(artist, release.id.get()),
                    title: release.title.clone(),
                    artists: ids.zip(release.artists.iter().cloned()).collect(),
                    about: release.year.map_or_else(String::new, |year| year.to_string()),
                    cover_track: Some(release.begin_with),
                    ..Self::empty(Target::Release(release.id))
                }
            }
            Picked::Playlist(playlist) => {
                let ids = playlist.artist_ids.iter().map(ToString::to_string);
                Self {
                    artists: ids.zip(playlist.artists.iter().cloned()).collect(),
                    cover_track: Some(playlist.begin_with),
                    ..Self::of_playlist(playlist.id, &playlist.title, playlist.track_count)
                }
            }
            Picked::Artist(artist) => Self {
                cover: Cover::of(artist.id.get(), artist.id.get()),
                title: artist.name.clone(),
                about: artist.tags.join(", "),
                ..Self::empty(Target::Artist(artist.id))
            },
        };
        Self { why: pick.why.clone(), reasons: reasons(pick), ..card }.with_opinion(pick.what.target(), view)
    }

    /// A track that nobody recommended.
    pub(crate) fn of_track(track: &TrackLine, view: &ListenerView) -> Self {
        let artist = track.artists.first().map_or(0, |artist| artist.id.get());
        let release = track.release.as_ref();
        let card = Self {
            cover: Cover::of(artist, release.map_or(track.id.get(), |release| release.id.get())),
            title: track.title.clone(),
            artists: track
                .artists
                .iter()
                .map(|artist| (artist.id.to_string(), artist.name.clone()))
                .collect(),
            about: about_track(release.map(|release| &*release.title), track.duration_ms),
            ..Self::empty(Target::Track(track.id))
        };
        card.with_opinion(Target::Track(track.id), view)
    }

    /// An artist whom nobody recommended.
    pub(crate) fn of_artist(artist: &ArtistLine, view: &ListenerView) -> Self {
        let target = Target::Artist(artist.id);
        let cover = Cover::of(artist.id.get(), artist.id.get());
        Self { cover, title: artist.name.clone(), ..Self::empty(target) }.with_opinion(target, view)
    }

    /// A release that nobody recommended, with its first track.
    pub(crate) fn of_release(
        release: &ReleaseLine,
        artist: Option<&ArtistLine>,
        track: Option<TrackId>,
        view: &ListenerView,
    ) -> Self {
        let target = Target::Release(release.id);
        let card = Self {
            cover: Cover::of(artist.map_or(0, |artist| artist.id.get()), release.id.get()),
            title: release.title.clone(),
            artists: artist.map(|artist| (artist.id.to_string(), artist.name.clone())).into_iter().collect(),
            about: release.date.map_or_else(String::new, |date| date.year().to_string()),
            cover_track: track,
            ..Self::empty(target)
        };
        card.with_opinion(target, view)
    }

    /// A playlist, without what its tracks say about it.
    pub(crate) fn of_playlist(id: PlaylistId, title: &str, track_count: usize) -> Self {
        Self {
            cover: Cover::of(id.get(), id.get()),
            title: title.to_owned(),
            about: format!("{track_count} tracks"),
            place: format!("/playlist/{id}"),
            place_title: "What is on it",
            ..Self::empty(Target::Playlist(id))
        }
    }

    fn empty(target: Target) -> Self {
        let id = target_text(target);
        Self {
            place: format!("/radio?seed={id}"),
            place_title: "Start a radio from here",
            cover_track: match target {
                Target::Track(track) => Some(track),
                _ => None,
            },
            id,
            cover: Cover::of(0, 0),
            title: String::new(),
            artists: Vec::new(),
            about: String::new(),
            why: String::new(),
            reasons: Vec::new(),
            is_track: matches!(target, Target::Track(_)),
            is_liked: false,
            is_disliked: false,
        }
    }

    /// What the listener has said about it in plain words.
    pub(crate) fn with_opinion(self, target: Target, view: &ListenerView) -> Self {
        let standing = match target {
            Target::Track(id) => view.profile.track(id).map(|taste| taste.standing),
            Target::Artist(id) => view.profile.artist(id).map(|taste| taste.standing),
            Target::Release(id) => view.profile.release(id).copied(),
            Target::Playlist(id) => view.profile.playlist(id).copied(),
        };
        let said = standing.and_then(|standing| standing.said()).map_or(0.0, |said| said.preference);
        Self { is_liked: said > 0.0, is_disliked: said < 0.0, ..self }
    }
}

fn about_track(release: Option<&str>, duration_ms: Option<u32>) -> String {
    let length = duration_ms.map(|ms| music::Millis::new(ms).to_string());
    [release.map(str::to_owned), length].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn reasons(pick: &Pick) -> Vec<ReasonLine> {
    let longest =
        pick.reasons.iter().map(|reason| reason.contribution.abs()).fold(f32::MIN_POSITIVE, f32::max);
    let line = |reason: &recommend::Reason| ReasonLine {
        text: reason.text.clone(),
        source: reason.source,
        number: format!("{:+.2}", reason.contribution),
        length: (100.0 * reason.contribution.abs() / longest).round() as u32,
        is_against: reason.contribution < 0.0,
    };
    let visible = pick.reasons.iter().filter(|reason| reason.contribution.abs() >= 0.005);
    visible.take(REASON_COUNT_MAX).map(line).collect()
}
