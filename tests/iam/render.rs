//! The templates, with the resources that have policies rendered as CloudFormation would.

use std::sync::LazyLock;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use crate::{
    cloudformation::{self, Resolver, entries},
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

fn read() -> Result<Vec<Template>> {
    let templates = cloudformation::read(&FILES)?;
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
        let resolver = Resolver {
            template: &self.0,
            named: |name: &str| self.named(name, place, parameters),
        };
        let mut rendered = Vec::new();
        for (id, resource) in entries(&self.0["Resources"]) {
            let kind = resource["Type"].as_str().unwrap_or_default();
            let condition = resource["Condition"].as_str();
            let is_there = condition.map_or(Ok(true), |condition| resolver.holds(condition))?;
            if is_there && wanted(kind) {
                let properties = resolver.resolve(&resource["Properties"]);
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

    /// A pseudo parameter, a parameter, or the ARN of a resource.
    fn named(&self, name: &str, place: &Place, parameters: &Parameters) -> Result<String> {
        let value = match name {
            "AWS::AccountId" => ACCOUNT,
            "AWS::Partition" => place.partition,
            "AWS::Region" => place.region,
            "AWS::StackName" => STACK_NAME,
            "AWS::URLSuffix" => place.url_suffix,
            _ => match parameters.get(name) {
                Some(value) => value,
                None => return self.resource(name, place),
            },
        };
        Ok(value.to_owned())
    }

    /// What `Ref` and `GetAtt` return, for as far as policies need it.
    fn resource(&self, path: &str, place: &Place) -> Result<String> {
        let (id, attribute) = path.split_once('.').unwrap_or((path, ""));
        let resource = &self.0["Resources"][id];
        let kind = resource["Type"].as_str();
        let kind = kind.with_context(|| format!("{id} is neither a parameter nor a resource"))?;
        let name = format!("{STACK_NAME}-{id}");
        Ok(match (kind, attribute) {
            ("AWS::Events::Rule", "Arn") => place.arn("events", &format!("rule/{name}")),
            ("AWS::IAM::Role", "") => name,
            ("AWS::IAM::Role", "Arn") => place.arn("iam", &format!("role/{name}")),
            ("AWS::Lambda::Function", "" | "Arn") => {
                place.arn("lambda", &format!("function:{name}"))
            }
            // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
            ("AWS::Logs::LogGroup", "Arn") => place.arn("logs", &format!("log-group:{name}:*")),
            ("AWS::Scheduler::ScheduleGroup", "Arn") => {
                place.arn("scheduler", &format!("schedule-group/{name}"))
            }
            ("AWS::SNS::Topic", "") => place.arn("sns", &name),
            ("AWS::SQS::Queue", "" | "Arn") => place.arn("sqs", &name),
            ("AWS::StepFunctions::StateMachine", "" | "Arn") => {
                place.arn("states", &format!("stateMachine:{name}"))
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
