//! The sounds that invented words are put together from.

use crate::origin::Language;

/// The parts of a word.
pub(super) struct Syllables {
    pub(super) onsets: &'static [&'static str],
    pub(super) vowels: &'static [&'static str],
    pub(super) endings: &'static [&'static str],
}

/// The parts that sound like a language.
pub(super) const fn syllables(language: Language) -> Syllables {
    match language {
        Language::English => Syllables {
            onsets: &[
                "b", "br", "c", "d", "f", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "th", "v", "w",
            ],
            vowels: &["a", "e", "i", "o", "u", "ee", "ai", "ow"],
            endings: &["", "n", "ck", "ll", "rn", "th", "x", "sby", "ton", "ver", "dle", "m"],
        },
        Language::French => Syllables {
            onsets: &[
                "b", "ch", "cl", "d", "f", "gr", "j", "l", "m", "n", "p", "qu", "r", "s", "t", "v", "vr",
            ],
            vowels: &["a", "é", "i", "o", "ou", "eu", "oi", "e"],
            endings: &["", "lle", "ne", "re", "ste", "x", "t", "nde", "lier", "mont", "reau"],
        },
        Language::Spanish => Syllables {
            onsets: &["b", "c", "ch", "d", "f", "g", "j", "l", "m", "n", "p", "r", "s", "t", "tr", "v", "z"],
            vowels: &["a", "e", "i", "o", "u", "ia", "ue"],
            endings: &["", "s", "ra", "ndo", "lla", "z", "nte", "ño", "ro", "l"],
        },
        Language::German => Syllables {
            onsets: &[
                "b", "d", "f", "g", "h", "k", "kr", "l", "m", "n", "pf", "r", "sch", "st", "t", "w", "z",
            ],
            vowels: &["a", "e", "i", "o", "u", "ä", "ö", "ie", "au"],
            endings: &["", "n", "rt", "lm", "nz", "ck", "ld", "ner", "berg", "ster", "f"],
        },
        Language::Portuguese => Syllables {
            onsets: &["b", "c", "d", "f", "g", "j", "l", "lh", "m", "n", "nh", "p", "r", "s", "t", "v", "x"],
            vowels: &["a", "e", "i", "o", "u", "ã", "ei", "ou"],
            endings: &["", "s", "ra", "nho", "l", "ço", "m", "ndo", "ria"],
        },
        Language::Japanese => Syllables {
            onsets: &["k", "s", "t", "n", "h", "m", "y", "r", "w", "sh", "ch", "g", "d", "b", "z", "j"],
            vowels: &["a", "i", "u", "e", "o", "ai", "ou"],
            endings: &["", "", "n", "ko", "mi", "ra", "to", "ki", "zu", "ya"],
        },
    }
}
