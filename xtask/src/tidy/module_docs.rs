//! Every module opens with `//!`: what it is for, and what it deliberately does not do.

use syn::{AttrStyle, Attribute};

use crate::finding::Finding;
use crate::tree::Tree;

/// Reports files without a header.
///
/// The files of test modules need none: their parent says what is tested.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let is_header = |attribute: &Attribute| {
        matches!(attribute.style, AttrStyle::Inner(_)) && attribute.path().is_ident("doc")
    };
    let mut findings = Vec::new();
    for source in tree.sources() {
        let inside = source.path_in_crate();
        let needs_none = source.test_only && inside.starts_with("src/");
        if !needs_none && !source.syntax.attrs.iter().any(is_header) {
            let what = "the module has no header; open it with `//!`: what it is for, what it does not do";
            findings.push(Finding::error(&source.path, 1, what));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_without_a_header_is_reported() {
        let tree = Tree::example(&[
            ("crates/a/src/lib.rs", "//! A.\n#[cfg(test)] mod tests;"),
            ("crates/a/src/b.rs", "/// Not a header.\nfn b() {}"),
            ("crates/a/src/c.rs", "#![expect(dead_code)]\n\n//! C.\n"),
            ("crates/a/src/tests.rs", "fn t() {}"),
            ("crates/a/tests/whole.rs", "fn t() {}"),
        ]);
        let paths: Vec<_> = check(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(paths, ["crates/a/src/b.rs", "crates/a/tests/whole.rs"]);
    }
}
