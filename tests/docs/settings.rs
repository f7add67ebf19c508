//! What the templates and the dictionary of the fuzzer hold of the table of settings.

use anyhow::{Result, ensure};
use convert_case::{Case, Casing};
use serde_json::{Map, Value, json};
use spotmanager_domain::{
    SETTINGS, Settings,
    settings::{Setting, SettingGroup, Unit, Values},
};

use crate::marks::hold_between;

/// A number that may be absent is a text in a template.
const NUMBER_OR_EMPTY: &str = r"^([0-9]+(\.[0-9]+)?)?$";
const WHOLE_NUMBER_OR_EMPTY: &str = "^([1-9][0-9]*)?$";
const LOGICAL_ID_OR_EMPTY: &str = "^([a-zA-Z0-9]+(/[a-zA-Z0-9]+)*)?$";

/// Holds everything that the table of settings is written into.
pub(crate) fn hold() -> Result<()> {
    let defaults = serde_json::to_value(Settings::default())?;
    let defaults = defaults.as_object().cloned().unwrap_or_default();
    let all: Vec<_> = SETTINGS
        .rows()
        .filter(|setting| setting.group != SettingGroup::Execution)
        .map(|setting| Parameter::of(setting, &defaults))
        .collect::<Result<_>>()?;
    let cloudformation = "infra/spotmanager.yaml";
    hold_between(cloudformation, "groups", &groups())?;
    let parameters: String = all.iter().map(Parameter::in_cloudformation).collect();
    hold_between(cloudformation, "settings", &parameters)?;
    let variables = all.iter().map(|one| {
        let parameter = parameter(one.setting);
        format!("          {}: !Ref {parameter}\n", one.setting.variable())
    });
    hold_between(cloudformation, "variables", &variables.collect::<String>())?;

    let parameters: Vec<_> = all.iter().map(Parameter::in_terraform).collect();
    let terraform = "infra/terraform/variables.tf";
    hold_between(terraform, "settings", &parameters.join("\n"))?;
    let longest = all.iter().map(|one| one.setting.name.len()).max();
    let variables = all.iter().map(|one| {
        let (variable, name) = (one.setting.variable(), one.setting.name);
        format!("      {variable:0$} = var.{name}\n", longest.unwrap_or(0))
    });
    let variables = variables.collect::<String>();
    hold_between("infra/terraform/discover.tf", "variables", &variables)?;

    let mut fields: Vec<_> = SETTINGS.rows().map(|setting| setting.name).collect();
    fields.sort_unstable();
    let fields = fields.iter().map(|field| format!("\"\\\"{field}\\\":\"\n"));
    hold_between("fuzz/json.dict", "settings", &fields.collect::<String>())
}

/// The settings' parameters in the groups of CloudFormation's console, after those of the group
/// Workers that are no settings.
fn groups() -> String {
    let names = |group| {
        let of_group = SETTINGS.rows().filter(move |row| row.group == group);
        of_group.map(parameter).collect::<Vec<_>>()
    };
    let workers = names(SettingGroup::Workers).into_iter();
    let mut groups: String = workers
        .map(|name| format!("          - {name}\n"))
        .collect();
    for (group, label) in [
        (SettingGroup::Decision, "Decision"),
        (SettingGroup::Scaling, "Scaling"),
        (SettingGroup::Rounds, "More than one instance"),
    ] {
        let names = names(group).join(", ");
        groups +=
            &format!("      - Label: {{ default: {label} }}\n        Parameters: [{names}]\n");
    }
    groups
}

fn parameter(setting: &Setting) -> String {
    setting.name.to_case(Case::Pascal)
}

/// A text as YAML has it: quoted if it would be something else without quotes.
fn plain(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':');
    if is_plain {
        text.to_owned()
    } else {
        Value::from(text).to_string()
    }
}

#[test]
fn a_text_that_yaml_would_read_as_something_else_is_quoted() {
    for (text, written) in [
        ("How many, 1 to 10.", "How many, 1 to 10."),
        ("Percent: 1 to 10.", "\"Percent: 1 to 10.\""),
        ("Rank #1 or a #2.", "\"Rank #1 or a #2.\""),
        ("`a` or `b`.", "\"`a` or `b`.\""),
    ] {
        assert_eq!(plain(text), written);
        let read: String = serde_saphyr::from_str(written).unwrap();
        assert_eq!(read, text);
    }
}

/// A setting as a deployment has it.
struct Parameter {
    setting: &'static Setting,
    default: Value,
    pattern: Option<&'static str>,
    least: Option<String>,
    most: Option<String>,
}

impl Parameter {
    fn of(setting: &'static Setting, defaults: &Map<String, Value>) -> Result<Self> {
        let default = defaults.get(setting.name).cloned();
        let (mut pattern, mut least, mut most) = (None, None, None);
        match (setting.values, &default) {
            (Values::Number(Unit::Instances, _), None) => pattern = Some(WHOLE_NUMBER_OR_EMPTY),
            (Values::Number(..), None) => pattern = Some(NUMBER_OR_EMPTY),
            (Values::Number(_, range), Some(_)) => {
                // What a template cannot say, a setting with a default must not need.
                ensure!(!range.is_above, "{} has no least value", setting.name);
                least = Some(range.least.to_string());
                most = range.most.map(|most| most.to_string());
            }
            (Values::LogicalIdOrEmpty, _) => pattern = Some(LOGICAL_ID_OR_EMPTY),
            _ => {}
        }
        // A decimal is a text in JSON.
        let default = match default {
            None => json!(""),
            Some(Value::String(number)) if least.is_some() => serde_json::from_str(&number)?,
            Some(default) => default,
        };
        Ok(Self {
            setting,
            default,
            pattern,
            least,
            most,
        })
    }

    /// What it is. A template has every parameter, so it says what an empty one means.
    fn about(&self) -> String {
        let about = self.setting.about();
        match (self.pattern, self.setting.values) {
            // The pattern holds no range.
            (Some(_), Values::Number(_, range)) => {
                let about = about.trim_end_matches('.');
                format!("{about}, {range}; empty for no such limit.")
            }
            _ => about.to_owned(),
        }
    }

    fn in_cloudformation(&self) -> String {
        let name = parameter(self.setting);
        let (kind, default) = match &self.default {
            Value::Number(number) => ("Number", number.to_string()),
            // CloudFormation has no type for what is true or false.
            Value::Bool(flag) => ("String", format!("\"{flag}\"")),
            text => ("String", text.to_string()),
        };
        let mut lines = vec![format!("Type: {kind}"), format!("Default: {default}")];
        if self.default.is_boolean() {
            lines.push("AllowedValues: [\"true\", \"false\"]".to_owned());
        }
        if let Values::OneOf(words) = self.setting.values {
            lines.push(format!("AllowedValues: [{}]", words.join(", ")));
        }
        lines.extend(
            self.pattern
                .map(|pattern| format!("AllowedPattern: {pattern}")),
        );
        lines.extend(self.least.iter().map(|least| format!("MinValue: {least}")));
        lines.extend(self.most.iter().map(|most| format!("MaxValue: {most}")));
        lines.push(format!("Description: {}", plain(&self.about())));
        let lines = lines.iter().map(|line| format!("    {line}\n"));
        format!("  {name}:\n{}", lines.collect::<String>())
    }

    fn in_terraform(&self) -> String {
        let name = self.setting.name;
        let kind = match self.default {
            Value::Number(_) => "number",
            Value::Bool(_) => "bool",
            _ => "string",
        };
        let text = |text: &str| Value::from(text).to_string();
        let validation = match (self.pattern, &self.least, &self.most) {
            _ if let Values::OneOf(words) = self.setting.values => Some((
                format!("contains({words:?}, var.{name})"),
                format!("be one of {}", words.join(", ")),
            )),
            (Some(pattern), ..) => Some((
                format!("can(regex({}, var.{name}))", text(pattern)),
                format!("match {pattern}"),
            )),
            (None, Some(least), Some(most)) => Some((
                format!("var.{name} >= {least} && var.{name} <= {most}"),
                format!("be from {least} to {most}"),
            )),
            (None, Some(least), None) => Some((
                format!("var.{name} >= {least}"),
                format!("be at least {least}"),
            )),
            _ => None,
        };
        let validation = validation.map(|(condition, should)| {
            let message = text(&format!("{name} should {should}."));
            format!(
                "\n  validation {{\n    condition     = {condition}\n    error_message = {message}\n  }}\n"
            )
        });
        format!(
            "variable \"{name}\" {{\n  description = {}\n  type        = {kind}\n  default     = {}\n  \
             nullable    = false\n{}}}\n",
            text(&self.about()),
            self.default,
            validation.unwrap_or_default()
        )
    }
}
