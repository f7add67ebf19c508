//! CBOR as a tree.

use minicbor::{Decoder, data::Type, decode::Error};
use serde_json::{Map, Value};

/// The tree of CBOR; null if it cannot be read.
pub(super) fn tree(body: &[u8]) -> Value {
    value(&mut Decoder::new(body)).unwrap_or(Value::Null)
}

fn value(decoder: &mut Decoder<'_>) -> Result<Value, Error> {
    Ok(match decoder.datatype()? {
        Type::Map | Type::MapIndef => {
            let length = decoder.map()?;
            let mut fields = Map::new();
            let mut read = 0;
            while more(decoder, length, read)? {
                let name = text(decoder)?;
                fields.insert(name, value(decoder)?);
                read += 1;
            }
            fields.into()
        }
        Type::Array | Type::ArrayIndef => {
            let length = decoder.array()?;
            let mut items = Vec::new();
            while more(decoder, length, items.len())? {
                items.push(value(decoder)?);
            }
            items.into()
        }
        Type::String | Type::StringIndef => text(decoder)?.into(),
        Type::Tag => {
            decoder.tag()?;
            value(decoder)?
        }
        kind => {
            // What kind of number or constant it is says enough.
            decoder.skip()?;
            kind.to_string().into()
        }
    })
}

/// Whether another item follows; one of indefinite length ends with a break.
fn more(decoder: &mut Decoder<'_>, length: Option<u64>, read: usize) -> Result<bool, Error> {
    if let Some(length) = length {
        return Ok((read as u64) < length);
    }
    let ends = decoder.datatype()? == Type::Break;
    if ends {
        decoder.skip()?;
    }
    Ok(!ends)
}

fn text(decoder: &mut Decoder<'_>) -> Result<String, Error> {
    decoder
        .str_iter()?
        .map(|part| part.map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn maps_lists_and_texts_are_read() {
        // {_ "a": ["b", 1], "c": 1(0)}
        let body = b"\xbf\x61a\x82\x61b\x01\x61c\xc1\x00\xff";
        assert_eq!(tree(body), json!({ "a": ["b", "u8"], "c": "u8" }));
        assert_eq!(tree(b"\xa1\x61"), Value::Null);
    }
}
