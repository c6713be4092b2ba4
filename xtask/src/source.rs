//! One Rust file with its syntax tree, and which of it is there for tests only.

use std::ops::RangeInclusive;

use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::{Attribute, Item, Meta};

use crate::tree::TextFile;

/// A parsed Rust file.
pub(crate) struct Source {
    /// Its path from the root.
    pub(crate) path: String,
    /// What it says.
    pub(crate) text: String,
    /// The same as a tree.
    pub(crate) syntax: syn::File,
    /// Whether the whole file serves tests, benches or examples.
    pub(crate) test_only: bool,
}

impl Source {
    /// Parses a file; whether it is for tests only is known after [`mark_test_only`](Self::mark_test_only).
    pub(crate) fn parse(file: &TextFile) -> syn::Result<Self> {
        let syntax = syn::parse_file(&file.text)?;
        Ok(Self { path: file.path.clone(), text: file.text.clone(), syntax, test_only: false })
    }

    /// The crate it belongs to, by directory: `music` for `crates/music/src/id.rs`.
    pub(crate) fn crate_name(&self) -> Option<&str> {
        match self.path.split_once('/')? {
            ("crates", rest) => rest.split('/').next(),
            (first, _) => Some(first),
        }
    }

    /// The path inside the crate: `src/id.rs` for `crates/music/src/id.rs`.
    pub(crate) fn path_in_crate(&self) -> &str {
        let rest = self.path.strip_prefix("crates/").unwrap_or(&self.path);
        rest.split_once('/').map_or(rest, |(_, inside)| inside)
    }

    /// Marks the files that lie in `tests`, `benches` or `examples`, and those that another file takes in by
    /// `#[cfg(test)] mod name;`.
    pub(crate) fn mark_test_only(sources: &mut [Self]) {
        let declared: Vec<String> = sources.iter().flat_map(Self::test_modules).collect();
        for source in sources {
            let inside = source.path_in_crate();
            let by_place = ["tests/", "benches/", "examples/"].iter().any(|place| inside.starts_with(place));
            let by_declaration = declared.iter().any(|module| {
                let rest = source.path.strip_prefix(module.as_str());
                rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
            });
            source.test_only = by_place || by_declaration;
        }
    }

    /// Where the files of the modules lie that this file declares for tests, without `.rs`.
    fn test_modules(&self) -> Vec<String> {
        let below = match self.path.rsplit_once('/') {
            Some((directory, "lib.rs" | "main.rs" | "mod.rs")) => directory,
            _ => self.path.strip_suffix(".rs").unwrap_or(&self.path),
        };
        let module = |item: &Item| match item {
            Item::Mod(module) if module.content.is_none() && is_test_only(&module.attrs) => {
                Some(format!("{below}/{}", module.ident))
            }
            _ => None,
        };
        self.syntax.items.iter().filter_map(module).collect()
    }

    /// Lines that are not part of an item for tests.
    pub(crate) fn line_count_without_tests(&self) -> usize {
        let in_tests = |item: &Item| match is_test_only(attributes(item)) {
            true => lines(item.span()).count(),
            false => 0,
        };
        let test_line_count: usize = self.syntax.items.iter().map(in_tests).sum();
        self.text.lines().count().saturating_sub(test_line_count)
    }
}

/// The lines that a piece of syntax covers, from 1.
pub(crate) fn lines(span: Span) -> RangeInclusive<usize> {
    span.start().line..=span.end().line
}

/// Whether the attributes say that an item exists for tests only.
pub(crate) fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::Path(path) => path.is_ident("test"),
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string().replace(' ', "");
            condition == "test" || condition.starts_with("all(test,")
        }
        _ => false,
    })
}

/// The attributes of any item.
pub(crate) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use crate::tree::Tree;

    #[test]
    fn a_file_is_for_tests_by_its_place_or_by_its_declaration() {
        let tree = Tree::example(&[
            ("crates/a/src/lib.rs", "#[cfg(test)] mod trial; mod real;"),
            ("crates/a/src/trial.rs", ""),
            ("crates/a/src/real.rs", "#[cfg(test)] mod tests; #[cfg(not(test))] mod tail;"),
            ("crates/a/src/real/tests.rs", ""),
            ("crates/a/src/real/tests/case.rs", ""),
            ("crates/a/src/real/tail.rs", ""),
            ("crates/a/tests/whole.rs", ""),
            ("xtask/benches/speed.rs", ""),
        ]);
        let test_only = tree.sources().iter().filter(|source| source.test_only);
        assert_eq!(
            test_only.map(|source| source.path.as_str()).collect::<Vec<_>>(),
            [
                "crates/a/src/trial.rs",
                "crates/a/src/real/tests.rs",
                "crates/a/src/real/tests/case.rs",
                "crates/a/tests/whole.rs",
                "xtask/benches/speed.rs",
            ]
        );
    }

    #[test]
    fn lines_of_test_modules_do_not_count() {
        let text = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
        let tree = Tree::example(&[("crates/a/src/lib.rs", text)]);
        assert_eq!(tree.sources()[0].line_count_without_tests(), 3);
    }
}
