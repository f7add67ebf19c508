//! The parameters, from the templates.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use convert_case::{Case, Casing};
use serde::Deserialize;
use serde_json::Value;
use spotmanager_domain::SETTINGS;

use crate::{
    read,
    table::{code, table},
};

#[derive(Deserialize)]
struct Template {
    #[serde(rename = "Description")]
    description: String,
    #[serde(rename = "Metadata")]
    metadata: Option<Metadata>,
    #[serde(rename = "Parameters")]
    parameters: BTreeMap<String, Parameter>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "AWS::CloudFormation::Interface")]
    interface: Interface,
}

#[derive(Deserialize)]
struct Interface {
    #[serde(rename = "ParameterGroups")]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(rename = "Label")]
    label: Label,
    #[serde(rename = "Parameters")]
    parameters: Vec<String>,
}

#[derive(Deserialize)]
struct Label {
    default: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    r#type: String,
    default: Option<Value>,
    #[serde(default)]
    allowed_values: Vec<Value>,
    min_value: Option<Value>,
    max_value: Option<Value>,
    description: String,
}

pub(crate) fn page() -> Result<String> {
    let mut page = "# Parameters\n\nWritten by `cargo xtask reference` from the templates. A parameter \
        with a key under `settings` becomes a function's environment variable of the same words \
        (`PRICE_WINDOW_SECONDS`), and an execution may set it anew in its input, under that key; what \
        is out of range is refused by name.\n"
        .to_owned();
    for file in ["spotmanager.yaml", "workers.yaml", "workers-nested.yaml"] {
        let template = template(file)?;
        page.push_str(&format!(
            "\n## infra/{file}\n\n{}\n",
            template.description.trim()
        ));
        let Some(metadata) = &template.metadata else {
            page.push('\n');
            page.push_str(&listed(&template, template.parameters.keys()));
            continue;
        };
        for group in &metadata.interface.groups {
            page.push_str(&format!("\n### {}\n\n", group.label.default));
            page.push_str(&listed(&template, &group.parameters));
        }
    }
    Ok(page)
}

fn template(file: &str) -> Result<Template> {
    let text = read(&format!("infra/{file}"))?;
    // What follows has CloudFormation's own tags, which are no YAML for anyone else.
    let end = ["\nMappings:", "\nRules:", "\nConditions:", "\nResources:"]
        .iter()
        .filter_map(|section| text.find(section))
        .min()
        .context("no resources")?;
    serde_saphyr::from_str(&text[..end]).with_context(|| file.to_owned())
}

fn listed<'a>(template: &Template, names: impl IntoIterator<Item = &'a String>) -> String {
    let rows = names.into_iter().map(|name| {
        let parameter = &template.parameters[name];
        [
            code(name),
            default(parameter),
            allowed(parameter),
            parameter.description.clone(),
            code(&setting(name)),
        ]
    });
    table(
        [
            "parameter",
            "default",
            "allowed",
            "what it is",
            "key under `settings`",
        ],
        rows,
    )
}

fn default(parameter: &Parameter) -> String {
    match &parameter.default {
        None => "required".to_owned(),
        Some(default) if text(default).is_empty() => "empty".to_owned(),
        Some(default) => code(&text(default)),
    }
}

fn allowed(parameter: &Parameter) -> String {
    if !parameter.allowed_values.is_empty() {
        let values = parameter.allowed_values.iter().map(|one| code(&text(one)));
        return values.collect::<Vec<_>>().join(", ");
    }
    match (&parameter.min_value, &parameter.max_value) {
        (Some(least), Some(most)) => format!("{} to {}", text(least), text(most)),
        (Some(least), None) => format!("at least {}", text(least)),
        (None, Some(most)) => format!("at most {}", text(most)),
        (None, None) if parameter.r#type == "String" => String::new(),
        (None, None) => code(&parameter.r#type),
    }
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The key with which an execution sets it; nothing where it has none.
fn setting(parameter: &str) -> String {
    let key = parameter.to_case(Case::Snake);
    let is_setting = SETTINGS.rows().any(|setting| setting.name == key);
    if is_setting { key } else { String::new() }
}
