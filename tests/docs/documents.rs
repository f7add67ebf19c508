//! The JSON that is told and written, from the schemas.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{
    read,
    table::{code, table},
};

const FILES: [&str; 11] = [
    "decision",
    "outcome",
    "fallback",
    "failure",
    "init",
    "deploy",
    "doctor",
    "explain",
    "replay",
    "backtest-prices",
    "backtest-availability",
];

pub(crate) fn page() -> Result<String> {
    let mut page = "# Documents\n\nWritten by `cargo xtask reference` from `schemas/`. The first four are \
        the `detail` of events on the default event bus ([notifications](../how-to/notifications.md)); the \
        others are what `--output json` writes, that of `explain` also for `run`. Amounts are decimals in \
        strings. A schema allows no field in addition to its own: a new field comes with a new `version` once \
        a release has the document.\n"
        .to_owned();
    for file in FILES {
        let schema: Value = serde_json::from_str(&read(&format!("schemas/{file}.json"))?)?;
        let description = schema["description"].as_str().unwrap_or_default();
        let title = schema["title"].as_str().context("no title")?;
        page.push_str(&format!(
            "\n## {title}\n\n{description} [schemas/{file}.json](../../schemas/{file}.json)\n\n"
        ));
        let mut rows = Vec::new();
        fields(&schema, &schema, "", &mut rows);
        page.push_str(&table(
            ["field", "type", "always there", "what it is"],
            rows,
        ));
    }
    Ok(page)
}

/// The fields of an object, and of those below it, each under its path.
fn fields(root: &Value, object: &Value, path: &str, rows: &mut Vec<[String; 4]>) {
    let Some(properties) = object["properties"].as_object() else {
        return;
    };
    let required = object["required"].as_array();
    for (name, property) in properties {
        let property = resolved(root, property);
        let is_required = required.is_some_and(|all| all.iter().any(|one| one == name));
        let path = format!("{path}{name}");
        rows.push([
            code(&path),
            kind(root, property),
            if is_required { "yes" } else { "" }.to_owned(),
            property["description"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        ]);
        for below in alternatives(property) {
            let below = resolved(root, below);
            fields(root, below, &format!("{path}."), rows);
            let items = resolved(root, &below["items"]);
            fields(root, items, &format!("{path}[]."), rows);
        }
    }
}

/// What a property may be: itself, or one of several.
fn alternatives(property: &Value) -> Vec<&Value> {
    let several = ["oneOf", "anyOf"]
        .iter()
        .find_map(|key| property[key].as_array());
    several.map_or_else(|| vec![property], |several| several.iter().collect())
}

/// A property, or what it refers to.
fn resolved<'a>(root: &'a Value, property: &'a Value) -> &'a Value {
    let referred = property["$ref"]
        .as_str()
        .and_then(|path| path.strip_prefix('#'));
    referred
        .and_then(|path| root.pointer(path))
        .unwrap_or(property)
}

fn kind(root: &Value, property: &Value) -> String {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    if let Some(constant) = property.get("const") {
        return code(&constant.to_string());
    }
    if let Some(values) = property["enum"].as_array() {
        let values = values.iter().map(|value| code(&text(value)));
        return values.collect::<Vec<_>>().join(", ");
    }
    match &property["type"] {
        Value::Array(several) => {
            let several = several.iter().map(text);
            several.collect::<Vec<_>>().join(" or ")
        }
        Value::Null => {
            let several = alternatives(property).into_iter();
            let several = several.filter(|one| *one != property);
            let kinds = several.map(|one| kind(root, resolved(root, one)));
            kinds.collect::<Vec<_>>().join(" or ")
        }
        Value::String(array) if array == "array" => {
            let items = resolved(root, &property["items"]);
            format!("array of {}", kind(root, items))
        }
        one => text(one),
    }
}
