//! Evidence in words.

use music::surface::Mood;
use music::{ArtistId, TrackId};
use taste::summary::{style_names, tags_of};

use crate::evidence::Evidence;
use crate::snapshot::Snapshot;

pub(super) fn artist_name(snapshot: &Snapshot, id: ArtistId) -> String {
    snapshot.catalogue.artist(id).map_or_else(|| id.to_string(), |artist| artist.name.to_string())
}

/// Evidence in words, as a clause that can stand after "because".
pub fn evidence_words(snapshot: &Snapshot, evidence: Evidence) -> String {
    let track = |id: TrackId| snapshot.catalogue.label(id);
    let artist = |id: ArtistId| artist_name(snapshot, id);
    let tag =
        |id| snapshot.catalogue.tag(id).map_or_else(String::new, |tag: &music::Tag| tag.name.to_string());
    match evidence {
        Evidence::Taste => "it fits your taste as a whole".to_owned(),
        Evidence::Persona { medoid } => format!("it fits {}", persona_words(snapshot, medoid)),
        Evidence::Neighbour { to } => format!("people who play {} play it", track(to)),
        Evidence::Together { with } => format!("it stands on playlists with {}", track(with)),
        Evidence::Session { after } => format!("it is often heard with {}", track(after)),
        Evidence::SimilarArtist { to } => format!("people who play {} play this artist", artist(to)),
        Evidence::ByArtist { artist: id } => format!("it is by {}, and you have not heard it", artist(id)),
        Evidence::NewFrom { artist: id, days } => {
            format!("it is new from {} ({})", artist(id), age_words(days))
        }
        Evidence::NewIn { tag: id, days } => format!("it is new {} ({})", tag(id), age_words(days)),
        Evidence::Trending { listener_count } => {
            format!("more and more people play it ({})", listeners(listener_count))
        }
        Evidence::Popular { listener_count } => format!("many play it ({})", listeners(listener_count)),
        Evidence::Unheard => "nobody is known to play it yet".to_owned(),
        Evidence::PopularIn { tag: id } => format!("it is among the most played {} tracks", tag(id)),
        Evidence::Tagged { tag: id } => format!("it is {}", tag(id)),
        Evidence::Sound { to } => format!("it sounds like {}", track(to)),
        Evidence::Lyrics { to } => format!("its words are like those of {}", track(to)),
        Evidence::Art { to } => format!("its cover looks like that of {}", track(to)),
        Evidence::Alike { to } => format!("all in all it is like {}", track(to)),
        Evidence::Forgotten { play_count, days } => match days {
            Some(days) => format!("you played it {}, but not for {}", times(play_count), days_words(days)),
            None => format!("you played it {}, some time ago", times(play_count)),
        },
        Evidence::InYear { year, play_count } => {
            format!("you played it {} in {year}", times(u32::from(play_count)))
        }
        Evidence::Again { play_count } => format!("you play it these weeks ({} so far)", times(play_count)),
        Evidence::Habit { part } => format!("you play it on {}", part.name()),
        Evidence::Follows { after } => format!("others put it on right after {}", track(after)),
        Evidence::SimilarListeners { listener_count } => {
            format!("of those who share most with you, {} it", count_like(listener_count))
        }
        Evidence::InCompany { listener_count } => {
            let have =
                if listener_count == 1 { "one has".to_owned() } else { format!("{listener_count} have") };
            format!("of those who share most with you, {have} heard it these days")
        }
        Evidence::InSegment { listener_count } => {
            format!(
                "one kind of listeners plays it more than others do, perhaps yours ({})",
                listeners(listener_count)
            )
        }
        Evidence::RisingIn { tag: id, listener_count } => {
            format!("it is on its way up in {} ({})", tag(id), listeners(listener_count))
        }
        Evidence::WideGenre { tag: id } => format!("it is {}, one of the widest genres here", tag(id)),
        Evidence::SearchedFor => "it fits what you searched for lately".to_owned(),
        Evidence::InLanguage { tag: id } => format!("its language is one you prefer ({})", tag(id)),
        Evidence::Sounds { mood } => format!("it sounds right for {}", mood_words(mood)),
        Evidence::Era { decade } => format!("it comes from the {decade}s, which you like"),
        Evidence::SameRelease { release } => match snapshot.catalogue.release(release) {
            Some(release) => format!("you like other tracks of {}", release.title),
            None => "you like other tracks of its release".to_owned(),
        },
        Evidence::Kept { play_count: 0 } => "you liked it, and have not played it".to_owned(),
        Evidence::Kept { play_count } => format!("you liked it, and played it only {}", times(play_count)),
        Evidence::BesideGenre { tag: id, near } => {
            format!("it is {}, which stands beside {}", tag(id), tag(near))
        }
        Evidence::Explore { tag: id, .. } => format!("it is {} that hardly anybody knows yet", tag(id)),
    }
}

/// A self is named by the first tag of the track it stands around.
fn persona_words(snapshot: &Snapshot, medoid: TrackId) -> String {
    let label = snapshot.catalogue.label(medoid);
    let tag = snapshot
        .catalogue
        .track(medoid)
        .and_then(|track| style_names(&snapshot.catalogue, tags_of(&snapshot.catalogue, track)).next());
    match tag {
        Some(tag) => format!("your {tag} side, around {label}"),
        None => format!("your side around {label}"),
    }
}

/// What music for a mood is right for.
pub(crate) const fn mood_words(mood: Mood) -> &'static str {
    match mood {
        Mood::Focus => "concentrated work",
        Mood::Sleep => "falling asleep",
        Mood::Chill => "resting",
        Mood::Workout => "sport",
        Mood::Party => "dancing",
        Mood::Sad => "a sad hour",
        Mood::Happy => "a happy hour",
        Mood::Travel => "being on the way",
        Mood::Romance => "love",
    }
}

fn count_like(count: u32) -> String {
    if count == 1 { "one likes".to_owned() } else { format!("{count} like") }
}

/// How often, in words.
pub(crate) fn times(count: u32) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn listeners(count: u32) -> String {
    if count == 1 { "1 listener".to_owned() } else { format!("{count} listeners") }
}

fn age_words(days: u32) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days old"),
    }
}

fn days_words(days: u32) -> String {
    match days {
        0..=59 => format!("{days} days"),
        60..=729 => format!("{} months", days / 30),
        _ => format!("{} years", days / 365),
    }
}
