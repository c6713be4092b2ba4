//! The project's files in memory, so that a check reads the same thing from disk and from a test.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::source::Source;

/// Files larger than this are data, not text that people write.
const TEXT_BYTES_MAX: u64 = 1 << 20;

/// One text file.
#[derive(Clone, Debug)]
pub(crate) struct TextFile {
    /// Its path from the root, with `/` between the parts.
    pub(crate) path: String,
    /// What it says.
    pub(crate) text: String,
}

impl TextFile {
    /// The lines with their numbers, from 1.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

/// The text files of the project and the Rust sources among them, parsed.
pub(crate) struct Tree {
    files: Vec<TextFile>,
    sources: Vec<Source>,
    unparsed: Vec<(String, syn::Error)>,
}

impl Tree {
    /// The files that git tracks below `root` or would track, as they are now.
    ///
    /// Without git, as in an unpacked archive, all files outside `target` and hidden directories.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let paths = match listed_by_git(root) {
            Some(paths) => paths,
            None => found_below(root)?,
        };
        let mut files = Vec::new();
        for path in paths {
            let full = root.join(&path);
            // A file may be tracked and deleted, or a link; neither is text of ours.
            let Ok(metadata) = full.symlink_metadata() else { continue };
            if !metadata.is_file() || metadata.len() > TEXT_BYTES_MAX {
                continue;
            }
            let bytes = std::fs::read(&full).with_context(|| format!("cannot read {path}"))?;
            if let Ok(text) = String::from_utf8(bytes) {
                files.push(TextFile { path, text });
            }
        }
        Ok(Self::of(files))
    }

    /// A tree of these files.
    pub(crate) fn of(files: Vec<TextFile>) -> Self {
        let mut sources = Vec::new();
        let mut unparsed = Vec::new();
        for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
            match Source::parse(file) {
                Ok(source) => sources.push(source),
                Err(error) => unparsed.push((file.path.clone(), error)),
            }
        }
        Source::mark_test_only(&mut sources);
        Self { files, sources, unparsed }
    }

    /// A tree of these paths and texts.
    #[cfg(test)]
    pub(crate) fn example(files: &[(&str, &str)]) -> Self {
        let file = |&(path, text): &(&str, &str)| TextFile { path: path.to_owned(), text: text.to_owned() };
        Self::of(files.iter().map(file).collect())
    }

    /// All text files.
    pub(crate) fn files(&self) -> &[TextFile] {
        &self.files
    }

    /// The Rust sources that parse.
    pub(crate) fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The Rust sources that do not parse, and why.
    pub(crate) fn unparsed(&self) -> &[(String, syn::Error)] {
        &self.unparsed
    }

    /// The file with this path.
    pub(crate) fn file(&self, path: &str) -> Option<&TextFile> {
        self.files.iter().find(|file| file.path == path)
    }
}

fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let list = String::from_utf8(output.stdout).ok()?;
    // During a merge git lists a file once for each side.
    let paths: BTreeSet<&str> = list.split('\0').filter(|path| !path.is_empty()).collect();
    Some(paths.into_iter().map(str::to_owned).collect())
}

fn found_below(root: &Path) -> Result<Vec<String>> {
    let mut paths = Vec::new();
    let mut open = vec![String::new()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(root.join(&directory))? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = if directory.is_empty() { name.clone() } else { format!("{directory}/{name}") };
            match entry.file_type()? {
                kind if kind.is_dir() && name != "target" && name != ".git" => open.push(path),
                kind if kind.is_file() => paths.push(path),
                _ => {}
            }
        }
    }
    paths.sort_unstable();
    Ok(paths)
}
