//! XML as a tree: an element with others in it is an object of lists, any other is text.

use std::collections::BTreeMap;

use quick_xml::{Reader, events::Event};
use serde_json::Value;

#[derive(Default)]
struct Element {
    children: BTreeMap<String, Vec<Value>>,
    text: String,
}

impl Element {
    fn add(&mut self, name: &str, value: Value) {
        self.children
            .entry(name.to_owned())
            .or_default()
            .push(value);
    }

    fn into_value(self) -> Value {
        if self.children.is_empty() {
            return self.text.into();
        }
        let lists = self.children.into_iter();
        lists
            .map(|(name, list)| (name, Value::Array(list)))
            .collect()
    }
}

/// The tree of XML as far as it can be read; text otherwise.
pub(super) fn tree(body: &[u8]) -> Value {
    let text = String::from_utf8_lossy(body);
    let mut reader = Reader::from_str(&text);
    let mut open = vec![Element::default()];
    while let Ok(event) = reader.read_event() {
        let Some(current) = open.last_mut() else {
            break;
        };
        match event {
            Event::Start(_) => open.push(Element::default()),
            Event::Empty(tag) => current.add(tag.name().into_inner(), "".into()),
            Event::Text(piece) => current.text.push_str(&piece),
            Event::End(tag) => {
                let ended = open.pop().unwrap_or_default().into_value();
                if let Some(parent) = open.last_mut() {
                    parent.add(tag.name().into_inner(), ended);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    open.into_iter().next().unwrap_or_default().into_value()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_become_lists_by_name() {
        let xml = b"<?xml version=\"1.0\"?>\n<R x=\"1\"><a>1</a><b><a>2</a></b><a/></R>";
        let expected = json!({ "R": [{ "a": ["1", ""], "b": [{ "a": ["2"] }] }] });
        assert_eq!(tree(xml), expected);
        assert_eq!(tree(b"no XML"), "no XML");
    }
}
