//! The style guide's rules as checks, one function and one broken example each.
//!
//! A check reads the [`Tree`] and never the disk, so its test is a few lines of text.
//! What the compiler and clippy check already is not checked here again.

mod comments;
mod function_length;
mod layers;
mod machine_paths;
mod manifests;
mod markdown;
mod mixes;
mod module_docs;
mod module_length;
mod names;
mod purity;
mod sql;
mod todo;

use anyhow::{Result, bail};

use crate::docs;
use crate::finding::{Finding, Level};
use crate::tree::Tree;

/// One rule.
type Check = fn(&Tree) -> Vec<Finding>;

const CHECKS: &[Check] = &[
    parses,
    layers::check,
    manifests::check,
    purity::check,
    module_docs::check,
    module_length::check,
    function_length::check,
    names::check,
    sql::check,
    mixes::check,
    todo::check,
    machine_paths::check,
    markdown::check,
    docs::findings,
];

/// Runs every check and prints what they found.
///
/// # Errors
/// When a rule is broken.
pub(crate) fn run(tree: &Tree) -> Result<()> {
    let findings = CHECKS.iter().flat_map(|check| check(tree)).collect();
    print(findings, tree.files().len())
}

/// Prints findings in the order of the files.
fn print(mut findings: Vec<Finding>, file_count: usize) -> Result<()> {
    findings.sort_by(|a, b| (&a.path, a.line, &a.what).cmp(&(&b.path, b.line, &b.what)));
    for finding in &findings {
        println!("{finding}");
    }
    let error_count = findings.iter().filter(|finding| finding.level == Level::Error).count();
    let note_count = findings.len() - error_count;
    println!("tidy: {file_count} files, {error_count} rules broken, {note_count} notes");
    match error_count {
        0 => Ok(()),
        count => bail!("tidy found {count} broken rules; each line above says what to do"),
    }
}

/// A file that does not parse is checked by nothing, so it is an error here already.
fn parses(tree: &Tree) -> Vec<Finding> {
    let finding = |(path, error): &(String, syn::Error)| {
        let what = format!("this is not Rust ({error}); mend it, nothing else in the file was checked");
        Finding::error(path, error.span().start().line.max(1), what)
    };
    tree.unparsed().iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_does_not_parse_is_reported_with_its_line() {
        let tree = Tree::example(&[("crates/a/src/lib.rs", "//! A.\n\nfn {\n")]);
        let findings = parses(&tree);
        assert_eq!((findings.len(), findings[0].line), (1, 3));
    }

    #[test]
    fn broken_rules_fail_and_notes_do_not() {
        let note = Finding::note("README.md", 1, "note");
        assert!(print(vec![note.clone()], 1).is_ok());
        assert!(print(vec![note, Finding::error("a.rs", 1, "error")], 2).is_err());
        assert!(run(&Tree::example(&[("crates/a/src/lib.rs", "fn a() {}\n")])).is_err());
    }
}
