//! What a tree shows, as numbers: sets of fields, and what their values look like.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

/// A word of at most so many bytes may be a value of an enum.
const LONGEST_WORD: usize = 40;

/// What the tree of an operation shows.
pub(super) fn features(operation: &str, tree: &Value) -> Vec<u64> {
    let mut found = Found {
        operation,
        path: String::new(),
        features: Vec::new(),
    };
    found.look_at(tree);
    found.features
}

struct Found<'a> {
    operation: &'a str,
    path: String,
    features: Vec<u64>,
}

impl Found<'_> {
    fn look_at(&mut self, tree: &Value) {
        match tree {
            Value::Object(fields) => {
                let mut names: Vec<_> = fields.keys().map(String::as_str).collect();
                names.sort_unstable();
                self.note(&names);
                for (name, value) in fields {
                    self.under(name, value);
                }
            }
            Value::Array(items) => {
                self.note(items.is_empty());
                for item in items {
                    self.under("[]", item);
                }
            }
            Value::String(text) => self.note(kind(text)),
            Value::Number(number) => self.note(kind(&number.to_string())),
            Value::Bool(_) | Value::Null => self.note(tree.to_string()),
        }
    }

    fn under(&mut self, name: &str, value: &Value) {
        let length = self.path.len();
        self.path.push('.');
        self.path.push_str(name);
        self.look_at(value);
        self.path.truncate(length);
    }

    fn note(&mut self, what: impl Hash) {
        let mut hasher = DefaultHasher::new();
        (self.operation, self.path.as_str()).hash(&mut hasher);
        what.hash(&mut hasher);
        self.features.push(hasher.finish());
    }
}

/// A word stands for itself; of other text only its length, to the power of two, and the kinds of
/// its characters matter.
fn kind(text: &str) -> String {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-');
    if text.len() <= LONGEST_WORD && text.bytes().all(is_letter) {
        return text.to_owned();
    }
    let kinds = text.chars().fold(0_u16, |kinds, character| {
        kinds
            | match character {
                'a'..='z' => 1,
                'A'..='Z' => 2,
                '0'..='9' => 4,
                '-' | '_' => 8,
                '.' => 16,
                ':' | '/' => 32,
                ' ' => 64,
                _ if character.is_ascii_graphic() => 128,
                _ if character.is_ascii() => 256,
                _ => 512,
            }
    });
    format!("{} {kinds}", usize::BITS - text.len().leading_zeros())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_item_without_a_field_shows_something_new() {
        let whole = json!({ "items": [{ "id": 1, "name": "a" }] });
        let part = json!({ "items": [{ "id": 1, "name": "a" }, { "id": 1 }] });
        let known = features("operation", &whole);
        let new = features("operation", &part);
        assert_eq!(new.iter().filter(|new| !known.contains(new)).count(), 1);
        assert_ne!(features("another operation", &whole), known);
    }

    #[test]
    fn words_differ_and_other_texts_by_length_and_characters() {
        assert_ne!(kind("InService"), kind("Pending"));
        assert_eq!(kind("i-0a1"), kind("i-2b3"));
        assert_ne!(kind("i-0a1"), kind("i-0a1234567"));
        assert_ne!(kind("10.5"), kind("10,5"));
    }
}
