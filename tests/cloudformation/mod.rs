//! Templates, and CloudFormation's functions in them, for the suites that compare what comes out.
//! See <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html>.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

pub(crate) fn checkout() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reads templates of the checkout with cfn-lint, which writes the short functions out.
pub(crate) fn read(files: &[&str]) -> Result<Vec<Value>> {
    let script = "import json, sys; from cfnlint.decode import decode; \
                  print(json.dumps([decode(file)[0] for file in sys.argv[1:]]))";
    let python = Path::new(env!("SPOTMANAGER_TOOLS")).join("bin/python");
    let output = Command::new(python)
        .args(["-c", script])
        .args(files)
        .current_dir(checkout())
        .output()
        .context("`cargo xtask tools` installs the Python that reads the templates")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{errors}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The fields of an object.
pub(crate) fn entries(object: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let object = object.as_object().into_iter().flatten();
    object.map(|(key, value)| (key.as_str(), value))
}

/// A template with the values of what its functions refer to.
pub(crate) struct Resolver<'a, N> {
    pub(crate) template: &'a Value,
    /// The value of a parameter, a pseudo parameter, a resource, or of `RESOURCE.ATTRIBUTE`.
    pub(crate) named: N,
}

impl<N: Fn(&str) -> Result<String>> Resolver<'_, N> {
    /// Whether a condition of the template holds.
    pub(crate) fn holds(&self, condition: &str) -> Result<bool> {
        self.is_true(&self.template["Conditions"][condition])
            .with_context(|| format!("condition {condition}"))
    }

    fn is_true(&self, condition: &Value) -> Result<bool> {
        match function(condition) {
            Some(("Fn::Not", of)) => Ok(!self.is_true(&of[0])?),
            Some(("Fn::And", all)) => {
                let all = all.as_array().into_iter().flatten();
                let each = all.map(|one| self.is_true(one));
                Ok(each
                    .collect::<Result<Vec<_>>>()?
                    .into_iter()
                    .all(|holds| holds))
            }
            Some(("Fn::Equals", pair)) => Ok(self.resolve(&pair[0])? == self.resolve(&pair[1])?),
            _ => bail!("{condition} is neither Fn::And nor Fn::Not nor Fn::Equals"),
        }
    }

    /// A value with its functions resolved; `None` is `AWS::NoValue`, which removes its key or
    /// element.
    pub(crate) fn resolve(&self, value: &Value) -> Result<Option<Value>> {
        let resolved = match (function(value), value) {
            (Some(("Ref", name)), _) if name == "AWS::NoValue" => return Ok(None),
            (Some(("Ref", name)), _) => (self.named)(name.as_str().unwrap_or_default())?.into(),
            (Some(("Fn::GetAtt", path)), _) => {
                let parts = path.as_array().into_iter().flatten();
                let parts: Vec<_> = parts.filter_map(Value::as_str).collect();
                (self.named)(&parts.join("."))?.into()
            }
            (Some(("Fn::Sub", text)), _) => {
                let text = text.as_str();
                let text = text.context("Fn::Sub with a map is not supported")?;
                self.substituted(text)?.into()
            }
            (Some(("Fn::If", of)), _) => {
                let condition = of[0].as_str().context("Fn::If without a condition")?;
                let index = if self.holds(condition)? { 1 } else { 2 };
                return self.resolve(&of[index]);
            }
            (Some(("Fn::Join", of)), _) => {
                let separator = of[0].as_str().context("Fn::Join without a separator")?;
                let list = self.resolve(&of[1])?.unwrap_or_default();
                let parts = list.as_array().into_iter().flatten();
                let parts: Vec<_> = parts.filter_map(Value::as_str).collect();
                parts.join(separator).into()
            }
            (Some(("Fn::Split", of)), _) => {
                let separator = of[0].as_str().context("Fn::Split without a separator")?;
                let text = self.resolve(&of[1])?.unwrap_or_default();
                let text = text.as_str().context("Fn::Split of no text")?;
                text.split(separator).collect()
            }
            (Some(("Fn::Select", of)), _) => {
                let index = of[0].as_u64().context("Fn::Select without an index")?;
                let list = self.resolve(&of[1])?.unwrap_or_default();
                let element = list.get(usize::try_from(index)?);
                element.cloned().context("Fn::Select beyond the list")?
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
            whole.push_str(&(self.named)(name)?);
            whole.push_str(rest);
        }
        Ok(whole)
    }
}

/// A function's name and argument, if the value is one.
fn function(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    let (name, argument) = object.iter().next()?;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name.as_str(), argument))
}
