//! Where a policy's grammar takes a list, or one value without the brackets.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A list, or what stands alone in place of one.
pub(super) fn one_or_many<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: serde::de::DeserializeOwned,
{
    let values = match Value::deserialize(deserializer)? {
        Value::Array(values) => values,
        value => vec![value],
    };
    let read = |value| serde_json::from_value(value).map_err(serde::de::Error::custom);
    values.into_iter().map(read).collect()
}
