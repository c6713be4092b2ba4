//! A module is named after its idea, never after "things that had no other place".

use crate::finding::Finding;
use crate::tree::Tree;

/// Names that say nothing.
const EMPTY_NAMES: [&str; 12] = [
    "util", "utils", "common", "helper", "helpers", "manager", "managers", "misc", "base", "shared", "new",
    "v2",
];

/// Reports modules with an empty name, as file or directory, in tests too.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources() {
        let parts = source.path_in_crate().trim_end_matches(".rs").split('/');
        for part in parts.filter(|part| EMPTY_NAMES.contains(part)) {
            let what = format!("a module named `{part}` says nothing; name it after the one idea it holds");
            findings.push(Finding::error(&source.path, 1, what));
        }
        for item in &source.syntax.items {
            let syn::Item::Mod(module) = item else { continue };
            if module.content.is_some() && EMPTY_NAMES.contains(&module.ident.to_string().as_str()) {
                let line = module.ident.span().start().line;
                let what = format!("a module named `{}` says nothing; name it after its idea", module.ident);
                findings.push(Finding::error(&source.path, line, what));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_names_are_refused_wherever_they_stand() {
        let tree = Tree::example(&[
            ("crates/a/src/lib.rs", "mod utils;\nmod helpers { }\nmod session;"),
            ("crates/a/src/utils.rs", ""),
            ("crates/a/tests/common/mod.rs", ""),
            ("crates/common/src/session.rs", ""),
        ]);
        let said: Vec<_> = check(&tree).into_iter().map(|finding| (finding.path, finding.line)).collect();
        let expected =
            [("crates/a/src/lib.rs", 2), ("crates/a/src/utils.rs", 1), ("crates/a/tests/common/mod.rs", 1)];
        assert_eq!(said, expected.map(|(path, line)| (path.to_owned(), line)));
    }
}
