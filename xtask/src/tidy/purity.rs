//! The pure crates read no clock, own no randomness, and touch no file, network, environment or process.
//!
//! Paths are read from the syntax tree and, inside macros, from their tokens.
//! Tests, benches and examples may do what they like.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{ImplItem, Item, Macro, Path, UseTree};

use crate::finding::Finding;
use crate::source::{Source, attributes, is_test_only};
use crate::tidy::manifests::manifests;
use crate::tree::Tree;

/// The crates whose answers depend on their arguments alone.
const PURE: [&str; 5] = ["music", "taste", "learn", "recommend", "audio"];

/// Paths that a pure crate does not name, with what to do instead.
const PATHS: &[(&str, &str)] = &[
    ("std::fs", "take a reader or bytes as an argument"),
    ("std::net", "the network belongs to `engine` and the edges"),
    ("std::env", "take the setting as an argument"),
    ("std::process", "return an error instead of ending or starting a process"),
    ("std::os", "what differs between systems belongs to `engine` and the edges"),
    ("std::io::stdin", "take a reader as an argument"),
    ("std::io::stdout", "return the text; only the command line prints"),
    ("std::io::stderr", "return the text; only the command line prints"),
    ("std::thread::sleep", "wait for the thing itself, in `engine`"),
    ("rand::rng", "take a seed as an argument"),
    ("rand::random", "take a seed as an argument"),
    ("rand::make_rng", "take a seed as an argument"),
    ("std::hash::RandomState", "use `rustc_hash`, whose order is the same in every run"),
];

/// Names that a pure crate does not use, wherever they stand in a path.
const WORDS: &[(&str, &str)] = &[
    ("SystemTime", "take the time as an argument"),
    ("Instant", "time a stage through the stopwatch that the caller hands in"),
    ("thread_rng", "take a seed as an argument"),
    ("ThreadRng", "take a seed as an argument"),
    ("OsRng", "take a seed as an argument"),
    ("SysRng", "take a seed as an argument"),
    ("from_os_rng", "take a seed as an argument"),
    ("from_entropy", "take a seed as an argument"),
    ("getrandom", "take a seed as an argument"),
    ("now_v7", "take the time and the random bits as arguments"),
    ("new_v4", "take the random bits as an argument"),
];

/// Crates that exist to do what a pure crate does not.
const CRATES: [&str; 12] = [
    "tokio",
    "sqlx",
    "reqwest",
    "hyper",
    "axum",
    "object_store",
    "tempfile",
    "getrandom",
    "mio",
    "walkdir",
    "indicatif",
    "tracing-subscriber",
];

/// Macros that print.
const MACROS: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

/// Reports I/O, clocks and randomness in the pure crates.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in manifests(tree).iter().filter(|manifest| PURE.contains(&manifest.name.as_str())) {
        let banned = |name: &str| CRATES.contains(&name) && !manifest.is_for_tests(name);
        for (name, line) in manifest.dependencies.iter().filter(|(name, _)| banned(name)) {
            let what =
                format!("`{}` is pure and does not depend on `{name}`; move the I/O up", manifest.name);
            findings.push(Finding::error(&manifest.path, *line, what));
        }
    }
    let is_pure = |source: &&Source| source.crate_name().is_some_and(|name| PURE.contains(&name));
    for source in tree.sources().iter().filter(is_pure).filter(|source| !source.test_only) {
        let mut search = Search::default();
        search.visit_file(&source.syntax);
        // One `use` may be seen both as a path and through its tree.
        search.found.sort();
        search.found.dedup();
        findings.extend(search.found.into_iter().map(|(line, name, instead)| {
            Finding::error(&source.path, line, format!("`{name}` in a pure crate; {instead}"))
        }));
    }
    findings
}

/// The things found so far: line, name, what to do instead.
#[derive(Default)]
struct Search {
    found: Vec<(usize, String, &'static str)>,
}

impl Search {
    fn see(&mut self, segments: &[String], span: Span) {
        let path = segments.join("::");
        let by_path = PATHS.iter().find(|(banned, _)| {
            path.strip_prefix(banned).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        });
        let by_word = WORDS.iter().find(|(banned, _)| segments.iter().any(|segment| segment == banned));
        if let Some((_, instead)) = by_path.or(by_word) {
            self.found.push((span.start().line, path, instead));
        } else if segments.first().is_some_and(|first| CRATES.contains(&first.as_str())) && segments.len() > 1
        {
            self.found.push((span.start().line, path, "move the I/O up"));
        }
    }

    fn see_use(&mut self, before: &mut Vec<String>, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.see_use(before, &path.tree);
                before.pop();
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.see_use(before, tree)),
            UseTree::Name(name) => self.see_use_end(before, &name.ident),
            UseTree::Rename(rename) => self.see_use_end(before, &rename.ident),
            UseTree::Glob(glob) => self.see(before, glob.span()),
        }
    }

    fn see_use_end(&mut self, before: &[String], ident: &proc_macro2::Ident) {
        let mut segments = before.to_vec();
        // `use std::fs::{self}` names `std::fs`.
        if ident != "self" {
            segments.push(ident.to_string());
        }
        self.see(&segments, ident.span());
    }

    /// Looks through the tokens of a macro for paths and for macros inside.
    fn see_tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut index = 0;
        while index < tokens.len() {
            match &tokens[index] {
                TokenTree::Group(group) => self.see_tokens(group.stream()),
                TokenTree::Ident(ident) => {
                    let segments = path_at(&tokens[index..]);
                    let end = index + 3 * (segments.len() - 1);
                    let is_macro =
                        matches!(tokens.get(end + 1), Some(TokenTree::Punct(p)) if p.as_char() == '!');
                    if is_macro {
                        self.see_macro(segments.last().map_or("", String::as_str), ident.span());
                    }
                    self.see(&segments, ident.span());
                    index = end;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            index += 1;
        }
    }

    fn see_macro(&mut self, name: &str, span: Span) {
        if MACROS.contains(&name) {
            self.found.push((
                span.start().line,
                format!("{name}!"),
                "return the text; only the command line prints",
            ));
        }
    }
}

/// The path `a::b::c` at the start of `tokens`, which start with an identifier.
fn path_at(tokens: &[TokenTree]) -> Vec<String> {
    let mut segments = Vec::new();
    let mut rest = tokens;
    while let [TokenTree::Ident(ident), after @ ..] = rest {
        segments.push(ident.to_string());
        match after {
            [TokenTree::Punct(a), TokenTree::Punct(b), next @ ..]
                if a.as_char() == ':' && b.as_char() == ':' && matches!(next, [TokenTree::Ident(_), ..]) =>
            {
                rest = next;
            }
            _ => break,
        }
    }
    segments
}

impl<'ast> Visit<'ast> for Search {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test_only(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let for_tests = matches!(item, ImplItem::Fn(function) if is_test_only(&function.attrs));
        if !for_tests {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_use_tree(&mut self, tree: &'ast UseTree) {
        self.see_use(&mut Vec::new(), tree);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.see(&segments, path.span());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        let name = called.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        self.see_macro(&name, called.path.span());
        self.see_tokens(called.tokens.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let tree = Tree::example(&[("crates/taste/src/lib.rs", text)]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn io_clocks_and_randomness_are_found_however_they_are_named() {
        for bad in [
            "use std::{collections::BTreeMap, fs::File};",
            "use std::fs::{self};",
            "use std::time::*; fn a() { let _ = Instant::now(); }",
            "fn a() { let _ = std::env::var(\"A\"); }",
            "fn a() -> std::time::SystemTime { loop {} }",
            "fn a() { println!(\"a\"); }",
            "fn a() { std::println!(\"a\"); }",
            "fn a() { assert!(rand::random::<bool>()); }",
            "fn a() { vec![{ eprintln!(\"a\") }]; }",
            "impl A { fn a() { let rng = rand::rng(); } }",
            "use tokio::sync::Mutex;",
            "use rand::rngs::SysRng as Dice;",
        ] {
            let said = said(bad);
            assert_eq!(said.len(), 1, "{bad}: {said:?}");
            assert!(said[0].starts_with("crates/taste/src/lib.rs:1: `"), "{said:?}");
        }
    }

    #[test]
    fn pure_code_and_tests_are_left_alone() {
        for good in [
            "use std::io::Read; use std::time::Duration; use rand::rngs::SmallRng;",
            "#[cfg(test)] mod tests { use std::fs; fn a() { println!(); } }",
            "impl A { #[cfg(test)] fn a() { std::fs::read(\"a\"); } }",
            "/// ```\n/// std::fs::read(\"a\");\n/// ```\nfn a() { let text = \"std::fs\"; }",
            "fn a() { let _ = env!(\"CARGO_PKG_VERSION\"); }",
        ] {
            assert_eq!(said(good), [""; 0], "{good}");
        }
        let engine = Tree::example(&[("crates/engine/src/lib.rs", "use std::fs;")]);
        assert!(check(&engine).is_empty());
    }

    #[test]
    fn a_pure_manifest_names_no_crate_that_does_io_except_for_tests() {
        let manifest =
            |table: &str| format!("[package]\nname = \"learn\"\n[{table}]\ntempfile.workspace = true\n");
        let count = |table| check(&Tree::example(&[("crates/learn/Cargo.toml", &manifest(table))])).len();
        assert_eq!(count("dependencies"), 1);
        assert_eq!(count("dev-dependencies"), 0);
    }
}
