//! A mix is one file in `recommend::mix`, listed once in `MIXES`.

use proc_macro2::Ident;
use syn::Item;
use syn::visit::Visit;

use crate::finding::Finding;
use crate::source::Source;
use crate::tree::Tree;

/// Where the mixes lie.
const DIRECTORY: &str = "crates/recommend/src/mix/";
/// Where they are listed.
const LISTS: [&str; 2] = ["crates/recommend/src/mix.rs", "crates/recommend/src/mix/mod.rs"];

/// Reports mixes that are not listed, or listed twice; says nothing before there are mixes.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let is_mix = |source: &&Source| {
        let rest = source.path.strip_prefix(DIRECTORY);
        !source.test_only && rest.is_some_and(|rest| rest != "mod.rs" && !rest.contains('/'))
    };
    let mixes: Vec<&Source> = tree.sources().iter().filter(is_mix).collect();
    if mixes.is_empty() {
        return Vec::new();
    }
    let list = tree.sources().iter().filter(|source| LISTS.contains(&source.path.as_str())).find_map(listed);
    let Some((path, line, listed)) = list else {
        let what = format!("{} holds no `MIXES`; list each file of {DIRECTORY} there", LISTS[0]);
        return vec![Finding::error(LISTS[0], 1, what)];
    };
    let mut findings = Vec::new();
    for mix in mixes {
        let name = mix.path.trim_start_matches(DIRECTORY).trim_end_matches(".rs");
        match listed.iter().filter(|listed| *listed == name).count() {
            1 => {}
            0 => {
                let what =
                    format!("`MIXES` in {path} does not list `{name}`; add it, or move the file elsewhere");
                findings.push(Finding::error(&mix.path, 1, what));
            }
            count => {
                let what = format!("`MIXES` lists `{name}` {count} times; once is enough");
                findings.push(Finding::error(&path, line, what));
            }
        }
    }
    findings
}

/// The path and line of `MIXES`, and the names in it.
fn listed(source: &Source) -> Option<(String, usize, Vec<String>)> {
    let list = |item: &Item| {
        let (ident, value) = match item {
            Item::Const(item) => (&item.ident, &item.expr),
            Item::Static(item) => (&item.ident, &item.expr),
            _ => return None,
        };
        let mut names = Names::default();
        names.visit_expr(value);
        (ident == "MIXES").then(|| (source.path.clone(), ident.span().start().line, names.0))
    };
    source.syntax.items.iter().find_map(list)
}

/// All identifiers of an expression.
#[derive(Default)]
struct Names(Vec<String>);

impl<'ast> Visit<'ast> for Names {
    fn visit_ident(&mut self, ident: &'ast Ident) {
        self.0.push(ident.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(list: &str) -> Vec<String> {
        let tree = Tree::example(&[
            ("crates/recommend/src/mix.rs", list),
            ("crates/recommend/src/mix/home.rs", ""),
            ("crates/recommend/src/mix/radio.rs", ""),
        ]);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_mix_is_listed_once() {
        assert_eq!(said("pub const MIXES: &[&Mix] = &[&home::MIX, &radio::MIX];"), [""; 0]);
        let missing = said("pub static MIXES: [Mix; 1] = [home::MIX];");
        assert!(missing[0].starts_with("crates/recommend/src/mix/radio.rs:1: `MIXES` in"), "{missing:?}");
        let doubled = said("const MIXES: &[&Mix] = &[&home::MIX, &radio::MIX, &home::MIX];");
        assert!(
            doubled[0].starts_with("crates/recommend/src/mix.rs:1: `MIXES` lists `home` 2"),
            "{doubled:?}"
        );
        assert!(said("")[0].contains("holds no `MIXES`"));
    }

    #[test]
    fn nothing_is_said_before_there_are_mixes() {
        assert!(check(&Tree::example(&[("crates/recommend/src/lib.rs", "")])).is_empty());
    }
}
