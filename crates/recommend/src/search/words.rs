//! A text as words, and words that need a table: languages, fillers.

/// The words of a text: lower case, without punctuation; what a hyphen or slash joins are words of their own.
///
/// `hip-hop`, `Hip Hop` and `hip/hop` are the same two words; `R&B` is one, and `don't` too.
pub(super) fn words(text: &str) -> Vec<String> {
    let folded: String = text
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c == '’' { '\'' } else { c })
        .map(|c| if c.is_alphanumeric() || matches!(c, '&' | '\'' | '+' | '#' | '!') { c } else { ' ' })
        .collect();
    let bare = |word: &str| word.trim_matches(['\'', '!']).to_owned();
    folded.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect()
}

/// Words that only hold others together.
pub(super) fn is_filler(word: &str) -> bool {
    const FILLERS: &[&str] = &[
        "a",
        "an",
        "the",
        "of",
        "for",
        "and",
        "with",
        "in",
        "from",
        "some",
        "music",
        "song",
        "songs",
        "track",
        "tracks",
        "tune",
        "tunes",
        "something",
        "to",
        "me",
        "my",
        "that",
        "is",
        "are",
        "very",
        "more",
        "please",
        "play",
        "find",
        "by",
        "good",
        "like",
    ];
    FILLERS.contains(&word)
}

/// The ISO 639 code of a language by its English name.
pub(super) fn language(word: &str) -> Option<&'static str> {
    const LANGUAGES: &[(&str, &str)] = &[
        ("arabic", "ar"),
        ("bengali", "bn"),
        ("chinese", "zh"),
        ("czech", "cs"),
        ("danish", "da"),
        ("dutch", "nl"),
        ("english", "en"),
        ("finnish", "fi"),
        ("french", "fr"),
        ("german", "de"),
        ("greek", "el"),
        ("hebrew", "he"),
        ("hindi", "hi"),
        ("hungarian", "hu"),
        ("icelandic", "is"),
        ("indonesian", "id"),
        ("irish", "ga"),
        ("italian", "it"),
        ("japanese", "ja"),
        ("korean", "ko"),
        ("mandarin", "zh"),
        ("norwegian", "no"),
        ("persian", "fa"),
        ("polish", "pl"),
        ("portuguese", "pt"),
        ("romanian", "ro"),
        ("russian", "ru"),
        ("spanish", "es"),
        ("swahili", "sw"),
        ("swedish", "sv"),
        ("tamil", "ta"),
        ("thai", "th"),
        ("turkish", "tr"),
        ("ukrainian", "uk"),
        ("vietnamese", "vi"),
        ("welsh", "cy"),
        ("yoruba", "yo"),
    ];
    LANGUAGES.iter().find(|(name, _)| *name == word).map(|(_, code)| *code)
}

/// The years that a word means: `1994`, `80s`, `1980s`.
pub(super) fn years(word: &str) -> Option<(i32, i32)> {
    let (digits, is_decade) = match word.strip_suffix("'s").or_else(|| word.strip_suffix('s')) {
        Some(digits) => (digits, true),
        None => (word, false),
    };
    let number: i32 = digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let year = match (digits.len(), is_decade) {
        (4, _) if (1000..=2999).contains(&number) => number,
        // The tens and twenties are this century's; nobody asks for the music of the 1900s by two digits.
        (2, true) if number % 10 == 0 => {
            if number < 30 {
                2000 + number
            } else {
                1900 + number
            }
        }
        _ => return None,
    };
    Some(if is_decade { (year, year + 9) } else { (year, year) })
}
