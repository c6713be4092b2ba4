//! From what a person types to the track, artist or listener that is meant.

use anyhow::{Context as _, Result, bail};
use engine::Library;
use engine::catalogue::normal_form;
use music::{ArtistId, Catalogue, ListenerId, Target, TrackId};

/// Things that are listed where a name is not clear, at most.
const SHOWN_MAX: usize = 5;

/// The listener of this name.
///
/// # Errors
/// Where there is none; the text lists some that there are.
pub(crate) fn listener(library: &Library, name: &str) -> Result<ListenerId> {
    if let Some(id) = library.listener_named(name) {
        return Ok(id);
    }
    // Ids of a data set carry its name before them; the id alone will do where only one has it.
    let in_a_space: Vec<&str> = library
        .listeners()
        .iter()
        .map(|full| &**full)
        .filter(|full| full.rsplit_once('/').is_some_and(|(_, id)| id == name))
        .take(SHOWN_MAX)
        .collect();
    match in_a_space.as_slice() {
        [] => {}
        [full] => return library.listener_named(full).context("a name in the list is nobody's"),
        several => bail!("several listeners are `{name}` of some data set: say {}", several.join(" or ")),
    }
    let names: Vec<&str> = library.listeners().iter().take(SHOWN_MAX).map(|name| &**name).collect();
    match library.listeners().len() {
        0 => bail!("there is no listener yet; import some history first, for example with `segue import`"),
        count if count > SHOWN_MAX => {
            bail!("there is no listener `{name}`; there are {count}, such as {}", names.join(", "))
        }
        _ => bail!("there is no listener `{name}`; there are {}", names.join(", ")),
    }
}

/// The track, artist, release or playlist that is meant: an id such as `t42`, `a7`, `r3` or `p1`, an artist's name, a
/// track's title, or both as "Title by Artist" or "Artist - Title".
///
/// # Errors
/// Where nothing has this name; the text lists what is near.
pub(crate) fn target(catalogue: &Catalogue, text: &str) -> Result<Target> {
    if let Some(id) = id(text) {
        return Ok(id);
    }
    let wanted = normal_form(text);
    if let Some(artist) = best_artist(catalogue, |name| name == wanted) {
        return Ok(Target::Artist(artist));
    }
    let parts = [" by ", " - ", " – "].into_iter().filter_map(|mark| {
        let (left, right) = text.split_once(mark)?;
        let (title, artist) = if mark == " by " { (left, right) } else { (right, left) };
        Some((normal_form(title), normal_form(artist)))
    });
    for (title, artist) in parts {
        let found = catalogue.tracks().iter().find(|track| {
            normal_form(&track.title) == title
                && normal_form(&catalogue.artist_names(track)).contains(&artist)
        });
        if let Some(track) = found {
            return Ok(Target::Track(track.id));
        }
    }
    if let Some(track) = catalogue.tracks().iter().find(|track| normal_form(&track.title) == wanted) {
        return Ok(Target::Track(track.id));
    }
    let near = near(catalogue, &wanted);
    if near.is_empty() {
        bail!("nothing is called `{text}`; write an artist, \"Title by Artist\", or an id such as t42");
    }
    bail!("nothing is called exactly `{text}`; near it are {}", near.join("; "))
}

fn id(text: &str) -> Option<Target> {
    let track = || text.parse::<TrackId>().ok().map(Target::Track);
    let artist = || text.parse::<ArtistId>().ok().map(Target::Artist);
    let release = || text.parse().ok().map(Target::Release);
    let playlist = || text.parse().ok().map(Target::Playlist);
    track().or_else(artist).or_else(release).or_else(playlist)
}

/// Among artists of one name, the one with the most tracks.
fn best_artist(catalogue: &Catalogue, is_meant: impl Fn(&str) -> bool) -> Option<ArtistId> {
    let named = catalogue.artists().iter().filter(|artist| is_meant(&normal_form(&artist.name)));
    named.max_by_key(|artist| catalogue.tracks_by_artist(artist.id).len()).map(|artist| artist.id)
}

fn near(catalogue: &Catalogue, wanted: &str) -> Vec<String> {
    let artists = catalogue.artists().iter().filter(|artist| normal_form(&artist.name).contains(wanted));
    let artists = artists.map(|artist| format!("{} ({})", artist.name, artist.id));
    let tracks = catalogue.tracks().iter().filter(|track| normal_form(&track.title).contains(wanted));
    let tracks = tracks.map(|track| format!("{} ({})", catalogue.label(track.id), track.id));
    artists.chain(tracks).take(SHOWN_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_of_a_data_set_is_found_by_the_id_alone_where_it_is_the_only_one() {
        let mut library = Library::default();
        let ids: Vec<ListenerId> = ["lastfm-2k/2", "lastfm-2k/3", "ml-1m/3", "anna"]
            .into_iter()
            .map(|name| library.add_listener(name).unwrap())
            .collect();
        let found = |name: &str| listener(&library, name).map_err(|error| error.to_string());
        assert_eq!(found("lastfm-2k/2"), Ok(ids[0]));
        assert_eq!(found("2"), Ok(ids[0]));
        assert_eq!(found("anna"), Ok(ids[3]));
        let both = "several listeners are `3` of some data set: say lastfm-2k/3 or ml-1m/3";
        assert_eq!(found("3"), Err(both.to_owned()));
        assert!(found("2k/2").is_err() && found("").is_err());
    }
}
