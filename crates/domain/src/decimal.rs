//! Decimals that come from outside, as text of any length.
//!
//! `rust_decimal` reads a text by a call for each digit, so a million zeros may exhaust the stack.

use std::fmt;

use rust_decimal::Decimal;
use serde::{
    Deserialize, Deserializer,
    de::{Error, IntoDeserializer, Visitor},
};

/// The longest text that is read; a decimal has at most 29 digits.
const MOST_CHARACTERS: usize = 64;

/// Reads a price as AWS writes it: digits, and at most one point among them. `None` for whatever
/// else, such as `-1`, `1e5`, `NaN`, and digits that a decimal cannot hold exactly.
///
/// ```
/// use spotmanager_domain::decimal::read;
/// assert_eq!(read("0.210400"), Some("0.2104".parse()?));
/// assert_eq!(read("1e5"), None);
/// # Ok::<(), rust_decimal::Error>(())
/// ```
#[must_use]
pub fn read(text: &str) -> Option<Decimal> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !is_plain || text.len() > MOST_CHARACTERS {
        return None;
    }
    Decimal::from_str_exact(text).ok()
}

/// For serde's `deserialize_with`: a decimal in a string of bounded length, or a JSON number.
///
/// # Errors
/// What is neither, named as the deserializer names it.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    Bounded::deserialize(deserializer).map(|bounded| bounded.0)
}

struct Bounded(Decimal);

impl<'de> Deserialize<'de> for Bounded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BoundedVisitor)
    }
}

struct BoundedVisitor;

impl Visitor<'_> for BoundedVisitor {
    type Value = Bounded;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a decimal of at most {MOST_CHARACTERS} characters")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Bounded, E> {
        Ok(Bounded(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Bounded, E> {
        Ok(Bounded(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Bounded, E> {
        <Decimal as Deserialize>::deserialize(number.into_deserializer()).map(Bounded)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Bounded, E> {
        if text.len() > MOST_CHARACTERS {
            return Err(E::invalid_length(text.len(), &self));
        }
        <Decimal as Deserialize>::deserialize(text.into_deserializer()).map(Bounded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Priced {
        #[serde(deserialize_with = "deserialize")]
        usd: Decimal,
    }

    fn usd(json: &str) -> Result<Decimal, String> {
        let priced: Result<Priced, _> = serde_json::from_str(&format!(r#"{{"usd": {json}}}"#));
        priced
            .map(|priced| priced.usd)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_string_and_a_number_are_read_alike() {
        for json in [r#""15""#, "15", "15.0", r#""1.5e1""#] {
            assert_eq!(usd(json), Ok(Decimal::from(15)), "{json}");
        }
        assert_eq!(usd("-1"), Ok(Decimal::NEGATIVE_ONE));
    }

    #[test]
    fn a_price_is_digits_and_a_point() {
        assert_eq!(read("0.210400"), Some(Decimal::new(2_104, 4)));
        for text in [
            "", ".", "-1", "+1", "1e5", "1_000", "1,5", " 1", "NaN", "1.2.3",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_text_of_64_characters_is_read_and_a_longer_one_is_not() {
        for (length, expected) in [(64, Some(Decimal::from(15))), (65, None)] {
            let text = format!("{:0>length$}", 15);
            assert_eq!(read(&text), expected, "{length}");
            assert_eq!(usd(&format!(r#""{text}""#)).ok(), expected, "{length}");
        }
    }

    #[test]
    fn what_is_no_decimal_is_named_and_a_long_one_is_not_read() {
        let error = usd(r#""cheap""#).unwrap_err();
        assert!(error.contains("cheap"), "{error}");
        let million = "0".repeat(1_000_000);
        let error = usd(&format!(r#""{million}""#)).unwrap_err();
        assert!(error.contains("at most 64 characters"), "{error}");
        assert!(error.len() < 200, "{}", error.len());
        assert_eq!(read(&million), None);
    }
}
