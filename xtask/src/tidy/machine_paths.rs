//! Nothing that is tracked names a place on one person's machine.

use std::path::Path;

use crate::finding::Finding;
use crate::tree::Tree;

/// Directories below which a person's name follows.
const HOMES: [&str; 4] = ["/home/", "/Users/", "C:\\Users\\", "C:/Users/"];
/// Directories that exist on some machines only.
const PLACES: [&str; 2] = ["/work/", "/root/"];
/// Names that stand for anybody.
const ANYBODY: [&str; 5] = ["user", "you", "me", "alice", "bob"];

/// Reports absolute paths of this or another machine.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).parent().and_then(Path::to_str).unwrap_or_default();
    let mut findings = Vec::new();
    for file in tree.files() {
        for (line, text) in file.lines() {
            if let Some(path) = machine_path(text, here) {
                let what = format!(
                    "`{path}` exists on one machine only; write it from the root, or take it as an argument"
                );
                findings.push(Finding::error(&file.path, line, what));
            }
        }
    }
    findings
}

/// The first such path in a line, up to where it ends.
fn machine_path<'a>(text: &'a str, here: &str) -> Option<&'a str> {
    let whole = |at: usize| {
        let end = text[at..].find(|c: char| c.is_whitespace() || "\"'`)>,;".contains(c));
        &text[at..end.map_or(text.len(), |end| at + end)]
    };
    // A short root such as `/` or `/src` would be found everywhere.
    if let Some(at) = (here.matches('/').count() > 1).then(|| text.find(here)).flatten() {
        return Some(whole(at));
    }
    let starts_here = |at: usize| {
        // In an address or after a variable the path goes on; after a quote or a space it starts.
        let before = text[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "/._-}$~*".contains(c))
    };
    let place = PLACES.iter().find_map(|place| {
        let at = text.match_indices(place).map(|(at, _)| at).find(|&at| starts_here(at))?;
        let follows = text[at + place.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '.');
        follows.then(|| whole(at))
    });
    let home = || {
        HOMES.iter().find_map(|home| {
            let at = text.match_indices(home).map(|(at, _)| at).find(|&at| starts_here(at))?;
            let rest = &text[at + home.len()..];
            let end = rest.find(['/', '\\'])?;
            let name = &rest[..end];
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "._-".contains(c));
            (is_name && !ANYBODY.contains(&name)).then(|| whole(at))
        })
    };
    place.or_else(home)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together here, so that this file does not break its own rule.
    fn path(parts: &[&str]) -> String {
        parts.iter().flat_map(|part| ["/", part]).collect()
    }

    #[test]
    fn paths_of_a_machine_are_found() {
        for bad in [
            format!("see {}.", path(&["home", "maria", "segue"])),
            format!("\"{}\"", path(&["work", "main"])),
            format!("({})", path(&["root", ".cargo"])),
            "C:\\Users\\maria\\segue".to_owned(),
            format!("in {}", path(&["somewhere", "checkout", "crates"])),
        ] {
            assert!(machine_path(&bad, &path(&["somewhere", "checkout"])).is_some(), "{bad}");
        }
    }

    #[test]
    fn routes_addresses_and_examples_are_left_alone() {
        for good in [
            "https://musicbrainz.org/work/3",
            ".route(\"/home\", get(home))",
            ".route(\"/home/{listener}/mixes\", get(home))",
            "/home/alice/Music/a.flac",
            "target/work/a",
            "the /work/ directory",
        ] {
            assert_eq!(machine_path(good, "/"), None, "{good}");
        }
    }
}
