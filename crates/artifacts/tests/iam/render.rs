//! The templates, with the resources that have policies rendered as CloudFormation would.
//! See <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>.

use std::{path::Path, process::Command, sync::LazyLock};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Map, Value};

use crate::{
    checkout,
    parameters::{Parameters, STACK_NAME},
    place::{ACCOUNT, Place},
};

const FILES: [&str; 3] = [
    "infra/spotmanager.yaml",
    "infra/workers.yaml",
    "infra/workers-nested.yaml",
];

/// A template as JSON, its short functions written out.
pub(crate) struct Template(Value);

/// A resource whose condition holds.
pub(crate) struct Resource {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) properties: Value,
}

/// All templates, read once.
pub(crate) fn templates() -> Result<&'static [Template]> {
    static TEMPLATES: LazyLock<Result<Vec<Template>, String>> =
        LazyLock::new(|| read().map_err(|error| format!("{error:#}")));
    match &*TEMPLATES {
        Ok(templates) => Ok(templates),
        Err(error) => Err(anyhow!("{error}")),
    }
}

/// Reads them with cfn-lint, which knows CloudFormation's YAML.
fn read() -> Result<Vec<Template>> {
    let script = "import json, sys; from cfnlint.decode import decode; \
                  print(json.dumps([decode(file)[0] for file in sys.argv[1:]]))";
    let python = Path::new(env!("SPOTMANAGER_TOOLS")).join("bin/python");
    let output = Command::new(python)
        .args(["-c", script])
        .args(FILES)
        .current_dir(checkout())
        .output()
        .context("`cargo xtask tools` installs the Python that reads the templates")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{errors}");
    let templates: Vec<Value> = serde_json::from_slice(&output.stdout)?;
    Ok(templates.into_iter().map(Template).collect())
}

impl Template {
    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &Value)> {
        entries(&self.0["Parameters"])
    }

    /// The resources of a type that `wanted` picks, rendered.
    pub(crate) fn render(
        &self,
        place: &Place,
        parameters: &Parameters,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<Resource>> {
        let rendering = Rendering {
            template: &self.0,
            place,
            parameters,
        };
        let mut rendered = Vec::new();
        for (id, resource) in entries(&self.0["Resources"]) {
            let kind = resource["Type"].as_str().unwrap_or_default();
            let condition = resource["Condition"].as_str();
            let is_there = condition.map_or(Ok(true), |condition| rendering.holds(condition))?;
            if is_there && wanted(kind) {
                let properties = rendering.resolve(&resource["Properties"]);
                rendered.push(Resource {
                    id: id.to_owned(),
                    kind: kind.to_owned(),
                    properties: properties.context(id.to_owned())?.unwrap_or_default(),
                });
            }
        }
        Ok(rendered)
    }

    /// The resources as they are written.
    pub(crate) fn raw(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        let resources = entries(&self.0["Resources"]);
        resources.map(|(id, one)| {
            (
                id,
                one["Type"].as_str().unwrap_or_default(),
                &one["Properties"],
            )
        })
    }
}

struct Rendering<'a> {
    template: &'a Value,
    place: &'a Place,
    parameters: &'a Parameters,
}

impl Rendering<'_> {
    fn holds(&self, condition: &str) -> Result<bool> {
        self.is_true(&self.template["Conditions"][condition])
            .with_context(|| format!("condition {condition}"))
    }

    fn is_true(&self, condition: &Value) -> Result<bool> {
        match function(condition) {
            Some(("Fn::Not", of)) => Ok(!self.is_true(&of[0])?),
            Some(("Fn::Equals", pair)) => Ok(self.resolve(&pair[0])? == self.resolve(&pair[1])?),
            _ => bail!("{condition} is neither Fn::Not nor Fn::Equals"),
        }
    }

    /// `None` is `AWS::NoValue`, which removes its key or element.
    fn resolve(&self, value: &Value) -> Result<Option<Value>> {
        let resolved = match (function(value), value) {
            (Some(("Ref", name)), _) if name == "AWS::NoValue" => return Ok(None),
            (Some(("Ref", name)), _) => self.named(name.as_str().unwrap_or_default())?.into(),
            (Some(("Fn::GetAtt", path)), _) => {
                let parts = path.as_array().into_iter().flatten();
                let parts: Vec<_> = parts.filter_map(Value::as_str).collect();
                self.named(&parts.join("."))?.into()
            }
            (Some(("Fn::Sub", text)), _) => {
                let text = text
                    .as_str()
                    .context("Fn::Sub with a map is not supported")?;
                self.substituted(text)?.into()
            }
            (Some(("Fn::If", of)), _) => {
                let condition = of[0].as_str().context("Fn::If without a condition")?;
                let index = if self.holds(condition)? { 1 } else { 2 };
                return self.resolve(&of[index]);
            }
            (Some((other, _)), _) => bail!("{other} is not supported"),
            (None, Value::Object(object)) => {
                let mut resolved = Map::new();
                for (key, value) in object {
                    if let Some(value) = self.resolve(value).with_context(|| key.clone())? {
                        resolved.insert(key.clone(), value);
                    }
                }
                resolved.into()
            }
            (None, Value::Array(elements)) => {
                let mut resolved = Vec::new();
                for element in elements {
                    resolved.extend(self.resolve(element)?);
                }
                resolved.into()
            }
            (None, scalar) => scalar.clone(),
        };
        Ok(Some(resolved))
    }

    fn substituted(&self, text: &str) -> Result<String> {
        let mut parts = text.split("${");
        let mut whole = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').context("a reference without an end")?;
            whole.push_str(&self.named(name)?);
            whole.push_str(rest);
        }
        Ok(whole)
    }

    /// A pseudo parameter, a parameter, or the ARN of a resource.
    fn named(&self, name: &str) -> Result<String> {
        let value = match name {
            "AWS::AccountId" => ACCOUNT,
            "AWS::Partition" => self.place.partition,
            "AWS::Region" => self.place.region,
            "AWS::StackName" => STACK_NAME,
            "AWS::URLSuffix" => self.place.url_suffix,
            _ => match self.parameters.get(name) {
                Some(value) => value,
                None => return self.resource(name),
            },
        };
        Ok(value.to_owned())
    }

    /// What `Ref` and `GetAtt` return, for as far as policies need it.
    fn resource(&self, path: &str) -> Result<String> {
        let (id, attribute) = path.split_once('.').unwrap_or((path, ""));
        let resource = &self.template["Resources"][id];
        let kind = resource["Type"].as_str();
        let kind = kind.with_context(|| format!("{id} is neither a parameter nor a resource"))?;
        let name = format!("{STACK_NAME}-{id}");
        Ok(match (kind, attribute) {
            ("AWS::Events::Rule", "Arn") => self.place.arn("events", &format!("rule/{name}")),
            ("AWS::IAM::Role", "Arn") => self.place.arn("iam", &format!("role/{name}")),
            ("AWS::Lambda::Function", "" | "Arn") => {
                self.place.arn("lambda", &format!("function:{name}"))
            }
            // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
            ("AWS::Logs::LogGroup", "Arn") => {
                self.place.arn("logs", &format!("log-group:{name}:*"))
            }
            ("AWS::Scheduler::ScheduleGroup", "Arn") => self
                .place
                .arn("scheduler", &format!("schedule-group/{name}")),
            ("AWS::SNS::Topic", "") => self.place.arn("sns", &name),
            ("AWS::SQS::Queue", "" | "Arn") => self.place.arn("sqs", &name),
            ("AWS::StepFunctions::StateMachine", "" | "Arn") => {
                self.place.arn("states", &format!("stateMachine:{name}"))
            }
            _ => bail!("{path} of type {kind} has no known ARN"),
        })
    }
}

pub(crate) fn text(scalar: &Value) -> String {
    scalar
        .as_str()
        .map_or_else(|| scalar.to_string(), str::to_owned)
}

fn entries(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let object = object.as_object().into_iter().flatten();
    object.map(|(key, value)| (key.as_str(), value))
}

/// A function's name and argument, if the value is one.
fn function(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (name, argument) = object.iter().next()?;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name.as_str(), argument))
}
