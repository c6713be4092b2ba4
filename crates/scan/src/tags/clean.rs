//! Texts out of files as the rest of Segue can bear them: one line, no control characters, and an end.

/// The longest text of a tag that is kept, in characters; longer titles are cut.
pub(super) const TEXT_LEN_MAX: usize = 500;
/// The longest lyrics that are kept, in characters.
pub(super) const LYRICS_LEN_MAX: usize = 100_000;

/// The text on one line without spaces around it; nothing where nothing is left.
pub(super) fn line(text: &str) -> Option<String> {
    let mut clean = String::new();
    for (count, character) in text.trim().chars().enumerate() {
        if count == TEXT_LEN_MAX {
            break;
        }
        clean.push(if character.is_control() { ' ' } else { character });
    }
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

/// The text with its lines, ending in `\n` and without other control characters.
pub(super) fn lines(text: &str) -> Option<String> {
    let text: String = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .take(LYRICS_LEN_MAX)
        .map(|character| if character.is_control() && character != '\n' { ' ' } else { character })
        .collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_no_control_characters_and_an_end() {
        assert_eq!(line("  Two\nlines\0 "), Some("Two lines".to_owned()));
        assert_eq!(line(" \u{0}\t "), None);
        assert_eq!(line(&"é".repeat(9_000)).map(|text| text.chars().count()), Some(TEXT_LEN_MAX));
    }

    #[test]
    fn lyrics_keep_their_lines() {
        assert_eq!(lines("a\r\nb\rc\u{7}\n\n"), Some("a\nb\nc".to_owned()));
    }
}
