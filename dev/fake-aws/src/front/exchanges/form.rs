//! The query protocol's parameters as a tree: `Names.member.1=a` is a list within `member` within
//! `Names`.

use serde_json::{Map, Value};

/// The tree of a form.
pub(super) fn tree(form: &[u8]) -> Value {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(form).unwrap_or_default();
    let mut root = Map::new();
    for (name, value) in pairs {
        insert(&mut root, &name, value);
    }
    lists(Value::Object(root))
}

fn insert(within: &mut Map<String, Value>, name: &str, value: String) {
    let Some((first, rest)) = name.split_once('.') else {
        within.insert(name.to_owned(), value.into());
        return;
    };
    let under = within
        .entry(first)
        .or_insert_with(|| Value::Object(Map::new()));
    if !under.is_object() {
        *under = Value::Object(Map::new());
    }
    if let Value::Object(under) = under {
        insert(under, rest, value);
    }
}

/// Turns what is numbered into a list.
fn lists(value: Value) -> Value {
    let Value::Object(fields) = value else {
        return value;
    };
    let is_number = |name: &String| name.bytes().all(|byte| byte.is_ascii_digit());
    if !fields.is_empty() && fields.keys().all(is_number) {
        return fields.into_iter().map(|(_, value)| lists(value)).collect();
    }
    fields
        .into_iter()
        .map(|(name, value)| (name, lists(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_become_lists() {
        let form = b"Action=X&Tags.member.1.Key=a&Tags.member.2.Key=b%20c&Id.1=d";
        let expected = json!({
            "Action": "X",
            "Tags": { "member": [{ "Key": "a" }, { "Key": "b c" }] },
            "Id": ["d"],
        });
        assert_eq!(tree(form), expected);
        assert_eq!(tree(b""), json!({}));
    }
}
