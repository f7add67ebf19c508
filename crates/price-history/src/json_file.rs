//! The AWS CLI's JSON, one document or several after one another.

use std::{fmt, io::BufRead};

use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{Gatherer, HistoryError, gatherer::Line};

const RECORDS: &str = "SpotPriceHistory";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    availability_zone: Option<String>,
    instance_type: Option<String>,
    product_description: Option<String>,
    spot_price: Option<String>,
    timestamp: Option<String>,
}

/// Hands on each record as it is read.
pub(crate) fn read(from: impl BufRead, to: &mut Gatherer) -> Result<(), HistoryError> {
    let mut json = serde_json::Deserializer::from_reader(from);
    let mut failed = None;
    loop {
        Document {
            to,
            failed: &mut failed,
        }
        .deserialize(&mut json)?;
        if let Some(error) = failed {
            return Err(error);
        }
        if json.end().is_ok() {
            return Ok(());
        }
    }
}

struct Document<'a> {
    to: &'a mut Gatherer,
    /// What is no fault of the JSON.
    failed: &'a mut Option<HistoryError>,
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with {RECORDS}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { to, failed } = self;
        let mut is_found = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == RECORDS {
                is_found = true;
                map.next_value_seed(Rows { to, failed })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if is_found {
            Ok(())
        } else {
            Err(A::Error::missing_field(RECORDS))
        }
    }
}

struct Rows<'a> {
    to: &'a mut Gatherer,
    failed: &'a mut Option<HistoryError>,
}

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of prices")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let Self { to, failed } = self;
        while let Some(row) = rows.next_element::<Row>()? {
            let taken = match line(&row) {
                Some(line) => to.line(line),
                None => {
                    to.reject();
                    Ok(())
                }
            };
            // What comes after is read and let be: a visitor has no other error than JSON's.
            if let Err(error) = taken {
                failed.get_or_insert(error);
            }
        }
        Ok(())
    }
}

fn line(row: &Row) -> Option<Line<'_>> {
    Some(Line {
        instance_type: row.instance_type.as_deref()?,
        availability_zone: row.availability_zone.as_deref()?,
        product_description: row.product_description.as_deref(),
        spot_price: row.spot_price.as_deref()?,
        timestamp: row.timestamp.as_deref()?,
    })
}
