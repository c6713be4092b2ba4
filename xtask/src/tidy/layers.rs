//! Dependencies between our crates point down the layers of `ARCHITECTURE.md`.
//!
//! The table there is the only place that says which crate is on which layer.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::tidy::manifests::{Manifest, manifests};
use crate::tree::Tree;

/// The page with the table.
const MAP: &str = "ARCHITECTURE.md";

/// A crate may not name its neighbours on the same layer, but the command line starts the server.
const SIDEWAYS: &[(&str, &str)] = &[("cli", "server")];

/// Edges that point down and are still wrong, with the reason.
const FORBIDDEN: &[(&str, &str, &str)] =
    &[("recommend", "audio", "analyses arrive as `music` data, so that a device build carries no decoder")];

/// Where a crate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// On a layer; higher numbers stand on lower ones.
    Layer(u32),
    /// Beside them: may name any crate, and none may name it.
    Apart,
}

/// Reports edges that do not point down, and crates that the map does not know.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let manifests = manifests(tree);
    let places = places(tree);
    let mut findings = Vec::new();
    for (name, (_, line)) in &places {
        if !manifests.iter().any(|manifest| manifest.name == *name) {
            let what = format!("there is no crate `{name}`; take its row out of the table of layers");
            findings.push(Finding::error(MAP, *line, what));
        }
    }
    for manifest in &manifests {
        let Some(&(place, _)) = places.get(&manifest.name) else {
            let what = format!("`{}` has no row in the table of layers in {MAP}; add one", manifest.name);
            findings.push(Finding::error(&manifest.path, 1, what));
            continue;
        };
        for (dependency, line) in &manifest.dependencies {
            let Some(&(below, _)) = places.get(dependency) else { continue };
            if let Some(what) = objection(&manifest.name, place, dependency, below) {
                findings.push(Finding::error(&manifest.path, *line, what));
            }
        }
    }
    findings
}

/// The rows ``| 3 | `recommend` | …`` of the table.
fn places(tree: &Tree) -> BTreeMap<String, (Place, usize)> {
    let row = |(line, text): (usize, &str)| {
        let mut cells = text.strip_prefix('|')?.split('|').map(str::trim);
        let place = match cells.next()? {
            "–" | "-" => Place::Apart,
            number => Place::Layer(number.parse().ok()?),
        };
        let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
        Some((name.to_owned(), (place, line)))
    };
    tree.file(MAP).map(|map| map.lines().filter_map(row).collect()).unwrap_or_default()
}

/// Why `upper` may not name `lower`, if it may not.
fn objection(upper: &str, place: Place, lower: &str, below: Place) -> Option<String> {
    if let Some((.., reason)) = FORBIDDEN.iter().find(|(from, to, _)| (*from, *to) == (upper, lower)) {
        return Some(format!("`{upper}` may not name `{lower}`: {reason}"));
    }
    match (place, below) {
        (Place::Apart, _) => None,
        (_, Place::Apart) => Some(format!("nothing may name `{lower}`; it only serves people")),
        (Place::Layer(high), Place::Layer(low)) => {
            let fine = high > low || (high == low && SIDEWAYS.contains(&(upper, lower)));
            (!fine).then(|| {
                format!(
                    "`{upper}` (layer {high}) names `{lower}` (layer {low}), and dependencies point down only; \
                     move what both need into a lower crate, or the caller into a higher one"
                )
            })
        }
    }
}

impl Manifest {
    #[cfg(test)]
    fn example(name: &str, dependencies: &str) -> (String, String) {
        let text = format!("[package]\nname = \"{name}\"\n{dependencies}\n[lints]\nworkspace = true\n");
        (format!("crates/{name}/Cargo.toml"), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "| layer | crate |\n|---|---|\n| 6 | `cli` |\n| 6 | `server` |\n| 3 | `recommend` |\n\
                         | 2 | `taste` |\n| 2 | `learn` |\n| 2 | `audio` |\n| – | `xtask` |\n";
    const ALL: [&str; 7] = ["cli", "server", "recommend", "taste", "learn", "audio", "xtask"];

    /// What is said when `name` names `dependency`.
    fn said(name: &str, dependency: &str) -> Vec<String> {
        let manifests: Vec<_> = ALL
            .iter()
            .map(|&other| match other == name {
                true => {
                    Manifest::example(other, &format!("[dev-dependencies]\n{dependency}.workspace = true"))
                }
                false => Manifest::example(other, ""),
            })
            .collect();
        let mut files = vec![("ARCHITECTURE.md", TABLE)];
        files.extend(manifests.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        check(&Tree::example(&files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn edges_point_down() {
        for (name, dependency) in
            [("recommend", "taste"), ("cli", "server"), ("xtask", "taste"), ("cli", "learn")]
        {
            assert_eq!(said(name, dependency), [""; 0], "{name} → {dependency}");
        }
        for (name, dependency) in
            [("taste", "recommend"), ("taste", "learn"), ("server", "cli"), ("learn", "xtask")]
        {
            let said = said(name, dependency);
            assert_eq!(said.len(), 1, "{name} → {dependency}: {said:?}");
            assert!(said[0].starts_with(&format!("crates/{name}/Cargo.toml:4: ")), "{said:?}");
        }
        assert!(said("recommend", "audio")[0].contains("no decoder"));
    }

    #[test]
    fn the_map_and_the_crates_agree() {
        let (path, text) = Manifest::example("taste", "");
        let tree = Tree::example(&[("ARCHITECTURE.md", "| 2 | `learn` |\n"), (&path, &text)]);
        let said: Vec<_> = check(&tree).iter().map(ToString::to_string).collect();
        assert!(said[0].starts_with("ARCHITECTURE.md:1: there is no crate `learn`"), "{said:?}");
        assert!(said[1].starts_with("crates/taste/Cargo.toml:1: `taste` has no row"), "{said:?}");
    }
}
