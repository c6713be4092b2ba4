//! Pairs of names and texts become the fields of [`Tags`].

use lofty::picture::{Picture, PictureType};
use music::ReleaseDate;
use music::release::ReleaseKind;

use super::raw::Raw;
use super::{Art, Credit, Flags, Gain, MusicBrainzIds, Place, Tags, clean};

/// Entries that one list keeps.
const LIST_LEN_MAX: usize = 32;
/// Entries that the list of credits keeps.
const CREDIT_COUNT_MAX: usize = 128;
/// Roles that stand in tags of their own.
const ROLES: [&str; 9] =
    ["COMPOSER", "LYRICIST", "CONDUCTOR", "REMIXER", "ARRANGER", "PRODUCER", "ENGINEER", "MIXER", "DJMIXER"];
/// What ReplayGain's reference is above that of R128. *Unit*: LU.
const R128_TO_REPLAY_GAIN_DB: f32 = 5.0;

/// The fields of these pairs.
pub(super) fn tags_of(mut raw: Raw) -> Tags {
    let lyrics = lyrics_of(&mut raw);
    let pairs = Pairs(&raw.pairs);
    let (track, disc) = (pairs.place("TRACKNUMBER", "TRACKTOTAL"), pairs.place("DISCNUMBER", "DISCTOTAL"));
    let title = pairs.one("TITLE");
    let artists = pairs.people("ARTISTS", "ARTIST");
    let mut tags = Tags {
        flags: pairs.flags(title.as_deref(), &artists),
        title,
        album_artists: pairs.people("ALBUMARTISTS", "ALBUMARTIST"),
        artists,
        release: pairs.one("ALBUM"),
        release_kind: pairs.release_kind(),
        track,
        disc,
        date: pairs.date(&["RELEASEDATE", "DATE"]),
        original_date: pairs.date(&["ORIGINALDATE"]),
        genres: pairs.words("GENRE", &[';', '/', ',']),
        moods: pairs.words("MOOD", &[';', '/', ',']),
        languages: pairs.words("LANGUAGE", &[';', '/', ',']).iter().map(|word| language(word)).collect(),
        instruments: pairs.words("INSTRUMENT", &[';', '/', ',']),
        groupings: pairs.words("GROUPING", &[';']),
        credits: Vec::new(),
        bpm: pairs.number("BPM").filter(|bpm| (1.0..=1_000.0).contains(bpm)),
        key: pairs.one("KEY"),
        musicbrainz: pairs.musicbrainz(),
        isrcs: pairs.words("ISRC", &[';', '/', ',', ' ']).iter().filter_map(|code| isrc(code)).collect(),
        gain: pairs.gain(),
        lyrics,
        art: raw.pictures.iter().map(art).collect(),
        has_oversized_art: raw.has_oversized_pictures,
        duration: raw.duration,
    };
    tags.credits = pairs.credits(&raw.people, &mut tags.instruments);
    tags
}

/// The words of these pairs; takes those with times out of `raw`.
pub(super) fn lyrics_of(raw: &mut Raw) -> super::Lyrics {
    let mut lyrics = super::Lyrics::default();
    lyrics.add_timed(std::mem::take(&mut raw.timed_lyrics));
    let pairs = Pairs(&raw.pairs);
    for name in ["SYNCEDLYRICS", "LYRICS", "UNSYNCEDLYRICS"] {
        pairs.all(name).for_each(|text| lyrics.add_text(text));
    }
    lyrics.complete();
    lyrics
}

/// The first picture that shows the front, else the first, of those that browsers show.
pub(super) fn front_picture(raw: Raw) -> Option<super::Picture> {
    let (mut front, mut first) = (None, None);
    for picture in raw.pictures {
        let is_front = picture.pic_type() == PictureType::CoverFront;
        let place = if is_front { &mut front } else { &mut first };
        if place.is_none() {
            *place = super::Picture::of(picture.into_data());
        }
    }
    front.or(first)
}

fn art(picture: &Picture) -> Art {
    let shows = match picture.pic_type() {
        PictureType::CoverFront => super::FRONT,
        PictureType::CoverBack => "back",
        PictureType::Artist | PictureType::LeadArtist | PictureType::Band => "artist",
        _ => "other",
    };
    let (media_type, width, height) = super::picture::look(picture.data()).unwrap_or_default();
    Art {
        shows: shows.to_owned(),
        media_type: media_type.to_owned(),
        width,
        height,
        size: picture.data().len() as u64,
        hash: blake3::hash(picture.data()).to_hex().to_string(),
    }
}

/// The pairs of one file.
struct Pairs<'a>(&'a [(String, String)]);

impl<'a> Pairs<'a> {
    fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    fn one(&self, name: &str) -> Option<String> {
        self.all(name).find_map(clean::line)
    }

    fn number(&self, name: &str) -> Option<f32> {
        self.all(name).find_map(number)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.all(name).find_map(|text| match text.trim().to_lowercase().as_str() {
            "1" | "true" | "yes" => Some(true),
            "0" | "false" | "no" => Some(false),
            _ => None,
        })
    }

    /// Different words, each once, where a text may hold several.
    fn words(&self, name: &str, separators: &[char]) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for word in self.all(name).flat_map(|text| text.split(separators)).filter_map(clean::line) {
            let is_known = words.iter().any(|known| known.eq_ignore_ascii_case(&word));
            if !is_known && words.len() < LIST_LEN_MAX {
                words.push(word);
            }
        }
        words
    }

    /// Names one by one from `list` where a tagger wrote them so, else from `credit`.
    fn people(&self, list: &str, credit: &str) -> Vec<String> {
        let listed = self.words(list, &[]);
        // A slash is part of too many names; a semicolon is in none.
        if listed.is_empty() { self.words(credit, &[';']) } else { listed }
    }

    fn place(&self, number: &str, count: &str) -> Place {
        let text = self.one(number).unwrap_or_default();
        let mut parts = text.split('/').map(|part| part.trim().parse().ok().filter(|&part| part > 0));
        let number = parts.next().flatten();
        let total = || self.one(count)?.parse().ok().filter(|&count| count > 0);
        Place { number, count: parts.next().flatten().or_else(total) }
    }

    fn date(&self, names: &[&str]) -> Option<ReleaseDate> {
        names.iter().flat_map(|name| self.all(name)).find_map(date)
    }

    fn release_kind(&self) -> Option<ReleaseKind> {
        let kinds: Vec<ReleaseKind> = self
            .words("RELEASETYPE", &[';', '/', ','])
            .iter()
            .filter_map(|word| release_kind(word))
            .collect();
        // The second word says more than the first: `album; live`.
        kinds.iter().copied().find(|kind| *kind != ReleaseKind::Album).or(kinds.first().copied())
    }

    fn flags(&self, title: Option<&str>, artists: &[String]) -> Flags {
        let explicit =
            self.all("ITUNESADVISORY").find_map(|text| match text.trim().to_lowercase().as_str() {
                // 4 is what an early version of the format wrote; 0 is what is written where nobody said anything.
                "1" | "4" | "explicit" | "true" | "yes" => Some(true),
                "2" | "clean" | "false" | "no" => Some(false),
                _ => None,
            });
        let says = |word: &str| title.and_then(|title| bracket_says(title, word).then_some(true));
        let by_another = || {
            let original = self.one("ORIGINALARTIST")?;
            Some(!artists.is_empty() && !artists.iter().any(|artist| artist.eq_ignore_ascii_case(&original)))
        };
        let is_live = self.release_kind() == Some(ReleaseKind::Live);
        let zxx = || self.all("LANGUAGE").any(|code| code.eq_ignore_ascii_case("zxx")).then_some(true);
        let cover = self.flag("COVER").or_else(|| says("cover")).or_else(by_another);
        Flags {
            explicit,
            original: self.flag("ORIGINAL").or_else(|| cover.filter(|&cover| cover).map(|_| false)),
            cover,
            live: self.flag("LIVE").or_else(|| says("live")).or(is_live.then_some(true)),
            instrumental: self.flag("INSTRUMENTAL").or_else(|| says("instrumental")).or_else(zxx),
            compilation: self.flag("COMPILATION"),
        }
    }

    fn musicbrainz(&self) -> MusicBrainzIds {
        let list = |name: &str| -> Vec<String> {
            self.words(name, &[';', '/', ',', ' ']).iter().filter_map(|id| uuid(id)).collect()
        };
        let one = |name: &str| self.all(name).find_map(uuid);
        MusicBrainzIds {
            recording: one("MUSICBRAINZTRACKID"),
            release_track: one("MUSICBRAINZRELEASETRACKID"),
            release: one("MUSICBRAINZALBUMID"),
            release_group: one("MUSICBRAINZRELEASEGROUPID"),
            artists: list("MUSICBRAINZARTISTID"),
            album_artists: list("MUSICBRAINZALBUMARTISTID"),
            works: list("MUSICBRAINZWORKID"),
        }
    }

    fn gain(&self) -> Gain {
        let db = |replay: &str, r128: &str| {
            let in_range = |db: &f32| (-100.0..=100.0).contains(db);
            let steps = || self.number(r128).map(|steps| steps / 256.0 + R128_TO_REPLAY_GAIN_DB);
            self.number(replay).or_else(steps).filter(in_range)
        };
        let peak = |name: &str| self.number(name).filter(|peak| (0.0..=1_000.0).contains(peak));
        Gain {
            track_db: db("REPLAYGAINTRACKGAIN", "R128TRACKGAIN"),
            album_db: db("REPLAYGAINALBUMGAIN", "R128ALBUMGAIN"),
            track_peak: peak("REPLAYGAINTRACKPEAK"),
            album_peak: peak("REPLAYGAINALBUMPEAK"),
        }
    }

    /// Who did what; instruments that somebody is said to play are noted in `instruments` too.
    fn credits(&self, people: &[(String, String)], instruments: &mut Vec<String>) -> Vec<Credit> {
        let mut credits: Vec<Credit> = Vec::new();
        let mut add = |role: &str, name: &str| {
            let (Some(role), Some(name)) = (clean::line(&role.to_lowercase()), clean::line(name)) else {
                return;
            };
            let credit = Credit { role, name };
            if credits.len() < CREDIT_COUNT_MAX && !credits.contains(&credit) {
                credits.push(credit);
            }
        };
        for role in ROLES {
            self.words(role, &[';']).iter().for_each(|name| add(role, name));
        }
        let mut played: Vec<String> = Vec::new();
        // `Name (guitar)` in Vorbis comments; a pair of role and name in ID3v2.
        for text in self.words("PERFORMER", &[]) {
            let parts = text.strip_suffix(')').and_then(|text| text.rsplit_once(" ("));
            let (name, role) = parts.unwrap_or((text.as_str(), "performer"));
            add(role, name);
            played.extend(parts.map(|(_, role)| role.to_owned()));
        }
        for (role, name) in people {
            add(role, name);
            if !ROLES.contains(&role.to_uppercase().replace(['-', ' '], "").as_str()) {
                played.push(role.clone());
            }
        }
        for role in played.iter().flat_map(|roles| roles.split(',')) {
            let word = clean::line(&role.to_lowercase()).filter(|word| is_instrument(word));
            let Some(word) = word else { continue };
            let is_known = instruments.iter().any(|known| known.eq_ignore_ascii_case(&word));
            if !is_known && instruments.len() < LIST_LEN_MAX {
                instruments.push(word);
            }
        }
        credits
    }
}

/// Roles that are no instruments.
fn is_instrument(role: &str) -> bool {
    let no_instrument =
        ["performer", "guest", "solo", "additional", "minor", "mix", "dj mix", "background vocals"];
    !no_instrument.contains(&role)
}

fn number(text: &str) -> Option<f32> {
    let text = text.trim().trim_end_matches(['d', 'D', 'b', 'B', ' ']);
    text.replace(',', ".").parse().ok().filter(|number: &f32| number.is_finite())
}

/// The date at the start of a text: `2019`, `2019-06`, `2019-06-14T…`, `2019/06/14`, `20190614`.
fn date(text: &str) -> Option<ReleaseDate> {
    let text = text.trim().replace(['/', '.'], "-");
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = || match (digits, text.len()) {
        (true, 8) => format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]).parse().ok(),
        _ => text.parse().ok(),
    };
    whole().or_else(|| text.get(..4)?.parse().ok())
}

fn release_kind(word: &str) -> Option<ReleaseKind> {
    Some(match word.to_lowercase().as_str() {
        "album" => ReleaseKind::Album,
        "ep" => ReleaseKind::Ep,
        "single" => ReleaseKind::Single,
        "compilation" => ReleaseKind::Compilation,
        "live" => ReleaseKind::Live,
        "soundtrack" => ReleaseKind::Soundtrack,
        _ => return None,
    })
}

/// Whether a title says of itself, in brackets or behind a dash, that it is such a version.
fn bracket_says(title: &str, word: &str) -> bool {
    let title = title.to_lowercase();
    let bracketed = title.split(['(', '[']).skip(1).map(|part| part.split([')', ']']).next().unwrap_or(part));
    let dashed = title.rsplit_once(" - ").map(|(_, after)| after);
    bracketed.chain(dashed).any(|part| part.split(|c: char| !c.is_alphanumeric()).any(|found| found == word))
}

fn uuid(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let fits = text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    fits.then_some(text)
}

fn isrc(text: &str) -> Option<String> {
    let code: String = text.chars().filter(|c| *c != '-').flat_map(char::to_uppercase).collect();
    let fits = code.len() == 12
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && code.as_bytes()[5..].iter().all(u8::is_ascii_digit);
    fits.then_some(code)
}

/// The short code of a language that was written out or with three letters; others stay as they are.
fn language(word: &str) -> String {
    const CODES: &[(&str, &[&str])] = &[
        ("ar", &["ara", "arabic"]),
        ("cs", &["ces", "cze", "czech"]),
        ("da", &["dan", "danish"]),
        ("de", &["deu", "ger", "german"]),
        ("el", &["ell", "gre", "greek"]),
        ("en", &["eng", "english"]),
        ("es", &["spa", "spanish"]),
        ("fi", &["fin", "finnish"]),
        ("fr", &["fra", "fre", "french"]),
        ("he", &["heb", "hebrew"]),
        ("hi", &["hin", "hindi"]),
        ("it", &["ita", "italian"]),
        ("ja", &["jpn", "japanese"]),
        ("ko", &["kor", "korean"]),
        ("la", &["lat", "latin"]),
        ("nl", &["nld", "dut", "dutch"]),
        ("no", &["nor", "norwegian"]),
        ("pl", &["pol", "polish"]),
        ("pt", &["por", "portuguese"]),
        ("ru", &["rus", "russian"]),
        ("sv", &["swe", "swedish"]),
        ("tr", &["tur", "turkish"]),
        ("zh", &["zho", "chi", "chinese"]),
    ];
    let word = word.to_lowercase();
    let short = CODES.iter().find(|(_, long)| long.contains(&word.as_str()));
    short.map_or(word, |(short, _)| (*short).to_owned())
}
