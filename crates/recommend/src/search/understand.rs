//! From words to what they mean: the longest phrase that is known, from left to right.

use music::{ArtistId, Catalogue, TagId, TagKind};
use rustc_hash::FxHashMap;

use super::sounding::SOUNDINGS;
use super::words::{is_filler, language, words, years};
use super::{Meaning, Part, Understood};
use crate::snapshot::Snapshot;

/// Words of a phrase that is looked for, at most.
const PHRASE_LEN_MAX: usize = 6;
/// Words of a description that are looked at.
const WORDS_MAX: usize = 40;

/// What `text` asks for.
///
/// A phrase of several words may be an artist or a tag; a single word is a time, a tag, a language, a way to sound or an
/// artist, whichever comes first: most single words are names of some artist, too.
/// After "by" the artist comes first.
///
/// *Complexity*: as many lookups as the text has phrases.
pub fn understand(snapshot: &Snapshot, text: &str) -> Understood {
    let mut words = words(text);
    words.truncate(WORDS_MAX);
    let names = snapshot.names();
    let mut understood = Understood::default();
    let mut at = 0;
    while at < words.len() {
        let is_by = at > 0 && words[at - 1] == "by";
        let longest = PHRASE_LEN_MAX.min(words.len() - at);
        let found = (1..=longest).rev().find_map(|len| {
            let phrase = words[at..at + len].join(" ");
            let meaning = names.meaning(&phrase, is_by)?;
            // An article is part of a name that begins with it, and of nothing else.
            (len > 1 || !is_filler(&phrase)).then_some((len, Part { text: phrase, meaning }))
        });
        match found {
            Some((len, part)) => {
                understood.parts.push(part);
                at += len;
            }
            None => {
                if !is_filler(&words[at]) {
                    understood.not_understood.push(words[at].clone());
                }
                at += 1;
            }
        }
    }
    understood
}

/// The artists, tags and languages of a catalogue by their names.
#[derive(Debug, Default)]
pub(crate) struct Names {
    artists: FxHashMap<String, ArtistId>,
    tags: FxHashMap<String, Vec<TagId>>,
    languages: FxHashMap<String, TagId>,
}

impl Names {
    /// All names of `catalogue`; of artists of one name the one with more tracks is meant.
    ///
    /// *Complexity*: linear in the names.
    pub(crate) fn of(catalogue: &Catalogue, track_count: impl Fn(ArtistId) -> usize) -> Self {
        let mut artists = FxHashMap::default();
        for artist in catalogue.artists() {
            let known = artists.entry(words(&artist.name).join(" ")).or_insert(artist.id);
            if track_count(artist.id) > track_count(*known) {
                *known = artist.id;
            }
        }
        let mut tags = FxHashMap::<String, Vec<TagId>>::default();
        let mut languages = FxHashMap::default();
        for tag in catalogue.tags() {
            if tag.kind == TagKind::Language {
                languages.insert(tag.name.to_string(), tag.id);
            } else {
                // Written together or apart, it is the same: "hiphop", "hip hop", "hip-hop".
                tags.entry(words(&tag.name).concat()).or_default().push(tag.id);
            }
        }
        Self { artists, tags, languages }
    }

    fn meaning(&self, phrase: &str, is_by: bool) -> Option<Meaning> {
        let artist = || self.artists.get(phrase).map(|&artist| Meaning::Artist(artist));
        if is_by && let Some(artist) = artist() {
            return Some(artist);
        }
        let is_single = !phrase.contains(' ');
        if is_single {
            if matches!(phrase, "new" | "newest" | "recent" | "latest") {
                return Some(Meaning::New);
            }
            if let Some((first, last)) = years(phrase) {
                return Some(Meaning::Years(first, last));
            }
        }
        let mut tags = self.tags(phrase);
        let sounding = SOUNDINGS.iter().find(|sounding| sounding.words.contains(&phrase));
        if let Some(language) = language(phrase).and_then(|code| self.languages.get(code)) {
            tags.push(*language);
        }
        if !tags.is_empty() {
            return Some(Meaning::Tags(tags));
        }
        sounding.map(Meaning::Sounding).or_else(artist)
    }

    /// The tags of this name, or of the name in the singular.
    fn tags(&self, phrase: &str) -> Vec<TagId> {
        let joined: String = phrase.split(' ').collect();
        let found = self.tags.get(&joined).or_else(|| self.tags.get(joined.strip_suffix('s')?));
        found.cloned().unwrap_or_default()
    }
}
