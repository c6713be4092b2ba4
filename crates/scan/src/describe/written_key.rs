//! Keys as people and disc jockeys write them: `Am`, `F# minor`, `Bbmaj`, `8A` (Camelot), `1m` (Open Key).

/// The tonic (C = 0) and whether it is major.
pub(super) fn parse(text: &str) -> Option<(u8, bool)> {
    let text: String = text.trim().replace('♯', "#").replace('♭', "b");
    wheel(&text).or_else(|| named(&text))
}

/// A place on the circle of fifths: a number from 1 to 12 and a letter.
fn wheel(text: &str) -> Option<(u8, bool)> {
    let letter = text.chars().last()?.to_ascii_lowercase();
    let number: u8 = text[..text.len() - letter.len_utf8()].parse().ok().filter(|n| (1..=12).contains(n))?;
    // Fifths above C for major and above A for minor.
    let (fifths, is_major) = match letter {
        'b' => (i16::from(number) - 8, true),
        'a' => (i16::from(number) - 8, false),
        'd' => (i16::from(number) - 1, true),
        'm' => (i16::from(number) - 1, false),
        _ => return None,
    };
    let start = if is_major { 0 } else { 9 };
    Some(((start + 7 * fifths).rem_euclid(12) as u8, is_major))
}

fn named(text: &str) -> Option<(u8, bool)> {
    let mut letters = text.chars();
    let natural: i16 = match letters.next()?.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let rest = letters.as_str();
    let (shift, rest) = match rest.chars().next() {
        Some('#') => (1, &rest[1..]),
        Some('b') => (-1, &rest[1..]),
        _ => (0, rest),
    };
    let is_major = match rest.trim().to_ascii_lowercase().as_str() {
        "" | "maj" | "major" | "dur" => true,
        "m" | "min" | "minor" | "moll" => false,
        _ => return None,
    };
    Some(((natural + shift).rem_euclid(12) as u8, is_major))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_every_spelling() {
        for (text, key) in [
            ("C", Some((0, true))),
            ("Am", Some((9, false))),
            ("F# minor", Some((6, false))),
            ("Bbmaj", Some((10, true))),
            ("B♭m", Some((10, false))),
            ("Cb", Some((11, true))),
            ("8A", Some((9, false))),
            ("8B", Some((0, true))),
            ("1A", Some((8, false))),
            ("12b", Some((4, true))),
            ("1m", Some((9, false))),
            ("2d", Some((7, true))),
            ("H", None),
            ("13A", None),
            ("o", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(parse(text), key, "{text}");
        }
    }
}
