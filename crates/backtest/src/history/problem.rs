//! A record that cannot be used, and why.

use std::fmt;

use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_domain::{decimal, price::HIGHEST_CREDIBLE_PRICE};

/// More of a value than this is no help to find it.
const MOST_CHARACTERS: usize = 60;

/// Where a record stands in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Of a CSV file, counted from 1.
    Line(u64),
    /// Of a JSON file, counted from 1.
    Record(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Record(record) => write!(f, "record {record}"),
        }
    }
}

/// What a field of a record holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    #[default]
    Missing,
    Text(&'a str),
    /// Not a text, such as a number of JSON.
    Other(&'a str),
}

impl<'a> Value<'a> {
    /// The text, if there is some.
    pub(crate) fn text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(f, "is missing"),
            Self::Text("") => write!(f, "is empty"),
            Self::Text(text) => write!(f, "is {:?}", shortened(text)),
            Self::Other(text) => write!(f, "is {}, which is no text", shortened(text)),
        }
    }
}

fn shortened(text: &str) -> String {
    let mut characters = text.chars();
    let mut start: String = characters.by_ref().take(MOST_CHARACTERS).collect();
    if characters.next().is_some() {
        start.push('…');
    }
    start
}

/// A record or a field of it that is not as it should be, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem(String);

impl Problem {
    /// A field that should name something.
    pub(crate) fn of_name(field: &'static str, found: &Value<'_>, example: &str) -> Self {
        Self::new(field, found, &format!("a name such as {example}"))
    }

    /// A line that has more or fewer fields than line 1 names columns: no field of it is certain.
    pub(crate) fn of_count(found: usize, columns: &[&str]) -> Self {
        let expected = columns.len();
        let fields = if found == 1 { "field" } else { "fields" };
        match columns.get(found..).unwrap_or_default() {
            [] => Self(format!(
                "it has {found} {fields}; it should have {expected}, as many as line 1 names"
            )),
            missing => {
                let verb = if missing.len() == 1 { "is" } else { "are" };
                let missing = missing.join(", ");
                Self(format!(
                    "{missing} {verb} missing: it has {found} {fields}; it should have {expected}, as many as line 1 names"
                ))
            }
        }
    }

    fn new(field: &'static str, found: &Value<'_>, expected: &str) -> Self {
        Self(format!("{field} {found}; it should be {expected}"))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The time of a record, UTC.
pub(crate) fn time(value: &Value<'_>) -> Result<Timestamp, Problem> {
    let read = value.text().and_then(|text| text.parse().ok());
    read.ok_or_else(|| {
        let expected = "a time with its offset from UTC, such as 2026-01-01T00:00:00Z";
        Problem::new("Timestamp", value, expected)
    })
}

/// The price of a record, USD per instance-hour.
pub(crate) fn price(value: &Value<'_>) -> Result<Decimal, Problem> {
    let read = value.text().and_then(decimal::read);
    let read = read.filter(|usd| *usd <= HIGHEST_CREDIBLE_PRICE);
    read.ok_or_else(|| {
        let most = HIGHEST_CREDIBLE_PRICE;
        let expected =
            format!("a text of digits from 0 to {most}, USD per instance-hour, such as \"0.2104\"");
        Problem::new("SpotPrice", value, &expected)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_refused_with_what_it_is_and_should_be() {
        for (value, found) in [
            (Value::Text("cheap"), "SpotPrice is \"cheap\";"),
            (Value::Text("-1"), "SpotPrice is \"-1\";"),
            (Value::Text("1000001"), "SpotPrice is \"1000001\";"),
            (Value::Text(""), "SpotPrice is empty;"),
            (Value::Missing, "SpotPrice is missing;"),
            (Value::Other("0.2"), "SpotPrice is 0.2, which is no text;"),
        ] {
            let problem = price(&value).unwrap_err().to_string();
            assert!(problem.starts_with(found), "{problem}");
            assert!(problem.contains("such as \"0.2104\""), "{problem}");
        }
    }

    #[test]
    fn a_time_without_its_offset_is_refused_with_an_example() {
        let problem = time(&Value::Text("2026-01-01 00:00:00")).unwrap_err();
        let expected = "Timestamp is \"2026-01-01 00:00:00\"; it should be a time with its offset \
                        from UTC, such as 2026-01-01T00:00:00Z";
        assert_eq!(problem.to_string(), expected);
    }

    #[test]
    fn of_a_long_value_only_the_begin_is_shown() {
        let long = "9".repeat(5_000);
        let problem = price(&Value::Text(&long)).unwrap_err().to_string();
        assert!(problem.len() < 200, "{problem}");
        assert!(problem.contains("99…\""), "{problem}");
    }
}
