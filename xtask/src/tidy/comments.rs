//! The comments of a Rust file, which no syntax tree keeps.
//!
//! A small scanner that knows strings, raw strings, characters and nested comments, and nothing else.

/// The lines of all comments, each with its number from 1; documentation is a comment here.
pub(crate) fn comment_lines(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, is_comment) = match first {
            '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), true),
            '/' if rest.starts_with("/*") => (block_comment_length(rest), true),
            '"' => (string_length(rest), false),
            'r' | 'b' | 'c' => (raw_string_length(rest).unwrap_or_else(|| word_length(rest)), false),
            '\'' => (character_length(rest), false),
            first if first.is_alphanumeric() || first == '_' => (word_length(rest), false),
            first => (first.len_utf8(), false),
        };
        let (piece, after) = rest.split_at(length);
        if is_comment {
            found.extend(piece.lines().enumerate().map(|(index, text)| (line + index, text)));
        }
        line += piece.matches('\n').count();
        rest = after;
    }
    found
}

/// `rest` starts with `/*`; comments nest.
fn block_comment_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut depth = 0;
    let mut at = 0;
    while at < bytes.len() {
        match (&bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// `rest` starts with a quote.
fn string_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of `r"…"`, `br#"…"#` and the like, where `rest` starts with one.
fn raw_string_length(rest: &str) -> Option<usize> {
    let after =
        rest.strip_prefix("br").or_else(|| rest.strip_prefix("cr")).or_else(|| rest.strip_prefix('r'))?;
    let opening = after.trim_start_matches('#');
    let hash_count = after.len() - opening.len();
    let body = opening.strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hash_count));
    let end = body.find(&closing).map_or(body.len(), |at| at + closing.len());
    Some(rest.len() - body.len() + end)
}

/// `rest` starts with an apostrophe, which opens a character or a lifetime.
fn character_length(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    match (characters.next(), characters.next()) {
        (Some((_, '\\')), _) => {
            // Skips the escaped character, which may itself be an apostrophe.
            rest.char_indices().skip(3).find(|(_, c)| *c == '\'').map_or(rest.len(), |(at, _)| at + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

fn word_length(rest: &str) -> usize {
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    end.unwrap_or(rest.len()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_told_from_strings_characters_and_lifetimes() {
        let text = r##"//! head
let a = "// no"; // one
let b = r#"a " // no"#; /* two
three /* nested */ end */ let c = '"'; let d: &'a str = "'"; let e = '\''; // four
let f = b"\" // no"; let for_r = '/'; /// five
"##;
        assert_eq!(
            comment_lines(text),
            [
                (1, "//! head"),
                (2, "// one"),
                (3, "/* two"),
                (4, "three /* nested */ end */"),
                (4, "// four"),
                (5, "/// five"),
            ]
        );
    }

    #[test]
    fn text_that_ends_early_ends_the_scan() {
        for text in ["\"open", "/* open", "r#\"open", "'", "'\\", "r", "ö'ö"] {
            let _ = comment_lines(text);
        }
        assert_eq!(comment_lines("/* open"), [(1, "/* open")]);
    }
}
