//! Manifests inherit what the workspace decides: lints and versions.

use toml::{Table, Value};

use crate::finding::Finding;
use crate::tree::Tree;

/// A crate's manifest, as far as the checks need it.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    /// Where it is.
    pub(crate) path: String,
    /// The package's name.
    pub(crate) name: String,
    /// What it depends on in any way, each with the line that says so.
    pub(crate) dependencies: Vec<(String, usize)>,
    /// The whole.
    table: Table,
}

impl Manifest {
    /// Whether nothing but tests, benches and examples depends on `name`.
    pub(crate) fn is_for_tests(&self, name: &str) -> bool {
        let names = |table: &str| {
            self.table.get(table).and_then(Value::as_table).is_some_and(|t| t.contains_key(name))
        };
        names("dev-dependencies") && !names("dependencies") && !names("build-dependencies")
    }
}

/// The manifests of our crates; fuzz targets and benches of other libraries are workspaces of their own, which can inherit
/// nothing.
pub(crate) fn manifests(tree: &Tree) -> Vec<Manifest> {
    let is_ours = |path: &str| {
        path.ends_with("/Cargo.toml") && !["fuzz/", "benches/"].iter().any(|apart| path.starts_with(apart))
    };
    let files = tree.files().iter().filter(|file| is_ours(&file.path));
    let parse = |path: &str, text: &str| {
        let table: Table = text.parse().ok()?;
        let name = table.get("package")?.get("name")?.as_str()?.to_owned();
        let mut dependencies = Vec::new();
        for_each_dependency(&table, &mut |key, value| {
            // `alias = { package = "real name" }` depends on the real name.
            let name = value.get("package").and_then(Value::as_str).unwrap_or(key);
            dependencies.push((name.to_owned(), line_of(text, key)));
        });
        Some(Manifest { path: path.to_owned(), name, dependencies, table })
    };
    files.filter_map(|file| parse(&file.path, &file.text)).collect()
}

/// Calls `see` with each entry of `dependencies`, `dev-dependencies` and `build-dependencies`, also below
/// `target`.
fn for_each_dependency(table: &Table, see: &mut dyn FnMut(&str, &Value)) {
    for (key, value) in table {
        let Value::Table(inner) = value else { continue };
        match key.as_str() {
            "dependencies" | "dev-dependencies" | "build-dependencies" => {
                inner.iter().for_each(|(name, value)| see(name, value));
            }
            "target" => {
                inner.values().filter_map(Value::as_table).for_each(|table| for_each_dependency(table, see));
            }
            _ => {}
        }
    }
}

/// The line on which `key` is set, or the first.
fn line_of(text: &str, key: &str) -> usize {
    let sets = |line: &str| {
        let rest = line.trim_start().trim_start_matches('"').strip_prefix(key);
        rest.is_some_and(|rest| rest.starts_with(['.', ' ', '=', '"']))
    };
    text.lines().position(sets).map_or(1, |index| index + 1)
}

/// Reports crates that do not inherit the lints, dependencies that name a version of their own, and manifests
/// that cannot be read.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files().iter().filter(|file| file.path.ends_with("Cargo.toml")) {
        if let Err(error) = file.text.parse::<Table>() {
            let what = format!("this is not TOML ({}); mend it", error.message());
            findings.push(Finding::error(&file.path, 1, what));
        }
    }
    for manifest in manifests(tree) {
        let inherits = |value: &Value| value.get("workspace").and_then(Value::as_bool) == Some(true);
        if !manifest.table.get("lints").is_some_and(inherits) {
            let what = "the crate does not inherit the lints; add `[lints]` with `workspace = true`";
            findings.push(Finding::error(&manifest.path, 1, what));
        }
        for_each_dependency(&manifest.table, &mut |name, value| {
            if !inherits(value) {
                let line = tree.file(&manifest.path).map_or(1, |file| line_of(&file.text, name));
                let what = format!(
                    "`{name}` names its own version; put it into [workspace.dependencies] of the root and write \
                     `{name}.workspace = true`"
                );
                findings.push(Finding::error(&manifest.path, line, what));
            }
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        check(&Tree::example(&[("crates/a/Cargo.toml", text)])).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn lints_and_versions_are_inherited() {
        let good = "[package]\nname = \"a\"\n[dependencies]\nserde = { workspace = true }\n[lints]\nworkspace = true\n";
        assert_eq!(said(good), [""; 0]);
        let bad = "[package]\nname = \"a\"\n[target.'cfg(unix)'.dependencies]\nlibc = \"0.2\"\n";
        let said = said(bad);
        assert!(
            said[0].starts_with("crates/a/Cargo.toml:1: the crate does not inherit the lints"),
            "{said:?}"
        );
        assert!(said[1].starts_with("crates/a/Cargo.toml:4: `libc` names its own version"), "{said:?}");
    }

    #[test]
    fn a_broken_manifest_is_an_error() {
        assert!(said("[package\n")[0].contains("not TOML"));
    }
}
