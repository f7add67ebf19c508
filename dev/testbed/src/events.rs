//! The test events themselves: each is read, differs from the others and is used.

use std::{collections::BTreeMap, fs, path::Path};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use spotmanager_artifacts::{FUNCTIONS, events::Events};
use spotmanager_domain::{
    DiscoverInput, EvaluateInput, PreviousScaleInput, PreviousVerifyInput, ScaleInput, VerifyInput,
};
use spotmanager_function::{FromEvent, Versioned};
use spotmanager_start::Told;

/// Those that a function refuses as it reads them.
const REFUSED: [(&str, &str); 8] = [
    ("start", "alarm-without-time"),
    ("start", "interruption-without-instance"),
    ("start", "malformed"),
    ("discover", "malformed"),
    ("discover", "setting-misspelt"),
    ("evaluate", "malformed"),
    ("scale", "malformed"),
    ("verify", "malformed"),
];

/// Function, case and expanded event of each.
fn events() -> Vec<(&'static str, String, Value)> {
    let mut all = Vec::new();
    for function in FUNCTIONS {
        let events = Events::of(function).unwrap();
        for (case, _) in events.list() {
            let event = events.event(case).unwrap().into_value();
            all.push((function, case.to_owned(), event));
        }
    }
    all
}

/// What a function reads of its event, written again.
fn read(function: &str, event: &Value) -> Result<Value, String> {
    match function {
        "start" => match spotmanager_start::read(event).map_err(|error| error.to_string())? {
            Told::BySns(messages) => messages
                .into_iter()
                .find_map(|message| Some(message.err()?.to_string()))
                .map_or_else(|| Ok(event.clone()), Err),
            Told::ByEventBridge { .. } => Ok(event.clone()),
        },
        "discover" => through::<DiscoverInput>(event),
        "evaluate" => through::<EvaluateInput>(event),
        "scale" => versioned::<ScaleInput, PreviousScaleInput>(event),
        "verify" => versioned::<VerifyInput, PreviousVerifyInput>(event),
        other => Err(format!("no function {other}")),
    }
}

fn through<T: Serialize + DeserializeOwned>(event: &Value) -> Result<Value, String> {
    let input: T = serde_json::from_value(event.clone()).map_err(|error| error.to_string())?;
    serde_json::to_value(input).map_err(|error| error.to_string())
}

fn versioned<I, P>(event: &Value) -> Result<Value, String>
where
    I: Serialize + DeserializeOwned,
    P: Serialize + DeserializeOwned,
{
    let read = Versioned::<I, P>::from_event(event).map_err(|error| error.to_string())?;
    let written = match read {
        Versioned::Present(input) => serde_json::to_value(input),
        Versioned::Previous(input) => serde_json::to_value(input),
    };
    written.map_err(|error| error.to_string())
}

/// A JSON Pointer to the first field of `event` that `known` lacks.
fn unknown_field(event: &Value, known: &Value) -> Option<String> {
    match (event, known) {
        (Value::Object(fields), Value::Object(known)) => fields.iter().find_map(|(name, value)| {
            let path = match known.get(name) {
                Some(known) => unknown_field(value, known)?,
                None => String::new(),
            };
            Some(format!("/{name}{path}"))
        }),
        (Value::Array(elements), Value::Array(known)) => {
            let mut pairs = elements.iter().zip(known).enumerate();
            pairs.find_map(|(index, (element, known))| {
                let path = unknown_field(element, known)?;
                Some(format!("/{index}{path}"))
            })
        }
        _ => None,
    }
}

#[test]
fn each_is_read_by_its_function_unless_it_is_there_to_be_refused() {
    for (function, case, event) in events() {
        let is_refused = REFUSED.contains(&(function, &case));
        match read(function, &event) {
            Ok(_) if is_refused => panic!("{function} reads {case}"),
            Ok(known) => assert_eq!(unknown_field(&event, &known), None, "{function}: {case}"),
            Err(error) => assert!(is_refused, "{function} refuses {case}: {error}"),
        }
    }
}

#[test]
fn an_unknown_field_is_found_by_its_path() {
    let known = json!({"pools": [{"zone": "a"}, {"zone": "b", "at": {"x": 1}}]});
    let mut event = known.clone();
    assert_eq!(unknown_field(&event, &known), None);
    event["pools"][1]["at"]["y"] = 2.into();
    let path = "/pools/1/at/y".to_owned();
    assert_eq!(unknown_field(&event, &known), Some(path));
    event["other"] = true.into();
    assert_eq!(unknown_field(&event, &known), Some("/other".to_owned()));
}

#[test]
fn no_two_are_the_same() {
    let events = events();
    for (index, (function, case, event)) in events.iter().enumerate() {
        let same = events[..index]
            .iter()
            .find(|(other, _, earlier)| other == function && earlier == event);
        assert!(same.is_none(), "{function}: {case} is the same as {same:?}");
    }
}

#[test]
fn each_has_a_name_of_its_own_and_a_description() {
    for function in FUNCTIONS {
        let events = Events::of(function).unwrap();
        let mut names: Vec<_> = events.list().map(|(name, _)| name).collect();
        names.sort_unstable();
        for pair in names.windows(2) {
            assert_ne!(pair[0], pair[1], "{function}");
        }
        for (name, about) in events.list() {
            assert!(!about.is_empty(), "{function}: {name}");
        }
    }
}

/// The base is what the others change. A case is named by its function's tests, or by tests of
/// several functions.
#[test]
fn each_case_is_used() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/functions");
    let (mut own, mut shared) = (BTreeMap::new(), String::new());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if FUNCTIONS.contains(&name.as_str()) {
            own.insert(name, text);
        } else {
            shared.push_str(&text);
        }
    }
    for function in FUNCTIONS {
        for (case, _) in Events::of(function).unwrap().list().skip(1) {
            let named = format!("\"{case}\"");
            let is_used = own[function].contains(&named) || shared.contains(&named);
            assert!(
                is_used,
                "no test in tests/functions names {case} of {function}"
            );
        }
    }
}
