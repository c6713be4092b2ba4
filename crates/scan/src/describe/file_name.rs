//! What the path of a file without tags tells of it.

use std::path::{Component, Path};

use engine::FilePath;

/// Names that were read from a path.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Names {
    /// Never empty.
    pub(super) title: String,
    pub(super) artist: Option<String>,
    pub(super) release: Option<String>,
}

/// `Artist/Release/03 - Title.mp3`, `Artist - Title.mp3`, `03. Title.mp3`: as much as is plain.
pub(super) fn names_of(relative: &Path) -> Names {
    let folders: Vec<String> = relative
        .parent()
        .into_iter()
        .flat_map(Path::components)
        .filter_map(|component| match component {
            Component::Normal(name) => Some(FilePath::of(Path::new(name)).to_string()),
            _ => None,
        })
        .collect();
    let stem = relative.file_stem().map(|stem| FilePath::of(Path::new(stem)).to_string()).unwrap_or_default();
    let stem = without_number(stem.replace('_', " ").trim()).to_owned();
    let (artist, title) = match stem.split_once(" - ") {
        Some((artist, title)) if !artist.trim().is_empty() && !title.trim().is_empty() => {
            (Some(artist.trim().to_owned()), without_number(title.trim()).to_owned())
        }
        _ => (None, stem),
    };
    // Only two folders are plainly artist and release; one may be anything.
    let (of_folder, release) = match folders.as_slice() {
        [.., artist, release] => (Some(artist.clone()), Some(release.clone())),
        _ => (None, None),
    };
    let title = if title.is_empty() { "[untitled]".to_owned() } else { cut(&title) };
    Names {
        title,
        artist: artist.or(of_folder).map(|name| cut(&name)),
        release: release.map(|name| cut(&name)),
    }
}

/// The text without a track number before it: `03 - `, `3. `, `1-03 `.
fn without_number(text: &str) -> &str {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-');
    let number = &text[..text.len() - rest.len()];
    let is_number = number.len() <= 5 && number.starts_with(|c: char| c.is_ascii_digit());
    let parted = rest.starts_with(['.', ' ', ')']);
    let rest = rest.trim_start_matches(['.', ' ', ')', '-']);
    if is_number && parted && !rest.is_empty() { rest } else { text }
}

fn cut(text: &str) -> String {
    text.chars().take(500).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_what_is_plain_in_it() {
        for (path, artist, release, title) in [
            (
                "Nina Simone/Pastel Blues/10 - Sinnerman.flac",
                Some("Nina Simone"),
                Some("Pastel Blues"),
                "Sinnerman",
            ),
            (
                "music/Nina Simone/Pastel Blues/1-10 Sinnerman.mp3",
                Some("Nina Simone"),
                Some("Pastel Blues"),
                "Sinnerman",
            ),
            ("downloads/Nina_Simone_-_Sinnerman.mp3", Some("Nina Simone"), None, "Sinnerman"),
            ("03. Sinnerman.ogg", None, None, "Sinnerman"),
            ("99 Luftballons.mp3", None, None, "Luftballons"),
            ("1999.mp3", None, None, "1999"),
            ("a\nb.mp3", None, None, "a\\nb"),
            (".mp3", None, None, ".mp3"),
        ] {
            let names = names_of(Path::new(path));
            assert_eq!(
                (names.artist.as_deref(), names.release.as_deref(), names.title.as_str()),
                (artist, release, title),
                "{path:?}"
            );
        }
    }
}
