//! CSV whose columns are named as the fields of the AWS CLI's JSON.

use std::io::BufRead;

use csv::{Reader, StringRecord};

use crate::{Gatherer, HistoryError, gatherer::Line};

/// Hands on each line as it is read.
pub(crate) fn read(from: impl BufRead, to: &mut Gatherer) -> Result<(), HistoryError> {
    let mut file = Reader::from_reader(from);
    let headers = file.headers()?.clone();
    let column = |missing| {
        let found = headers.iter().collect::<Vec<_>>().join(", ");
        let place = place(&headers, missing);
        place.ok_or(HistoryError::Column { missing, found })
    };
    let availability_zone = column("AvailabilityZone")?;
    let instance_type = column("InstanceType")?;
    let spot_price = column("SpotPrice")?;
    let timestamp = column("Timestamp")?;
    let product_description = place(&headers, "ProductDescription");
    let mut row = StringRecord::new();
    while file.read_record(&mut row)? {
        let cell = |column| row.get(column).unwrap_or_default();
        to.line(Line {
            instance_type: cell(instance_type),
            availability_zone: cell(availability_zone),
            product_description: product_description.map(cell),
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
