//! What may depend on what, held against the workspace as cargo resolves it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::run::{captured, cargo};

/// Pure: no other crate of the workspace, no AWS, no async runtime, no HTTP.
const DOMAIN: &str = "spotmanager-domain";
/// The crates of the Lambda functions.
const FUNCTIONS: [&str; 5] = [
    "spotmanager-discover",
    "spotmanager-evaluate",
    "spotmanager-scale",
    "spotmanager-start",
    "spotmanager-verify",
];
/// The command, and the suites. The fuzz targets are a workspace of their own.
const MAY_DEPEND_ON_A_FUNCTION: [&str; 2] = ["spotmanager-cli", "spotmanager-testbed"];
/// How the names begin of what the domain does without.
const NOT_IN_THE_DOMAIN: [&str; 5] = ["aws", "hyper", "lambda_runtime", "reqwest", "tokio"];

/// The workspace and all that it depends on.
struct Workspace {
    members: BTreeSet<String>,
    crates: BTreeMap<String, Crate>,
}

/// A crate with what it depends on, both by cargo's id.
struct Crate {
    name: String,
    /// What it is built with or linked to.
    uses: Vec<String>,
    /// What its tests, examples and benchmarks use in addition.
    tests_use: Vec<String>,
}

impl Workspace {
    /// See <https://doc.rust-lang.org/cargo/commands/cargo-metadata.html>.
    fn read() -> Self {
        let mut metadata = cargo();
        metadata.args(["metadata", "--locked", "--format-version", "1"]);
        let metadata: Value = serde_json::from_str(&captured(&mut metadata).unwrap()).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let list = |value: &Value| value.as_array().unwrap().clone();
        let names: BTreeMap<_, _> = list(&metadata["packages"])
            .iter()
            .map(|package| (text(&package["id"]), text(&package["name"])))
            .collect();
        let crates = list(&metadata["resolve"]["nodes"]).into_iter().map(|node| {
            let id = text(&node["id"]);
            let (mut uses, mut tests_use) = (Vec::new(), Vec::new());
            for dependency in list(&node["deps"]) {
                let is_for_tests = |kind: &Value| kind["kind"] == "dev";
                let all_for_tests = list(&dependency["dep_kinds"]).iter().all(is_for_tests);
                let used = if all_for_tests {
                    &mut tests_use
                } else {
                    &mut uses
                };
                used.push(text(&dependency["pkg"]));
            }
            let found = Crate {
                name: names[&id].clone(),
                uses,
                tests_use,
            };
            (id, found)
        });
        Self {
            members: list(&metadata["workspace_members"])
                .iter()
                .map(text)
                .collect(),
            crates: crates.collect(),
        }
    }

    fn name(&self, id: &str) -> &str {
        &self.crates[id].name
    }

    /// The id of the member with this name; a constant that names none would hold nothing.
    fn member(&self, name: &str) -> &str {
        let mut members = self.members.iter();
        members
            .find(|id| self.name(id) == name)
            .unwrap_or_else(|| panic!("{name} is no crate of the workspace: correct the constant"))
    }

    /// What a crate is built with, at any depth.
    fn all_used(&self, id: &str) -> BTreeSet<&str> {
        let (mut found, mut open) = (BTreeSet::new(), vec![id]);
        while let Some(id) = open.pop() {
            for used in &self.crates[id].uses {
                if found.insert(used.as_str()) {
                    open.push(used);
                }
            }
        }
        found
    }
}

#[test]
fn the_domain_depends_on_no_other_crate_of_ours_and_on_no_aws() {
    let workspace = Workspace::read();
    let used = workspace.all_used(workspace.member(DOMAIN));
    assert!(!used.is_empty(), "{DOMAIN} uses nothing, not even serde");
    for id in used {
        let name = workspace.name(id);
        assert!(
            !workspace.members.contains(id),
            "{DOMAIN} depends on {name}, which is a crate of ours"
        );
        let refused = NOT_IN_THE_DOMAIN
            .iter()
            .find(|begin| name.starts_with(**begin));
        assert!(
            refused.is_none(),
            "{DOMAIN} depends on {name}: the domain does no I/O and knows no AWS"
        );
    }
}

#[test]
fn only_the_command_and_the_suites_depend_on_a_function() {
    let workspace = Workspace::read();
    let functions = FUNCTIONS.map(|name| workspace.member(name));
    for name in MAY_DEPEND_ON_A_FUNCTION {
        workspace.member(name);
    }
    let mut dependents = BTreeSet::new();
    for id in &workspace.members {
        let found = &workspace.crates[id];
        let mut used = found.uses.iter().chain(&found.tests_use);
        if used.any(|used| functions.contains(&used.as_str())) {
            dependents.insert(found.name.as_str());
        }
    }
    assert_eq!(dependents, MAY_DEPEND_ON_A_FUNCTION.into());
}
