//! A record as it is sorted, in memory or on disk.

use std::io::{self, ErrorKind, Read, Write};

use rust_decimal::Decimal;

const BYTES: usize = 28;

/// A price from a time on; ordered by time, then pool, then price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Record {
    /// Microseconds since 1970, UTC.
    pub(crate) at: i64,
    pub(crate) pool: u32,
    /// USD per instance-hour.
    pub(crate) usd: Decimal,
}

impl Record {
    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let mut bytes = [0; BYTES];
        bytes[..8].copy_from_slice(&self.at.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.pool.to_le_bytes());
        bytes[12..].copy_from_slice(&self.usd.serialize());
        to.write_all(&bytes)
    }

    /// The next one, or none at the end.
    pub(crate) fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let (mut at, mut pool, mut usd) = ([0; 8], [0; 4], [0; 16]);
        match from.read_exact(&mut at) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        from.read_exact(&mut pool)?;
        from.read_exact(&mut usd)?;
        Ok(Some(Self {
            at: i64::from_le_bytes(at),
            pool: u32::from_le_bytes(pool),
            usd: Decimal::deserialize(usd),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let record = Record {
            at: -5,
            pool: 7,
            usd: "0.210400".parse().unwrap(),
        };
        let mut bytes = Vec::new();
        record.write(&mut bytes).unwrap();
        assert_eq!(bytes.len(), BYTES);
        assert_eq!(Record::read(&mut &bytes[..]).unwrap(), Some(record));
        assert_eq!(Record::read(&mut &bytes[..0]).unwrap(), None);
        assert!(Record::read(&mut &bytes[..BYTES - 1]).is_err());
    }
}
