//! A thing left for later names its issue; without one it is left for never.

use crate::finding::Finding;
use crate::tidy::comments::comment_lines;
use crate::tree::{TextFile, Tree};

/// The words that mark a thing left for later.
const MARKS: [&str; 3] = ["TODO", "FIXME", "XXX"];
/// Files other than Rust sources that are read whole.
const WHOLE: [&str; 9] = [".toml", ".sh", ".sql", ".js", ".css", ".html", ".yml", ".yaml", ".py"];

/// Reports marks without an issue beside them.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files() {
        let lines = match () {
            () if file.path.ends_with(".rs") => comment_lines(&file.text),
            () if is_read_whole(file) => file.lines().collect(),
            () => continue,
        };
        for (line, text) in lines {
            if let Some(mark) = MARKS.into_iter().find(|mark| is_bare(text, mark)) {
                let what = format!("a bare {mark}; do it, or link the issue as in `{mark}(#12)`");
                findings.push(Finding::error(&file.path, line, what));
            }
        }
    }
    findings
}

fn is_read_whole(file: &TextFile) -> bool {
    WHOLE.iter().any(|ending| file.path.ends_with(ending))
}

/// Whether `mark` stands as a word in `text`, with no issue number or address on the line.
fn is_bare(text: &str, mark: &str) -> bool {
    let is_word = |(at, _): (usize, &str)| {
        let before = text[..at].chars().next_back();
        let after = text[at + mark.len()..].chars().next();
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        // In a quotation the word is spoken about.
        !joins(before) && !joins(after) && !matches!(before, Some('`' | '"'))
    };
    let has_issue = text.contains("(#") || text.contains("https://");
    !has_issue && text.match_indices(mark).any(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_mark_is_refused_and_one_with_an_issue_is_not() {
        let mark = MARKS[0];
        let rust = format!(
            "// {mark}: later\n// {mark}(#12): later\nlet a = \"{mark}\";\n/// Rejects `{mark}`.\n// {mark}S\n/* x\n{mark} */"
        );
        let toml = format!("# {mark}\n# {mark} https://example.org/issues/3\n");
        let tree = Tree::example(&[("crates/a/src/lib.rs", &rust), ("a.toml", &toml), ("a.md", mark)]);
        let said: Vec<_> = check(&tree).into_iter().map(|finding| (finding.path, finding.line)).collect();
        let expected = [("crates/a/src/lib.rs", 1), ("crates/a/src/lib.rs", 7), ("a.toml", 1)];
        assert_eq!(said, expected.map(|(path, line)| (path.to_owned(), line)));
    }
}
