//! The AWS CLI's JSON, one document or several after one another.

use std::{collections::BTreeSet, fmt, io::BufRead};

use serde::{
    Deserialize,
    de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::history::{
    HistoryError,
    gatherer::{Gatherer, Line},
    json_field::Field,
    problem::Place,
    seen,
};

const RECORDS: &str = "SpotPriceHistory";

#[derive(Default, Deserialize)]
#[serde(
    rename_all = "PascalCase",
    default,
    expecting = "a record with AvailabilityZone, InstanceType, SpotPrice and Timestamp"
)]
struct Row {
    availability_zone: Field,
    instance_type: Field,
    product_description: Field,
    spot_price: Field,
    timestamp: Field,
}

/// Hands on each record as it is read.
pub(crate) fn read(from: impl BufRead, to: &mut Gatherer) -> Result<(), HistoryError> {
    let mut json = serde_json::Deserializer::from_reader(from);
    let (mut failed, mut records) = (None, 0);
    loop {
        Document {
            to,
            records: &mut records,
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
    /// How many were read.
    records: &'a mut u64,
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
        let Self {
            to,
            records,
            failed,
        } = self;
        let (mut is_found, mut others) = (false, BTreeSet::new());
        while let Some(key) = map.next_key::<String>()? {
            if key == RECORDS {
                is_found = true;
                let (to, records, failed) = (&mut *to, &mut *records, &mut *failed);
                map.next_value_seed(Rows {
                    to,
                    records,
                    failed,
                })?;
            } else {
                seen::note(&mut others, &key);
                map.next_value::<IgnoredAny>()?;
            }
        }
        if is_found {
            return Ok(());
        }
        let others: Vec<_> = others.into_iter().collect();
        Err(A::Error::custom(match others.as_slice() {
            [] => format!("it has no {RECORDS}"),
            others => format!("it has no {RECORDS}, but {}", others.join(", ")),
        }))
    }
}

struct Rows<'a> {
    to: &'a mut Gatherer,
    records: &'a mut u64,
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
        let Self {
            to,
            records,
            failed,
        } = self;
        while let Some(row) = rows.next_element::<Row>()? {
            *records += 1;
            // What comes after is read and let be: a visitor has no other error than JSON's.
            if let Err(error) = to.line(&line(&row, *records)) {
                failed.get_or_insert(error);
            }
        }
        Ok(())
    }
}

fn line(row: &Row, record: u64) -> Line<'_> {
    Line {
        place: Place::Record(record),
        instance_type: row.instance_type.value(),
        availability_zone: row.availability_zone.value(),
        product_description: row.product_description.value(),
        spot_price: row.spot_price.value(),
        timestamp: row.timestamp.value(),
    }
}
