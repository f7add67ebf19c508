//! The template, worked out for a set of parameters.
//! See <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>.

use std::{collections::BTreeMap, path::Path, process::Command};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

use crate::checkout;

/// Parameters and pseudo parameters. A resource is written as `${logicalId}`, its attribute as
/// `${logicalId.Attribute}`.
pub(crate) type Parameters = BTreeMap<String, String>;

pub(crate) struct Template(Value);

impl Template {
    /// Reads it by cfn-lint, which spells the short functions out.
    pub(crate) fn read() -> Result<Self> {
        let script = "import json, sys; from cfnlint.decode import decode; \
                      print(json.dumps(decode(sys.argv[1])[0]))";
        let python = Path::new(env!("SPOTMANAGER_TOOLS")).join("bin/python");
        let output = Command::new(python)
            .args(["-c", script, "infra/spotmanager.yaml"])
            .current_dir(checkout())
            .output()
            .context("is it there? `cargo xtask tools` installs it")?;
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(Self(serde_json::from_slice(&output.stdout)?))
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &Value)> {
        entries(&self.0["Parameters"])
    }

    /// The logical ids that a condition stands at, where these come in a list in Terraform.
    pub(crate) fn declared(&self) -> impl Iterator<Item = (&str, &str, bool)> {
        entries(&self.0["Resources"]).filter_map(|(id, resource)| {
            let kind = resource["Type"].as_str()?;
            Some((id, kind, resource.get("Condition").is_some()))
        })
    }

    /// The resources whose condition holds: logical id, type, properties.
    pub(crate) fn resources(
        &self,
        parameters: &Parameters,
    ) -> Result<Vec<(String, String, Value)>> {
        let mut found = Vec::new();
        for (id, resource) in entries(&self.0["Resources"]) {
            if let Some(condition) = resource["Condition"].as_str()
                && !self.holds(condition, parameters)?
            {
                continue;
            }
            let kind = resource["Type"]
                .as_str()
                .context("a resource without a type")?;
            let empty = Value::Object(Map::new());
            let properties = resource.get("Properties").unwrap_or(&empty);
            let properties = self.resolve(properties, parameters)?.unwrap_or_default();
            found.push((id.to_owned(), kind.to_owned(), properties));
        }
        Ok(found)
    }

    pub(crate) fn outputs(&self, parameters: &Parameters) -> Result<Vec<(String, Value)>> {
        entries(&self.0["Outputs"])
            .map(|(name, output)| {
                let resolved = self.resolve(output, parameters)?;
                Ok((name.to_owned(), resolved.unwrap_or_default()))
            })
            .collect()
    }

    fn holds(&self, condition: &str, parameters: &Parameters) -> Result<bool> {
        self.is_true(&self.0["Conditions"][condition], parameters)
    }

    fn is_true(&self, condition: &Value, parameters: &Parameters) -> Result<bool> {
        match function(condition) {
            Some(("Fn::Not", of)) => Ok(!self.is_true(&of[0], parameters)?),
            Some(("Fn::Equals", pair)) => {
                let [one, other] = [0, 1].map(|index| self.resolve(&pair[index], parameters));
                Ok(one? == other?)
            }
            _ => bail!("no condition is known like {condition}"),
        }
    }

    /// Works a value out; `None` is `AWS::NoValue`, which takes its key or element away.
    fn resolve(&self, value: &Value, parameters: &Parameters) -> Result<Option<Value>> {
        let resolved = match (function(value), value) {
            (Some(("Ref", name)), _) => match name.as_str() {
                Some("AWS::NoValue") => return Ok(None),
                Some(name) => self.named(name, parameters)?.into(),
                None => bail!("{name} is no name"),
            },
            (Some(("Fn::GetAtt", of)), _) => {
                let parts = of
                    .as_array()
                    .map(|parts| parts.iter().filter_map(Value::as_str));
                let path = match parts {
                    Some(parts) => parts.collect::<Vec<_>>().join("."),
                    None => of.as_str().unwrap_or_default().to_owned(),
                };
                self.named(&path, parameters)?.into()
            }
            (Some(("Fn::Sub", text)), _) => self
                .substituted(text.as_str().context("Sub of a text alone")?, parameters)?
                .into(),
            (Some(("Fn::If", of)), _) => {
                let condition = of[0].as_str().context("If without a condition")?;
                let index = if self.holds(condition, parameters)? {
                    1
                } else {
                    2
                };
                return self.resolve(&of[index], parameters);
            }
            (Some((other, _)), _) if other.starts_with("Fn::") => bail!("{other} is not known"),
            (_, Value::Object(entries)) => {
                let mut object = Map::new();
                for (key, value) in entries {
                    if let Some(value) = self.resolve(value, parameters)? {
                        object.insert(key.clone(), value);
                    }
                }
                object.into()
            }
            (_, Value::Array(elements)) => {
                let mut array = Vec::new();
                for element in elements {
                    array.extend(self.resolve(element, parameters)?);
                }
                array.into()
            }
            (_, scalar) => scalar.clone(),
        };
        Ok(Some(resolved))
    }

    fn named(&self, name: &str, parameters: &Parameters) -> Result<String> {
        if let Some(value) = parameters.get(name) {
            return Ok(value.clone());
        }
        let (id, attribute) = name.split_once('.').unwrap_or((name, ""));
        let kind = self.0["Resources"][id]["Type"].as_str();
        match (kind, attribute) {
            (None, _) => bail!("the template has no {name}"),
            // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
            (Some("AWS::Logs::LogGroup"), "Arn") => Ok(format!("${{{name}}}:*")),
            (Some(_), _) => Ok(format!("${{{name}}}")),
        }
    }

    fn substituted(&self, text: &str, parameters: &Parameters) -> Result<String> {
        let mut parts = text.split("${");
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').context("a reference without an end")?;
            whole.push_str(&self.named(name, parameters)?);
            whole.push_str(rest);
        }
        Ok(whole)
    }
}

fn entries(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let object = object.as_object().into_iter().flatten();
    object.map(|(key, value)| (key.as_str(), value))
}

/// A function's name and argument, where the value is one.
fn function(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (name, argument) = object.iter().next()?;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name.as_str(), argument))
}
