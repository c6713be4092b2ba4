//! Modules are short enough to read: a second look above 400 lines, a reason above 800.

use crate::finding::Finding;
use crate::tree::Tree;

/// Above this a module is worth a second look.
const NOTED: usize = 400;
/// Above this it must say why.
const REFUSED: usize = 800;
/// The line that says why.
const REASON: &str = "//! tidy: long because ";

/// Reports long modules; lines of tests do not count.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources().iter().filter(|source| !source.test_only) {
        let count = source.line_count_without_tests();
        let is_reasoned =
            source.text.lines().any(|line| line.len() > REASON.len() && line.starts_with(REASON));
        if is_reasoned || count <= NOTED {
            continue;
        }
        let instead = format!("split it by idea, or say why not with `{REASON}…`");
        findings.push(match count {
            0..=REFUSED => Finding::note(&source.path, 1, format!("{count} lines without tests; {instead}")),
            _ => Finding::error(&source.path, 1, format!("{count} lines without tests; {instead}")),
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Level;

    fn levels(text: &str) -> Vec<Level> {
        let tree = Tree::example(&[("crates/a/src/lib.rs", text)]);
        check(&tree).into_iter().map(|finding| finding.level).collect()
    }

    #[test]
    fn long_modules_are_noted_and_then_refused() {
        assert_eq!(levels(&"\n".repeat(400)), []);
        assert_eq!(levels(&"\n".repeat(401)), [Level::Note]);
        assert_eq!(levels(&"\n".repeat(801)), [Level::Error]);
        assert_eq!(levels(&format!("//! tidy: long because it is a table.{}", "\n".repeat(900))), []);
        assert_eq!(levels(&format!("#[cfg(test)] mod tests {{ {} }}", "\n".repeat(900))), []);
    }
}
