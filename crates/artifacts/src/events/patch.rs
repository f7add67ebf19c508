//! Patches that must change what they name.

use json_patch::{PatchOperation, merge};
use serde_json::Value;

use super::PatchError;

/// Applies a JSON Merge Patch (RFC 7386, an object) or a JSON Patch (RFC 6902, a list).
pub(crate) fn apply(body: &mut Value, patch: &Value) -> Result<(), PatchError> {
    let unfit = |error: &dyn std::fmt::Display| PatchError::Unfit(error.to_string());
    if patch.is_object() {
        if let Some(path) = unchanged(Some(body), patch) {
            return Err(PatchError::NoChange(path));
        }
        merge(body, patch);
        return Ok(());
    }
    if !patch.is_array() {
        // A merge would put it in place of the whole event.
        let problem = format!("it is {patch}; it should be an object or a list");
        return Err(unfit(&problem));
    }
    let operations: Vec<PatchOperation> =
        serde_json::from_value(patch.clone()).map_err(|error| unfit(&error))?;
    if operations.is_empty() {
        return Err(PatchError::NoChange(String::new()));
    }
    for operation in operations {
        let is_test = matches!(operation, PatchOperation::Test(_));
        let path = operation.path().to_string();
        let before = body.clone();
        json_patch::patch(body, &[operation]).map_err(|error| unfit(&error))?;
        if *body == before && !is_test {
            return Err(PatchError::NoChange(path));
        }
    }
    Ok(())
}

/// A JSON Pointer to the first value that a merge patch names and does not change.
fn unchanged(body: Option<&Value>, patch: &Value) -> Option<String> {
    match patch {
        Value::Object(fields) if !fields.is_empty() => fields.iter().find_map(|(name, patch)| {
            let body = body.and_then(|body| body.get(name));
            let path = unchanged(body, patch)?;
            let name = name.replace('~', "~0").replace('/', "~1");
            Some(format!("/{name}{path}"))
        }),
        Value::Object(_) => body.is_some_and(Value::is_object).then(String::new),
        // Null removes a field.
        Value::Null => body.is_none().then(String::new),
        value => (body == Some(value)).then(String::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patched(patch: &Value) -> Result<Value, PatchError> {
        let mut body = json!({"group": {"capacity": {"max": 1}, "types": ["a", "b"]}});
        apply(&mut body, patch).map(|()| body)
    }

    #[test]
    fn an_object_is_merged() {
        let merged = patched(&json!({"group": {"capacity": {"max": 2}, "types": null}}));
        assert_eq!(merged, Ok(json!({"group": {"capacity": {"max": 2}}})));
    }

    #[test]
    fn a_list_is_applied_in_its_order() {
        let patched = patched(&json!([
            {"op": "test", "path": "/group/types/1", "value": "b"},
            {"op": "replace", "path": "/group/types/1", "value": "c"},
            {"op": "copy", "from": "/group/types/1", "path": "/group/types/2"},
        ]));
        let types = json!({"group": {"capacity": {"max": 1}, "types": ["a", "c", "c"]}});
        assert_eq!(patched, Ok(types));
    }

    #[test]
    fn what_changes_nothing_is_refused_by_its_path() {
        for (patch, path) in [
            (
                json!({"group": {"types": null, "capacity": {"max": 1}}}),
                "/group/capacity/max",
            ),
            (json!({"group": {"a/b": null}}), "/group/a~1b"),
            (json!({"other": null}), "/other"),
            (json!({"group": {"capacity": {}}}), "/group/capacity"),
            (json!({}), ""),
            (json!([]), ""),
            (
                json!([{"op": "replace", "path": "/group/types/1", "value": "b"}]),
                "/group/types/1",
            ),
        ] {
            assert_eq!(
                patched(&patch),
                Err(PatchError::NoChange(path.into())),
                "{patch}"
            );
        }
        assert_eq!(
            patched(&json!({"new": {}})).map(|body| body["new"].clone()),
            Ok(json!({}))
        );
    }

    #[test]
    fn what_is_neither_an_object_nor_a_list_is_refused() {
        for patch in [json!(null), json!(1), json!("down")] {
            let unfit = format!("it is {patch}; it should be an object or a list");
            assert_eq!(patched(&patch), Err(PatchError::Unfit(unfit)));
        }
    }

    #[test]
    fn an_operation_on_what_is_not_there_is_refused() {
        for patch in [
            json!([{"op": "replace", "path": "/group/kind", "value": 1}]),
            json!([{"op": "remove", "path": "/group/types/2"}]),
            json!([{"op": "rename", "path": "/group"}]),
        ] {
            assert!(
                matches!(patched(&patch), Err(PatchError::Unfit(_))),
                "{patch}"
            );
        }
    }
}
