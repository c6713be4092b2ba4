//! The pages that are generated from code, so that they cannot say anything else than the code does.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::finding::Finding;
use crate::tree::Tree;

/// One generated page.
struct Page {
    /// Where it lies, from the root.
    path: &'static str,
    /// What it says.
    render: fn() -> String,
}

/// All of them.
const PAGES: &[Page] = &[
    Page { path: "docs/descriptor.md", render: audio::descriptor_markdown },
    Page { path: "docs/features.md", render: audio::features_markdown },
    Page { path: "docs/signals.md", render: taste::signal::table_markdown },
];

/// Writes every page that differs from what the code says.
pub(crate) fn write(root: &Path) -> Result<()> {
    for page in PAGES {
        let text = (page.render)();
        let path = root.join(page.path);
        let is_current = std::fs::read_to_string(&path).is_ok_and(|old| old == text);
        if !is_current {
            std::fs::write(&path, text).with_context(|| format!("cannot write {}", page.path))?;
        }
        println!("{} {}", if is_current { "kept" } else { "wrote" }, page.path);
    }
    Ok(())
}

/// Says which pages are out of date.
///
/// # Errors
/// When one of them is.
pub(crate) fn check(tree: &Tree) -> Result<()> {
    let findings = findings(tree);
    findings.iter().for_each(|finding| println!("{finding}"));
    println!("docs: {} pages, {} out of date", PAGES.len(), findings.len());
    match findings.len() {
        0 => Ok(()),
        count => bail!("{count} generated pages are out of date; run `cargo xtask docs`"),
    }
}

/// The pages that differ from what the code says.
pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    PAGES.iter().filter_map(|page| compare(tree, page)).collect()
}

fn compare(tree: &Tree, page: &Page) -> Option<Finding> {
    let fresh = (page.render)();
    let old = tree.file(page.path).map_or("", |file| &file.text);
    if old == fresh {
        return None;
    }
    let mut pairs = old.lines().map(Some).chain(std::iter::repeat(None)).zip(fresh.lines());
    let same_count = pairs.by_ref().take_while(|(old, fresh)| *old == Some(fresh)).count();
    let what = "the code says something else by now; run `cargo xtask docs`";
    Some(Finding::error(page.path, same_count + 1, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_differs_is_reported_at_the_first_line_that_does() {
        let page = Page { path: "docs/a.md", render: || "one\ntwo\n".to_owned() };
        let line = |files: &[(&str, &str)]| compare(&Tree::example(files), &page).map(|finding| finding.line);
        assert_eq!(line(&[("docs/a.md", "one\ntwo\n")]), None);
        assert_eq!(line(&[("docs/a.md", "one\n2\n")]), Some(2));
        assert_eq!(line(&[("docs/a.md", "one\ntwo\nthree\n")]), Some(3));
        assert_eq!(line(&[]), Some(1));
    }
}
