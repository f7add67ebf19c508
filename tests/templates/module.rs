//! The module, worked out for a set of parameters as Terraform would.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result, anyhow, bail};
use hcl::{
    Block, Body, Expression,
    eval::{Context, Evaluate, FuncArgs, FuncDef, ParamType},
};
use serde_json::{Map, Value, json};

use crate::{
    checkout,
    counterpart::{KINDS, attributes_of, snake_case, terraform_name},
    scenario,
    template::{Parameters, Template},
};

/// What says how many there are of a resource, and in which order, and nothing of the resource.
pub(crate) const META: [&str; 3] = ["count", "for_each", "depends_on"];

pub(crate) struct Module(Vec<Block>);

/// A module under a set of parameters.
pub(crate) struct WorkedOut {
    /// By address, such as `aws_sns_topic.jobs`; those that stand for several have `for_each` yet.
    pub(crate) resources: BTreeMap<String, Value>,
    pub(crate) outputs: Value,
}

/// A variable's declaration.
pub(crate) struct Variable<'a>(&'a Block);

impl Variable<'_> {
    /// Its type as it is written, its default, and the condition of its validation.
    pub(crate) fn to_json(&self) -> Result<Value> {
        let mut declared = json!({"default": null, "validation": null});
        for attribute in self.0.body.attributes() {
            let value = match (attribute.key(), attribute.expr()) {
                ("type", kind) => Value::String(hcl::format::to_string(kind)?),
                (_, value) => serde_json::to_value(value.evaluate(&Context::new())?)?,
            };
            declared[attribute.key()] = value;
        }
        for validation in self.0.body.blocks() {
            for attribute in validation.body.attributes() {
                if attribute.key() == "condition" {
                    let condition = hcl::format::to_string(attribute.expr())?;
                    declared["validation"] = condition.into();
                }
            }
        }
        Ok(declared)
    }
}

impl Module {
    pub(crate) fn read() -> Result<Self> {
        let mut blocks = Vec::new();
        for entry in fs::read_dir(folder())? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "tf") {
                let body: Body = hcl::parse(&fs::read_to_string(&path)?)
                    .with_context(|| path.display().to_string())?;
                blocks.extend(body.into_blocks());
            }
        }
        Ok(Self(blocks))
    }

    pub(crate) fn variables(&self) -> BTreeMap<String, Variable<'_>> {
        self.labelled("variable")
            .map(|(name, block)| (name.to_owned(), Variable(block)))
            .collect()
    }

    fn labelled<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Block)> {
        self.0.iter().filter_map(move |block| match block.labels() {
            [name] if block.identifier() == kind => Some((name.as_str(), block)),
            _ => None,
        })
    }

    pub(crate) fn work_out(
        &self,
        template: &Template,
        parameters: &Parameters,
    ) -> Result<WorkedOut> {
        let context = self.context(template, parameters)?;
        let mut resources = BTreeMap::new();
        for block in self
            .0
            .iter()
            .filter(|block| block.identifier() == "resource")
        {
            let [kind, name] = block.labels() else {
                bail!("a resource without type or name");
            };
            let address = format!("{}.{}", kind.as_str(), name.as_str());
            let body = evaluated(&block.body, &context).with_context(|| address.clone())?;
            if body["count"] != json!(0) {
                resources.insert(address, body);
            }
        }
        let mut outputs = Map::new();
        for (name, block) in self.labelled("output") {
            outputs.insert(name.to_owned(), evaluated(&block.body, &context)?);
        }
        Ok(WorkedOut {
            resources,
            outputs: outputs.into(),
        })
    }

    fn context(&self, template: &Template, parameters: &Parameters) -> Result<Context<'static>> {
        let mut context = Context::new();
        for (name, function) in functions() {
            context.declare_func(name, function);
        }
        let mut variables = Map::new();
        let given = |name: &str| {
            let value = parameters.get(name).map(String::as_str);
            value.with_context(|| format!("{name} is not set"))
        };
        variables.insert("name".to_owned(), given("AWS::StackName")?.into());
        for (name, parameter) in template.parameters() {
            let kind = scenario::variable_type(parameter)?;
            let value = scenario::typed(&Value::from(given(name)?), kind);
            variables.insert(snake_case(name), value);
        }
        declare(&mut context, "var", variables.into())?;
        declare(&mut context, "path", json!({"module": folder()}))?;
        let data = json!({
            "aws_caller_identity": {"current": {"account_id": given("AWS::AccountId")?}},
            "aws_partition": {"current": {
                "partition": given("AWS::Partition")?,
                "dns_suffix": given("AWS::URLSuffix")?,
            }},
            "aws_region": {"current": {"id": given("AWS::Region")?}},
        });
        declare(&mut context, "data", data)?;
        for (kind, resources) in references(template)? {
            declare(&mut context, &kind, resources)?;
        }
        // The value of an element, where a resource stands for several.
        declare(&mut context, "each", json!({"value": "${each.value}"}))?;
        let mut locals = Map::new();
        for block in self.0.iter().filter(|block| block.identifier() == "locals") {
            for attribute in block.body.attributes() {
                let value = attribute.expr().evaluate(&context)?;
                locals.insert(attribute.key().to_owned(), serde_json::to_value(value)?);
            }
        }
        declare(&mut context, "local", locals.into())?;
        Ok(context)
    }
}

fn folder() -> std::path::PathBuf {
    checkout().join("infra/terraform")
}

fn declare(context: &mut Context<'static>, name: &str, value: Value) -> Result<()> {
    let value: hcl::Value = serde_json::from_value(value)?;
    context.declare_var(name, value);
    Ok(())
}

/// Each resource of the template under its address in Terraform, its attributes written as the
/// template's; `id` serves only to say where something lies.
fn references(template: &Template) -> Result<BTreeMap<String, Value>> {
    let mut references: BTreeMap<String, Value> = BTreeMap::new();
    for (id, kind, is_conditional) in template.declared() {
        let Some(kind) = KINDS.iter().find(|one| one.cloud_formation == kind) else {
            bail!("{kind} has no counterpart");
        };
        let mut attributes = json!({"id": format!("id of {id}"), "name": format!("${{{id}}}")});
        for (attribute, of_template) in attributes_of(kind.terraform) {
            let value = match *of_template {
                "" => format!("${{{id}}}"),
                other => format!("${{{id}.{other}}}"),
            };
            attributes[*attribute] = value.into();
        }
        let name = terraform_name(id, kind)?;
        let resources = references.entry(kind.terraform.to_owned());
        let resources = resources.or_insert_with(|| json!({}));
        resources[name] = if is_conditional {
            json!([attributes])
        } else {
            attributes
        };
    }
    // What a resource depends on besides is named, and never read.
    let policies = references.get("aws_iam_role").cloned().unwrap_or_default();
    references.insert("aws_iam_role_policy".to_owned(), policies);
    Ok(references)
}

/// A body as JSON, with blocks as objects.
fn evaluated(body: &Body, context: &Context<'static>) -> Result<Value> {
    let mut object = Map::new();
    for attribute in body.attributes() {
        // Without any, the rest of the body may name what is not there.
        if attribute.key() == "count" && is_zero(attribute.expr(), context)? {
            return Ok(json!({"count": 0}));
        }
        let value = attribute
            .expr()
            .evaluate(context)
            .map_err(|error| anyhow!("{}: {error}", attribute.key()))?;
        object.insert(attribute.key().to_owned(), serde_json::to_value(value)?);
    }
    for block in body.blocks() {
        let inner = evaluated(&block.body, context)?;
        object.insert(block.identifier().to_owned(), inner);
    }
    Ok(object.into())
}

fn is_zero(count: &Expression, context: &Context<'static>) -> Result<bool> {
    Ok(serde_json::to_value(count.evaluate(context)?)? == json!(0))
}

/// The functions that the module calls.
/// See <https://developer.hashicorp.com/terraform/language/functions>.
fn functions() -> [(&'static str, FuncDef); 4] {
    let any = || FuncDef::builder().variadic_param(ParamType::Any);
    [
        ("concat", any().build(concat)),
        ("jsonencode", any().build(jsonencode)),
        ("split", any().build(split)),
        ("templatefile", any().build(templatefile)),
    ]
}

fn concat(lists: FuncArgs) -> Result<hcl::Value, String> {
    let mut all = Vec::new();
    for list in lists.into_values() {
        match list {
            hcl::Value::Array(elements) => all.extend(elements),
            other => return Err(format!("{other} is no list")),
        }
    }
    Ok(hcl::Value::Array(all))
}

fn jsonencode(value: FuncArgs) -> Result<hcl::Value, String> {
    match &value.into_values()[..] {
        [value] => serde_json::to_string(value)
            .map(hcl::Value::String)
            .map_err(|error| error.to_string()),
        _ => Err("one value is encoded".to_owned()),
    }
}

fn split(arguments: FuncArgs) -> Result<hcl::Value, String> {
    match &arguments.into_values()[..] {
        [hcl::Value::String(separator), hcl::Value::String(text)] => {
            let parts = text.split(separator.as_str()).map(hcl::Value::from);
            Ok(hcl::Value::Array(parts.collect()))
        }
        _ => Err("a separator and a text are taken".to_owned()),
    }
}

fn templatefile(arguments: FuncArgs) -> Result<hcl::Value, String> {
    match &arguments.into_values()[..] {
        [hcl::Value::String(path), hcl::Value::Object(variables)] => {
            let mut text =
                fs::read_to_string(Path::new(path)).map_err(|error| error.to_string())?;
            if text.contains("%{") {
                return Err(format!(
                    "{path} would be taken for a directive of Terraform's"
                ));
            }
            for (name, value) in variables {
                let value = value.as_str().ok_or("a variable is a text")?;
                text = text.replace(&format!("${{{name}}}"), value);
            }
            Ok(text.into())
        }
        _ => Err("a path and variables are taken".to_owned()),
    }
}
