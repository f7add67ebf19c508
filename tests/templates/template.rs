//! The template, worked out for a set of parameters.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::cloudformation::{self, Resolver, entries};

/// Parameters and pseudo parameters. A resource is written as `${logicalId}`, its attribute as
/// `${logicalId.Attribute}`.
pub(crate) type Parameters = BTreeMap<String, String>;

pub(crate) struct Template(Value);

impl Template {
    pub(crate) fn read() -> Result<Self> {
        let templates = cloudformation::read(&["infra/spotmanager.yaml"])?;
        let template = templates.into_iter().next();
        Ok(Self(template.context("cfn-lint read no template")?))
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
        let resolver = self.resolver(parameters);
        let mut found = Vec::new();
        for (id, resource) in entries(&self.0["Resources"]) {
            if let Some(condition) = resource["Condition"].as_str()
                && !resolver.holds(condition)?
            {
                continue;
            }
            let kind = resource["Type"]
                .as_str()
                .context("a resource without a type")?;
            let empty = Value::Object(Map::new());
            let properties = resource.get("Properties").unwrap_or(&empty);
            let properties = resolver.resolve(properties)?.unwrap_or_default();
            found.push((id.to_owned(), kind.to_owned(), properties));
        }
        Ok(found)
    }

    pub(crate) fn outputs(&self, parameters: &Parameters) -> Result<Vec<(String, Value)>> {
        let resolver = self.resolver(parameters);
        entries(&self.0["Outputs"])
            .map(|(name, output)| {
                let resolved = resolver.resolve(output)?;
                Ok((name.to_owned(), resolved.unwrap_or_default()))
            })
            .collect()
    }

    fn resolver<'a>(
        &'a self,
        parameters: &'a Parameters,
    ) -> Resolver<'a, impl Fn(&str) -> Result<String>> {
        Resolver {
            template: &self.0,
            named: move |name: &str| self.named(name, parameters),
        }
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
}
