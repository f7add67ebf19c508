//! CSV whose columns are named as the fields of the AWS CLI's JSON.

use std::io::BufRead;

use csv::{ReaderBuilder, StringRecord};

use crate::history::{
    HistoryError,
    gatherer::{Gatherer, Line},
    problem::{Place, Problem, Value},
};

/// Hands on each line as it is read.
pub(crate) fn read(from: impl BufRead, to: &mut Gatherer) -> Result<(), HistoryError> {
    // A line of another length makes its record unusable, and not the file.
    let mut file = ReaderBuilder::new().flexible(true).from_reader(from);
    let headers = file.headers()?.clone();
    if headers.is_empty() {
        return Err(HistoryError::Empty);
    }
    let column = |missing| {
        let found = || headers.iter().collect::<Vec<_>>().join(", ");
        let place = place(&headers, missing);
        place.ok_or_else(|| HistoryError::Column {
            missing,
            found: format!("{:?}", found()),
        })
    };
    let availability_zone = column("AvailabilityZone")?;
    let instance_type = column("InstanceType")?;
    let spot_price = column("SpotPrice")?;
    let timestamp = column("Timestamp")?;
    let product_description = place(&headers, "ProductDescription");
    let mut row = StringRecord::new();
    while file.read_record(&mut row)? {
        let place = Place::Line(row.position().map_or(0, csv::Position::line));
        if row.len() != headers.len() {
            let columns: Vec<_> = headers.iter().map(str::trim).collect();
            to.refuse(place, &Problem::of_count(row.len(), &columns));
            continue;
        }
        let cell = |column| Value::Text(row.get(column).unwrap_or_default());
        to.line(&Line {
            place,
            instance_type: cell(instance_type),
            availability_zone: cell(availability_zone),
            product_description: product_description.map_or(Value::Missing, cell),
            spot_price: cell(spot_price),
            timestamp: cell(timestamp),
        })?;
    }
    Ok(())
}

fn place(headers: &StringRecord, name: &str) -> Option<usize> {
    let mut names = headers.iter().map(str::trim);
    names.position(|header| header.eq_ignore_ascii_case(name))
}
