//! Keys as people and disc jockeys write them: `Am`, `F# minor`, `Bbmaj`, `8A` (Camelot), `1m` (Open Key).

use music::key::{Key, Mode, PitchClass};

/// The key that this text means.
pub(super) fn parse(text: &str) -> Option<Key> {
    wheel(text.trim()).or_else(|| Key::named(text))
}

/// A place on the circle of fifths: a number from 1 to 12 and a letter.
fn wheel(text: &str) -> Option<Key> {
    let letter = text.chars().last()?.to_ascii_lowercase();
    let number: i32 = text[..text.len() - letter.len_utf8()].parse().ok().filter(|n| (1..=12).contains(n))?;
    // Fifths above C for major and above A for minor.
    let (fifths, mode) = match letter {
        'b' => (number - 8, Mode::Major),
        'a' => (number - 8, Mode::Minor),
        'd' => (number - 1, Mode::Major),
        'm' => (number - 1, Mode::Minor),
        _ => return None,
    };
    let start = if mode == Mode::Major { 0 } else { 9 };
    Some(Key { tonic: PitchClass::above_c(start + 7 * fifths), mode })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_every_spelling() {
        for (text, key) in [
            ("Am", Some("A minor")),
            (" F♯ minor", Some("F♯ minor")),
            ("8A", Some("A minor")),
            ("8B", Some("C major")),
            ("1A", Some("A♭ minor")),
            ("12b", Some("E major")),
            ("1m", Some("A minor")),
            ("2d", Some("G major")),
            ("H", None),
            ("13A", None),
            ("o", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(parse(text).map(|key| key.to_string()).as_deref(), key, "{text}");
        }
    }
}
