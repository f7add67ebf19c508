//! The cases of a function, and how each is expanded.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Event, EventError};

/// The name of the base among the cases.
const BASE: &str = "base";

/// The test events of a function.
#[derive(Clone, Debug)]
pub struct Events {
    function: String,
    base: Value,
    list: List,
}

/// `cases.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    /// What the base is, in a line.
    about: String,
    /// The stack of the base.
    stack: String,
    cases: Vec<Case>,
}

/// One event, as far as it differs from another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Its name.
    name: String,
    /// What makes it this case, in a line.
    about: String,
    /// The case above it that it changes; absent for the base.
    from: Option<String>,
    /// Its stack, if that differs.
    stack: Option<String>,
    /// What it changes: a JSON Merge Patch (an object), or a JSON Patch (a list).
    patch: Option<Value>,
    /// The whole event, if it is of another kind than the base.
    event: Option<Value>,
}

impl Events {
    /// Those of a function, such as `start`, from the checkout that this was built in.
    ///
    /// # Errors
    /// [`EventError`] when its files cannot be read.
    pub fn of(function: &str) -> Result<Self, EventError> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/events")
            .join(function);
        Ok(Self {
            function: function.to_owned(),
            base: read(folder.join("base.json"))?,
            list: read(folder.join("cases.json"))?,
        })
    }

    /// Name and description of each, the base first.
    pub fn list(&self) -> impl Iterator<Item = (&str, &str)> {
        let cases = self.list.cases.iter();
        let cases = cases.map(|case| (case.name.as_str(), case.about.as_str()));
        [(BASE, self.list.about.as_str())].into_iter().chain(cases)
    }

    /// One of them, expanded.
    ///
    /// # Errors
    /// [`EventError`] when no case has this name, or when a case changes nothing.
    pub fn event(&self, name: &str) -> Result<Event, EventError> {
        self.expand(name, &self.list.cases)
    }

    /// Expands one of `cases`. A case can only change one that stands above it.
    fn expand(&self, name: &str, cases: &[Case]) -> Result<Event, EventError> {
        if name == BASE {
            return Ok(Event::new(self.list.stack.clone(), self.base.clone()));
        }
        let found = cases.iter().enumerate().find(|(_, case)| case.name == name);
        let Some((index, case)) = found else {
            return Err(EventError::NoCase {
                function: self.function.clone(),
                case: name.to_owned(),
                known: [BASE.to_owned()]
                    .into_iter()
                    .chain(cases.iter().map(|case| case.name.clone()))
                    .collect(),
            });
        };
        let from = case.from.as_deref().unwrap_or(BASE);
        let from = self.expand(from, &cases[..index])?;
        let mut event = from.clone();
        if let Some(stack) = &case.stack {
            event.stack.clone_from(stack);
        }
        if let Some(body) = &case.event {
            event.body.clone_from(body);
        }
        if let Some(patch) = &case.patch {
            event.patch(patch).map_err(|source| EventError::Patch {
                function: self.function.clone(),
                case: name.to_owned(),
                source,
            })?;
        }
        let stays_in_its_stack = event.stack == from.stack;
        if stays_in_its_stack && (case.stack.is_some() || event.body == from.body) {
            return Err(EventError::NoChange {
                function: self.function.clone(),
                case: name.to_owned(),
            });
        }
        Ok(event)
    }
}

fn read<T: DeserializeOwned>(path: PathBuf) -> Result<T, EventError> {
    match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).map_err(|source| EventError::Json { path, source }),
        Err(source) => Err(EventError::File { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn events(cases: &Value) -> Events {
        Events {
            function: "scale".into(),
            base: json!({"stack": "{stack}", "action": "up"}),
            list: serde_json::from_value(json!({
                "about": "the base", "stack": "workers", "cases": cases,
            }))
            .unwrap(),
        }
    }

    fn message(cases: &Value, name: &str) -> String {
        events(cases).event(name).unwrap_err().to_string()
    }

    #[test]
    fn a_case_changes_the_base_or_a_case_above_it() {
        let cases = json!([
            {"name": "down", "about": "a", "stack": "farm", "patch": {"action": "down"}},
            {"name": "dry", "about": "b", "from": "down", "patch": {"dry_run": true}},
            {"name": "other", "about": "c", "event": {"source": "{stack}"}},
        ]);
        let value = |name| events(&cases).event(name).unwrap().into_value();
        assert_eq!(value("base"), json!({"stack": "workers", "action": "up"}));
        let dry = json!({"stack": "farm", "action": "down", "dry_run": true});
        assert_eq!(value("dry"), dry);
        assert_eq!(value("other"), json!({"source": "workers"}));
    }

    #[test]
    fn a_case_that_is_not_there_is_refused_with_those_that_are() {
        let cases = json!([
            {"name": "early", "about": "a", "from": "late", "stack": "farm"},
            {"name": "late", "about": "b", "stack": "farm"},
        ]);
        let known = "scale has no test event \"none\"; it has base, early, late";
        assert_eq!(message(&cases, "none"), known);
        let above = "scale has no test event \"late\"; it has base";
        assert_eq!(message(&cases, "early"), above);
    }

    #[test]
    fn a_case_that_changes_nothing_is_refused() {
        for case in [
            json!({"name": "same", "about": "a"}),
            json!({"name": "same", "about": "a", "stack": "workers", "patch": {"action": "down"}}),
            json!({"name": "same", "about": "a", "event": {"stack": "{stack}", "action": "up"}}),
        ] {
            let same = "test event \"same\" of scale changes nothing";
            assert_eq!(message(&json!([case]), "same"), same);
        }
        let patch =
            json!({"name": "same", "about": "a", "stack": "farm", "patch": {"action": "up"}});
        assert_eq!(
            message(&json!([patch]), "same"),
            "test event \"same\" of scale"
        );
    }
}
