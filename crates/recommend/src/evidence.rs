//! Why a source proposes something: facts that the explanation can be made of.

use music::surface::Mood;
use music::{ArtistId, ReleaseId, TagId, TrackId};
use serde::Serialize;
use taste::DayPart;

/// What a source has to say for a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Evidence {
    /// It lies near the listener's taste as a whole.
    Taste,
    /// It lies near one self of the listener, for which `medoid` stands.
    Persona {
        /// The track in the middle of that self.
        medoid: TrackId,
    },
    /// People who listen to `to` listen to it.
    Neighbour {
        /// A track the listener likes or asked for.
        to: TrackId,
    },
    /// It stands on playlists together with `with`.
    Together {
        /// A track the listener likes or asked for.
        with: TrackId,
    },
    /// It is often heard in one session with `after`.
    Session {
        /// A track that was just heard.
        after: TrackId,
    },
    /// Its artist is heard by those who hear `to`.
    SimilarArtist {
        /// An artist the listener likes or asked for.
        to: ArtistId,
    },
    /// It is by an artist the listener likes.
    ByArtist {
        /// The artist.
        artist: ArtistId,
    },
    /// It came out lately, by an artist the listener follows or loves.
    NewFrom {
        /// The artist.
        artist: ArtistId,
        /// Days since it came out.
        days: u32,
    },
    /// It came out lately and carries a tag the listener likes.
    NewIn {
        /// The tag.
        tag: TagId,
        /// Days since it came out.
        days: u32,
    },
    /// More people play it than before.
    Trending {
        /// How many listeners play it.
        listener_count: u32,
    },
    /// It is widely played.
    Popular {
        /// How many listeners play it.
        listener_count: u32,
    },
    /// Nothing is known about who plays it, nor about who plays anything it could stand behind.
    Unheard,
    /// It carries a tag the listener likes; nobody is known to have played it.
    Tagged {
        /// The tag.
        tag: TagId,
    },
    /// It is among the most played with a tag the listener likes.
    PopularIn {
        /// The tag.
        tag: TagId,
    },
    /// It sounds like `to`.
    Sound {
        /// A track the listener likes or asked for.
        to: TrackId,
    },
    /// Its words are like those of `to`.
    Lyrics {
        /// A track the listener likes or asked for.
        to: TrackId,
    },
    /// Its cover looks like that of `to`.
    Art {
        /// A track the listener likes or asked for.
        to: TrackId,
    },
    /// It is like `to` in all that is known of both.
    Alike {
        /// A track the listener likes or asked for.
        to: TrackId,
    },
    /// It was loved and not heard for long.
    Forgotten {
        /// How often it was played.
        play_count: u32,
        /// Days since then; unknown where the plays have no date.
        days: Option<u32>,
    },
    /// It was played much in a calendar year.
    InYear {
        /// Which.
        year: i16,
        /// How often it was played in it.
        play_count: u16,
    },
    /// It is on heavy rotation.
    Again {
        /// How often it was played.
        play_count: u32,
    },
    /// It belongs to this part of the listener's week.
    Habit {
        /// The part of the week.
        part: DayPart,
    },
    /// Some of those who share most with the listener have heard it out these days.
    InCompany {
        /// How many of them.
        listener_count: u32,
    },
    /// Others put it on right after `after`.
    Follows {
        /// A track that was just heard.
        after: TrackId,
    },
    /// Listeners who are near to this one like it.
    SimilarListeners {
        /// How many of them.
        listener_count: u32,
    },
    /// Listeners of a kind that this one probably is of play it more than others do.
    InSegment {
        /// How many of them.
        listener_count: u32,
    },
    /// It is on its way up among the tracks with a tag the listener likes.
    RisingIn {
        /// The tag.
        tag: TagId,
        /// How many listeners play it.
        listener_count: u32,
    },
    /// It is among the best known of a genre that many like, and little is known of the listener.
    WideGenre {
        /// The genre.
        tag: TagId,
    },
    /// It is sung in a language that the listener prefers.
    InLanguage {
        /// The language.
        tag: TagId,
    },
    /// It sounds like what the listener is doing.
    Sounds {
        /// What the music is for.
        mood: Mood,
    },
    /// It comes from a decade that the listener goes back to.
    Era {
        /// Its first year.
        decade: u16,
    },
    /// It stands on a release of which the listener likes something else.
    SameRelease {
        /// The release.
        release: ReleaseId,
    },
    /// The listener said that they like it, and hardly plays it.
    Kept {
        /// How often it was played.
        play_count: u32,
    },
    /// It is of a genre that stands beside one the listener likes.
    BesideGenre {
        /// Its genre.
        tag: TagId,
        /// The liked one.
        near: TagId,
    },
    /// It fits the words of a search that is not long ago.
    SearchedFor,
    /// It carries a tag the listener likes, and hardly anybody has played it yet.
    Explore {
        /// The tag.
        tag: TagId,
        /// The chance at which it was drawn.
        chance: f32,
    },
}

impl Evidence {
    /// Whether it names something of this very target, and would not fit half the slate as well.
    pub const fn is_particular(self) -> bool {
        !matches!(
            self,
            Self::Taste
                | Self::Persona { .. }
                | Self::Habit { .. }
                | Self::Unheard
                | Self::Tagged { .. }
                | Self::WideGenre { .. }
                | Self::InLanguage { .. }
                | Self::Sounds { .. }
                | Self::Era { .. }
        )
    }
}
