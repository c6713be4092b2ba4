//! Functions fit a screen.

use proc_macro2::{Ident, Span};
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, Item, ItemFn, TraitItemFn};

use crate::finding::Finding;
use crate::source::{attributes, is_test_only};
use crate::tree::Tree;

/// Lines from `fn` to the closing brace.
const LINES_MAX: usize = 70;

/// Reports functions that do not fit; those in tests may be as long as they need.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.sources().iter().filter(|source| !source.test_only) {
        let mut search = Search::default();
        search.visit_file(&source.syntax);
        findings.extend(search.long.into_iter().map(|(line, name, count)| {
            let what = format!("`{name}` is {count} lines long, more than {LINES_MAX}; split it by step");
            Finding::note(&source.path, line, what)
        }));
    }
    findings
}

/// The long functions found so far: line, name, lines.
#[derive(Default)]
struct Search {
    long: Vec<(usize, String, usize)>,
}

impl Search {
    fn measure(&mut self, name: &Ident, start: Span, body: &Block) {
        let (first, last) = (start.start().line, body.brace_token.span.close().end().line);
        let count = last + 1 - first;
        if count > LINES_MAX {
            self.long.push((first, name.to_string(), count));
        }
    }
}

impl<'ast> Visit<'ast> for Search {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test_only(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.measure(&function.sig.ident, function.sig.fn_token.span, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.measure(&function.sig.ident, function.sig.fn_token.span, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if let Some(body) = &function.default {
            self.measure(&function.sig.ident, function.sig.fn_token.span, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_longer_than_a_screen_is_noted_where_it_starts() {
        let body = |line_count: usize| format!("{{{}}}", "\n".repeat(line_count - 1));
        let text = format!(
            "fn fits() {}\nimpl A {{ fn method() {} }}\n#[cfg(test)] mod tests {{ fn t() {} }}",
            body(70),
            body(71),
            body(99)
        );
        let tree = Tree::example(&[("crates/a/src/lib.rs", &text)]);
        let said: Vec<_> = check(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            ["crates/a/src/lib.rs:71: note: `method` is 71 lines long, more than 70; split it by step"]
        );
    }
}
