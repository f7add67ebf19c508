//! A function's bill of materials in CycloneDX, without a moment or a serial number, so that the
//! same sources give the same bytes. See <https://cyclonedx.org/docs/1.6/json/>.

use std::{path::Path, process::Command};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{
    architecture::Architecture,
    linked::{Crate, Linked},
    place::Place,
};
use crate::{checkout, run::captured, tools};

/// What is linked into a function.
pub(crate) fn of(place: &Place, function: &str, architecture: Architecture) -> Result<String> {
    let linked = Linked::of_function(place, function, architecture)?;
    let rustc = captured(Command::new("rustc").arg("--version"))?;
    let version = rustc
        .split_whitespace()
        .nth(1)
        .context("rustc does not tell its version")?;
    let itself = linked
        .crates
        .get(&linked.function)
        .context("cargo does not tell the function")?;
    let components: Vec<_> = linked
        .crates
        .iter()
        .filter(|(purl, _)| **purl != linked.function)
        .map(|(purl, linked)| component("library", purl, linked))
        .collect();
    let dependencies: Vec<_> = linked
        .crates
        .iter()
        .map(|(purl, linked)| json!({"ref": purl, "dependsOn": linked.depends_on}))
        .collect();
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "tools": {"components": [{"type": "application", "name": "rustc", "version": version}]},
            "component": component("application", &linked.function, itself),
            "properties": [
                {"name": "cdx:rustc:sbom:target:triple", "value": architecture.target()}
            ],
        },
        "components": components,
        "dependencies": dependencies,
    });
    Ok(format!("{document:#}\n"))
}

fn component(kind: &str, purl: &str, of: &Crate) -> Value {
    json!({
        "type": kind,
        "bom-ref": purl,
        "name": of.name,
        "version": of.version,
        "licenses": [{"expression": of.licence}],
        "purl": purl,
    })
}

/// Holds a file against CycloneDX's own schema.
pub(crate) fn validate(file: &Path) -> Result<()> {
    let python = &mut Command::new(tools::path("python"));
    captured(python.arg(checkout::path("tools/valid_sbom.py")).arg(file))
        .context("`cargo xtask tools` installs what validates")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The document of *start*, and its components.
    fn start() -> (String, Vec<Value>) {
        let text = of(&Place::here().unwrap(), "start", Architecture::X86_64).unwrap();
        let document: Value = serde_json::from_str(&text).unwrap();
        let components = document["components"].as_array().unwrap().clone();
        (text, components)
    }

    #[test]
    fn start_links_step_functions_and_neither_ec2_nor_macros() {
        let (_, components) = start();
        let names: Vec<_> = components
            .iter()
            .map(|component| component["name"].as_str().unwrap())
            .collect();
        assert!(names.contains(&"aws-sdk-sfn"));
        for absent in ["aws-sdk-ec2", "serde_derive", "syn", "spotmanager-fake-aws"] {
            assert!(!names.contains(&absent), "{absent}");
        }
    }

    #[test]
    fn each_component_has_version_licence_and_package_url() {
        let (_, components) = start();
        for component in components {
            for what in ["/version", "/licenses/0/expression", "/purl"] {
                let told = component.pointer(what).and_then(Value::as_str);
                assert!(told.is_some_and(|told| !told.is_empty()), "{component}");
            }
        }
    }

    #[test]
    fn the_document_keeps_the_schema_and_names_no_place() {
        let (text, _) = start();
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(&file, &text).unwrap();
        validate(file.path()).unwrap();
        let root = Place::here().unwrap().root;
        assert!(!text.contains(root.to_str().unwrap()), "{text}");
    }

    #[test]
    fn what_breaks_the_schema_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let broken = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": "one"});
        fs::write(&file, broken.to_string()).unwrap();
        assert!(validate(file.path()).is_err());
    }
}
