//! What is linked into a function, as cargo resolves it for that function and target alone.
//! See <https://doc.rust-lang.org/cargo/commands/cargo-tree.html>.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};

use super::{architecture::Architecture, place::Place};
use crate::run::{captured, cargo};

/// A function and the crates that are linked into it, each under its package URL.
/// See <https://github.com/package-url/purl-spec>.
#[derive(Debug, Default)]
pub(crate) struct Linked {
    /// The function's package URL.
    pub(crate) function: String,
    /// The function's crate among them.
    pub(crate) crates: BTreeMap<String, Crate>,
}

/// A crate of a certain version.
#[derive(Debug)]
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) version: String,
    /// An SPDX expression.
    pub(crate) licence: String,
    /// The package URLs of what it links.
    pub(crate) depends_on: BTreeSet<String>,
}

impl Linked {
    /// Asks cargo. What runs only while building is left out: build dependencies, macros.
    pub(crate) fn of_function(
        place: &Place,
        function: &str,
        architecture: Architecture,
    ) -> Result<Self> {
        let tree = captured(
            cargo()
                .current_dir(&place.root)
                .env("CARGO_HOME", &place.cargo_home)
                .args(["tree", "--locked", "--edges", "normal,no-proc-macro"])
                .args(["--prefix", "depth", "--format", "\t{l}\t{p}"])
                .args(["--target", architecture.target()])
                .arg("--package")
                .arg(format!("spotmanager-{function}")),
        )?;
        Self::of_tree(&tree)
    }

    fn of_tree(tree: &str) -> Result<Self> {
        let mut linked = Self::default();
        let mut above: Vec<String> = Vec::new();
        for line in tree.lines() {
            let (depth, purl, found) = crate_of(line)
                .with_context(|| format!("no crate with version and licence: {line}"))?;
            above.truncate(depth);
            match above
                .last()
                .and_then(|parent| linked.crates.get_mut(parent))
            {
                Some(parent) => {
                    parent.depends_on.insert(purl.clone());
                }
                None => linked.function.clone_from(&purl),
            }
            linked.crates.entry(purl.clone()).or_insert(found);
            above.push(purl);
        }
        Ok(linked)
    }
}

/// A line's depth, package URL and crate, as in `1⇥MIT⇥tokio v1.54.1`. A path follows only where
/// the crate is this workspace's, and ` (*)` where the crate was told before.
fn crate_of(line: &str) -> Option<(usize, String, Crate)> {
    let mut fields = line.split('\t');
    let (depth, licence, package) = (fields.next()?, fields.next()?, fields.next()?);
    let mut words = package.split_whitespace();
    let name = words.next()?;
    let version = words.next()?.strip_prefix('v')?;
    // This workspace's crates are on no registry, where a crate of such a name is another's.
    let is_ours = words.next().is_some_and(|word| word.starts_with("(/"));
    let kind = if is_ours { "generic" } else { "cargo" };
    let purl = format!("pkg:{kind}/{name}@{}", version.replace('+', "%2B"));
    let found = Crate {
        name: name.to_owned(),
        version: version.to_owned(),
        licence: spdx(licence)?,
        depends_on: BTreeSet::new(),
    };
    Some((depth.parse().ok()?, purl, found))
}

/// The SPDX expression of a manifest's licence, in which a slash is an old form of `OR`.
fn spdx(licence: &str) -> Option<String> {
    let choices: Vec<_> = licence.split('/').map(str::trim).collect();
    (!licence.is_empty()).then(|| choices.join(" OR "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "\
0\tApache-2.0\tspotmanager-start v0.1.0 (/a checkout/crates/start)
1\tMIT/Apache-2.0\tone v1.0.0+spec-1
2\tMIT\ttwo v2.0.0
1\tApache-2.0\tspotmanager-aws v0.1.0 (/a checkout/crates/aws)
2\tMIT/Apache-2.0\tone v1.0.0+spec-1 (*)
1\tMIT\ttwo v2.0.0
";

    fn depends_on<'a>(linked: &'a Linked, purl: &str) -> Vec<&'a str> {
        let depends_on = &linked.crates[purl].depends_on;
        depends_on.iter().map(String::as_str).collect()
    }

    #[test]
    fn each_crate_is_there_once_with_what_it_depends_on() {
        let linked = Linked::of_tree(TREE).unwrap();
        let (one, two) = ("pkg:cargo/one@1.0.0%2Bspec-1", "pkg:cargo/two@2.0.0");
        let aws = "pkg:generic/spotmanager-aws@0.1.0";
        assert_eq!(linked.function, "pkg:generic/spotmanager-start@0.1.0");
        assert_eq!(linked.crates.len(), 4);
        assert_eq!(depends_on(&linked, &linked.function), [one, two, aws]);
        assert_eq!(depends_on(&linked, aws), [one]);
        assert_eq!(depends_on(&linked, one), [two]);
        assert!(linked.crates[two].depends_on.is_empty());
        assert_eq!(linked.crates[one].version, "1.0.0+spec-1");
        assert_eq!(linked.crates[one].licence, "MIT OR Apache-2.0");
    }

    #[test]
    fn a_crate_without_a_licence_is_refused() {
        let error = Linked::of_tree("0\t\tone v1.0.0").unwrap_err();
        assert!(error.to_string().contains("one v1.0.0"), "{error}");
    }
}
