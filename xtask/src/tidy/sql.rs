//! SQL stands in one place, behind the store's trait, so that another database can stand beside it.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Item, LitStr, Macro};

use crate::finding::Finding;
use crate::source::{attributes, is_test_only};
use crate::tree::Tree;

/// The one place.
const HOME: &str = "crates/engine/src/store";

/// How a statement begins; capitals as statements are written, so that a sentence is not taken for one.
const OPENINGS: [&str; 11] = [
    "SELECT ",
    "INSERT INTO ",
    "INSERT OR ",
    "UPDATE ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "CREATE INDEX ",
    "CREATE UNIQUE INDEX ",
    "DROP TABLE ",
    "ALTER TABLE ",
    "PRAGMA ",
];

/// Reports statements elsewhere; tests may look at a database from outside.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources().iter().filter(|source| !source.test_only) {
        // These checks have to name what they look for.
        if source.path.starts_with(HOME) || source.path.starts_with("xtask/") {
            continue;
        }
        let mut search = Search::default();
        search.visit_file(&source.syntax);
        findings.extend(search.lines.into_iter().map(|line| {
            let what = format!("SQL outside {HOME}; add a method to the store and call that");
            Finding::error(&source.path, line, what)
        }));
    }
    findings
}

/// The lines on which a statement begins.
#[derive(Default)]
struct Search {
    lines: Vec<usize>,
}

impl Search {
    fn see(&mut self, literal: &LitStr) {
        let text = literal.value();
        let text = text.trim_start();
        if OPENINGS.iter().any(|opening| text.starts_with(opening)) {
            self.lines.push(literal.span().start().line);
        }
    }

    fn see_tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.see_tokens(group.stream()),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse2::<LitStr>(TokenTree::Literal(literal).into()) {
                        self.see(&text);
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Search {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test_only(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {
        // Documentation may quote a statement.
    }

    fn visit_lit_str(&mut self, literal: &'ast LitStr) {
        self.see(literal);
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        self.see_tokens(called.tokens.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_outside_the_store_are_refused() {
        let tree = Tree::example(&[
            ("crates/engine/src/store/sqlite.rs", "const A: &str = \"SELECT 1\";"),
            (
                "crates/engine/src/train.rs",
                "const A: &str = \"\n  SELECT 1\";\nconst B: &str = \"Select a mix\";",
            ),
            ("crates/server/src/lib.rs", "fn a() { sqlx::query!(\"DELETE FROM events\"); }"),
            (
                "crates/cli/src/lib.rs",
                "/// SELECT a mix\n#[cfg(test)] mod tests { const A: &str = \"PRAGMA a\"; }",
            ),
        ]);
        let said: Vec<_> = check(&tree).into_iter().map(|finding| (finding.path, finding.line)).collect();
        let expected = [("crates/engine/src/train.rs", 1), ("crates/server/src/lib.rs", 1)];
        assert_eq!(said, expected.map(|(path, line)| (path.to_owned(), line)));
    }
}
