//! Markdown has one sentence per line, so that a change shows as the sentence it changes.
//!
//! Where a sentence ends is guessed, so this only ever notes.

use crate::finding::Finding;
use crate::tree::Tree;

/// What ends in a full stop without ending a sentence.
const ABBREVIATIONS: [&str; 12] =
    ["e.g.", "i.e.", "etc.", "vs.", "cf.", "al.", "approx.", "Dr.", "Mr.", "No.", "St.", "feat."];

/// Notes lines with two sentences; code, tables and headings are left alone.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files().iter().filter(|file| file.path.ends_with(".md")) {
        let mut in_code = false;
        for (line, text) in file.lines() {
            let text = text.trim_start();
            if text.starts_with("```") || text.starts_with("~~~") {
                in_code = !in_code;
            }
            if in_code || text.starts_with(['|', '#']) || text.starts_with("```") {
                continue;
            }
            if let Some(word) = sentence_end(text) {
                let what = format!("a sentence ends at `{word}` and another begins; give each its own line");
                findings.push(Finding::note(&file.path, line, what));
            }
        }
    }
    findings
}

/// The word before the first sentence end that is followed by another sentence.
fn sentence_end(text: &str) -> Option<&str> {
    let text = ["- ", "* ", "+ ", "> "].iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text);
    let mut in_code = false;
    let mut words = text.split(' ').peekable();
    let mut is_first = true;
    while let Some(word) = words.next() {
        in_code ^= word.matches('`').count() % 2 == 1;
        // `1. Start` numbers a list.
        let is_number = is_first && word.trim_end_matches('.').parse::<u32>().is_ok();
        is_first = false;
        let bare = word.trim_end_matches(['*', '_', ')', '"', '”']);
        let ends = bare.ends_with(['.', '!', '?']) && !bare.ends_with("...");
        // A bold opening is a heading that runs into its text.
        let is_heading = text.starts_with("**") && bare != word && word.ends_with("**");
        let is_initial = bare.len() == 2 && bare.starts_with(char::is_uppercase);
        let is_abbreviation = ABBREVIATIONS.contains(&bare.trim_start_matches(['(', '"']));
        let next = words.peek().map(|next| next.trim_start_matches(['*', '_', '(', '"', '“', '[', '`']));
        let begins = next.is_some_and(|next| next.starts_with(char::is_uppercase));
        if ends && begins && !in_code && !is_number && !is_heading && !is_initial && !is_abbreviation {
            return Some(word);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sentences_on_a_line_are_noted() {
        for bad in [
            "One. Two.",
            "* **Bold.** Then two. Three.",
            "A *slanted one.* Two.",
            "Really? Yes.",
            "(One.) Two.",
        ] {
            assert!(sentence_end(bad).is_some(), "{bad}");
        }
        for good in [
            "One sentence, e.g. Bach, with J. S. Initials.",
            "1. One",
            "* **A heading.** One.",
            "Call `a. B` here",
            "Version 1.2 Comes",
            "And so on... The rest",
        ] {
            assert_eq!(sentence_end(good), None, "{good}");
        }
    }

    #[test]
    fn code_tables_and_headings_are_left_alone() {
        let page = "# One. Two.\n| One. Two. |\n```\nOne. Two.\n```\nOne. Two.\n";
        let tree = Tree::example(&[("a.md", page), ("a.txt", "One. Two.")]);
        let lines: Vec<_> = check(&tree).into_iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [6]);
    }
}
