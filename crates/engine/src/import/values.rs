//! Names, codes and numbers as files write them, in the one form in which they are stored.
//!
//! What cannot be what it should be is none; the caller counts it and takes the record without it.

use music::{ExternalId, Millis};

/// A MusicBrainz identifier: a UUID, also at the end of a link.
pub(super) fn mbid(text: &str) -> Option<ExternalId> {
    let text = text.trim().trim_end_matches('/');
    let uuid = text.rsplit('/').next().unwrap_or(text);
    let is_uuid = uuid.len() == 36
        && uuid.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    is_uuid.then(|| ExternalId::Mbid(uuid.to_ascii_lowercase().into()))
}

/// A recording code: two letters, three letters or digits, seven digits; hyphens between them do not count.
pub(super) fn isrc(text: &str) -> Option<ExternalId> {
    let code: String =
        text.trim().chars().filter(|c| *c != '-').map(|c| c.to_ascii_uppercase()).take(13).collect();
    let is_code = code.len() == 12
        && code.bytes().enumerate().all(|(index, byte)| match index {
            0 | 1 => byte.is_ascii_uppercase(),
            2..=4 => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            _ => byte.is_ascii_digit(),
        });
    is_code.then(|| ExternalId::Isrc(code.into()))
}

/// What a Spotify URI can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SpotifyKind {
    Track,
    Artist,
    Album,
}

impl SpotifyKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Artist => "artist",
            Self::Album => "album",
        }
    }
}

/// A Spotify URI of this kind, given as such, as a link, or as its bare id of 22 characters.
pub(super) fn spotify(kind: SpotifyKind, text: &str) -> Option<ExternalId> {
    let text = text.trim();
    let name = kind.name();
    let of_link = || {
        let path = text.split_once("open.spotify.com/")?.1;
        let rest = path.split_once(name)?.1.strip_prefix('/')?;
        rest.split(['?', '/', '#']).next()
    };
    let of_uri = || text.strip_prefix("spotify:")?.strip_prefix(name)?.strip_prefix(':');
    let id = of_uri().or_else(of_link).unwrap_or(text);
    let is_id = id.len() == 22 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_id.then(|| ExternalId::SpotifyUri(format!("spotify:{name}:{id}").into()))
}

/// A name in the id space of a data set.
pub(super) fn foreign(space: &str, value: &str) -> Option<ExternalId> {
    let value = value.trim();
    (!value.is_empty()).then(|| ExternalId::Foreign { space: space.into(), value: value.into() })
}

/// The text without spaces around it, where there is any.
pub(super) fn text(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// A length of time; zero is what many files write for "not known".
pub(super) fn duration(value: f64, unit_ms: f64) -> Option<Millis> {
    let ms = (value * unit_ms).round();
    (ms >= 1.0 && ms <= f64::from(u32::MAX)).then(|| Millis::new(ms as u32))
}

/// A length of played time; zero is a fact.
pub(super) fn played(value: f64, unit_ms: f64) -> Option<Millis> {
    let ms = (value * unit_ms).round();
    (ms >= 0.0 && ms <= f64::from(u32::MAX)).then(|| Millis::new(ms as u32))
}

/// Yes or no, as files write it.
pub(super) fn flag(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(true),
        "false" | "f" | "no" | "n" | "0" | "0.0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_one_form() {
        let uuid = "B1A9C0E9-D987-4042-AE91-78D6A3267D69";
        let expected = Some(ExternalId::Mbid(uuid.to_lowercase().into()));
        assert_eq!(mbid(uuid), expected);
        assert_eq!(mbid(&format!("https://musicbrainz.org/recording/{uuid}/")), expected);
        for wrong in
            ["", "b1a9c0e9", "b1a9c0e9-d987-4042-ae91-78d6a3267d6g", "é1a9c0e9-d987-4042-ae91-78d6a3267d6"]
        {
            assert_eq!(mbid(wrong), None, "{wrong:?}");
        }
        assert_eq!(isrc("gb-um7-10-29604"), Some(ExternalId::Isrc("GBUM71029604".into())));
        for wrong in ["", "GBUM7102960", "GBUM710296044", "1BUM71029604", "GBUM7102960X"] {
            assert_eq!(isrc(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn spotify_names_are_read_from_uris_links_and_ids() {
        let expected = Some(ExternalId::SpotifyUri("spotify:track:6rqhFgbbKwnb9MLmUQDhG6".into()));
        for text in [
            "spotify:track:6rqhFgbbKwnb9MLmUQDhG6",
            "https://open.spotify.com/track/6rqhFgbbKwnb9MLmUQDhG6?si=abc",
            "http://open.spotify.com/intl-de/track/6rqhFgbbKwnb9MLmUQDhG6",
            "6rqhFgbbKwnb9MLmUQDhG6",
        ] {
            assert_eq!(spotify(SpotifyKind::Track, text), expected, "{text}");
        }
        for wrong in
            ["spotify:artist:6rqhFgbbKwnb9MLmUQDhG6", "spotify:local:a:b:c:1", "", "6rqhFgbbKwnb9MLmUQDhG"]
        {
            assert_eq!(spotify(SpotifyKind::Track, wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn numbers_without_sense_are_none() {
        assert_eq!(duration(0.0, 1.0), None);
        assert_eq!(duration(f64::NAN, 1.0), None);
        assert_eq!(duration(180.4, 1000.0), Some(Millis::new(180_400)));
        assert_eq!(duration(1e12, 1.0), None);
        assert_eq!(played(0.0, 1.0), Some(Millis::new(0)));
        assert_eq!(played(-1.0, 1.0), None);
        assert_eq!((flag("TRUE"), flag("0"), flag("maybe")), (Some(true), Some(false), None));
    }
}
