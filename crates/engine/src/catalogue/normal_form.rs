//! One spelling for names that differ in typography only.
//!
//! It unifies how a name is typed, never what it says: no word, bracket, digit, diacritic or mark of punctuation is
//! dropped, so `Song (Live)` stays apart from `Song`, `!!!` from `???`, `Zoé` from `Zoe` and `か` from `が`.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfkc};

/// The form of `text` by which names are compared.
///
/// Unicode NFKC (full-width and half-width forms, ligatures), lower case, single spaces; one kind of quote, dash and
/// wave dash; `&` as `and`; `ft`, `feat` and `featuring` as `feat.`; no invisible characters.
/// Applying it twice changes nothing more.
///
/// *Complexity*: linear.
pub fn normal_form(text: &str) -> String {
    let folded: Cow<'_, str> = if text.is_ascii() {
        Cow::Owned(text.to_ascii_lowercase().replace('`', "'"))
    } else {
        Cow::Owned(fold(text))
    };
    let mut normal = String::with_capacity(folded.len());
    for word in folded.split('&').enumerate().flat_map(|(index, part)| {
        let and = (index > 0).then_some("and");
        and.into_iter().chain(part.split_whitespace())
    }) {
        if !normal.is_empty() {
            normal.push(' ');
        }
        push_word(&mut normal, word);
    }
    normal
}

/// Unicode's compatibility forms, case and typography; spaces are left for later.
fn fold(text: &str) -> String {
    let folded: String =
        text.chars().filter_map(before).nfkc().flat_map(char::to_lowercase).filter_map(typography).collect();
    // Lower case can undo the composition of a letter and its mark.
    if is_nfkc(&folded) { folded } else { folded.nfkc().filter_map(typography).collect() }
}

/// Characters that NFKC would take apart into a space and an accent, although people type them as quotes.
fn before(character: char) -> Option<char> {
    match character {
        '\u{00B4}' | '\u{1FEF}' | '\u{1FFD}' => Some('\''),
        other => visible(other),
    }
}

/// Nothing for characters that cannot be seen: soft hyphen, zero-width space, directional marks, word joiner, byte
/// order mark, variation selectors.
///
/// The zero-width joiners stay, because in some scripts they make another word.
fn visible(character: char) -> Option<char> {
    let invisible = matches!(
        character,
        '\u{00AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}'
    );
    (!invisible).then_some(character)
}

/// One character for all that look alike and mean the same.
fn typography(character: char) -> Option<char> {
    let unified = match character {
        '‘' | '’' | '‚' | '‛' | '′' | '‵' | '‹' | '›' | '`' | 'ʹ' | 'ʼ' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{301C}' | '\u{223C}' => '~',
        // The form of sigma at the end of a word.
        'ς' => 'σ',
        other => other,
    };
    visible(unified)
}

/// The word, with the three spellings of "featuring" as one, also behind an opening bracket.
fn push_word(normal: &mut String, word: &str) {
    let bare = word.trim_start_matches(['(', '[']);
    if matches!(bare, "ft" | "ft." | "feat" | "feat." | "featuring") {
        normal.push_str(&word[..word.len() - bare.len()]);
        normal.push_str("feat.");
    } else {
        normal.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn typography_is_unified() {
        for (typed, normal) in [
            ("  Hey   Jude\t", "hey jude"),
            ("Don’t", "don't"),
            ("Don´t", "don't"),
            ("Don`t", "don't"),
            ("“Heroes”", "\"heroes\""),
            ("«Heroes»", "\"heroes\""),
            ("Jay–Z", "jay-z"),
            ("Jay‐Z", "jay-z"),
            ("Wait…", "wait..."),
            ("Simon & Garfunkel", "simon and garfunkel"),
            ("Simon&Garfunkel", "simon and garfunkel"),
            ("＆", "and"),
            ("Song ft. Somebody", "song feat. somebody"),
            ("Song (Featuring Somebody)", "song (feat. somebody)"),
            ("Song [feat Somebody]", "song [feat. somebody]"),
            ("ＡＢＣ１２３", "abc123"),
            ("ｶﾞﾗｽ", "ガラス"),
            ("Ｃ＋＋", "c++"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
            ("Οδυσσευς", "οδυσσευσ"),
            ("Zoe\u{301}", "zoé"),
            ("A\u{200B}B\u{AD}C", "abc"),
            ("I ♥\u{FE0F} You", "i ♥ you"),
        ] {
            assert_eq!(normal_form(typed), normal, "{typed:?}");
        }
    }

    #[test]
    fn what_a_name_says_is_kept() {
        for (one, other) in [
            ("Song", "Song (Live)"),
            ("Song", "Song - Remastered 2011"),
            ("C+", "C-"),
            ("!!!", "???"),
            ("か", "が"),
            ("Zoé", "Zoe"),
            ("Part 1", "Part 2"),
            ("The Band", "Band"),
            ("A.B.", "AB"),
            ("Björk", "Bjork"),
            ("ー", "-"),
            ("Left", "Left feat. Right"),
            ("می‌خواهم", "میخواهم"),
            ("¿", "?"),
        ] {
            assert_ne!(normal_form(one), normal_form(other), "{one:?} and {other:?}");
        }
    }

    #[test]
    fn every_single_character_has_a_stable_form() {
        for character in '\0'..=char::MAX {
            let once = normal_form(&character.to_string());
            assert_eq!(normal_form(&once), once, "U+{:04X}", u32::from(character));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn applying_it_twice_changes_nothing(text in any::<String>()) {
            let once = normal_form(&text);
            prop_assert_eq!(normal_form(&once), once);
        }

        #[test]
        fn names_with_marks_and_spaces_are_stable(text in "[a-zA-ZéİΣςßか゛が&’´`(\\[ft.\u{301}\u{200B} \u{A0}-]{0,24}") {
            let once = normal_form(&text);
            prop_assert_eq!(normal_form(&once), once);
        }

        #[test]
        fn letters_and_digits_of_plain_names_survive(text in "[a-z0-9]{1,12}( [a-z0-9]{1,12}){0,3}") {
            let has_featuring = text.split(' ').any(|word| matches!(word, "ft" | "feat" | "featuring"));
            prop_assume!(!has_featuring);
            prop_assert_eq!(normal_form(&text), text);
        }
    }
}
