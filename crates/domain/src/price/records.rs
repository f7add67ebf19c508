//! The price records of one pool, held small.
//!
//! EC2 promises no order, so a time-weighted average takes all records of the window at once. The
//! reply spends more than two hundred bytes on a record; packed, it is about nine.

use std::iter;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The longest [`Packed`]: 10, 19 and 5 bytes, seven bits of each number to a byte.
/// See <https://postcard.jamesmunns.com/wire-format>.
const LONGEST: usize = 34;

/// The records of a pool in the order that they came in.
#[derive(Debug, Default)]
pub(super) struct Records {
    // Of those up to the window's start only the last one tells a price in it.
    opening: Option<(Timestamp, Decimal)>,
    within: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Packed {
    /// After the window's start; EC2 tells milliseconds.
    microseconds: i64,
    mantissa: i128,
    scale: u32,
}

impl Records {
    /// Takes a record of before the end of the window that begins at `start`.
    ///
    /// # Errors
    /// When it is longer than [`LONGEST`], which no record is.
    pub(super) fn add(
        &mut self,
        start: Timestamp,
        at: Timestamp,
        usd: Decimal,
    ) -> postcard::Result<()> {
        if at <= start {
            self.opening = self.opening.max(Some((at, usd)));
            return Ok(());
        }
        let packed = Packed {
            microseconds: at.as_microsecond() - start.as_microsecond(),
            mantissa: usd.mantissa(),
            scale: usd.scale(),
        };
        let mut buffer = [0; LONGEST];
        self.within
            .extend_from_slice(postcard::to_slice(&packed, &mut buffer)?);
        Ok(())
    }

    /// Every time with its price, the oldest first; of two prices for one instant the dearer one.
    pub(super) fn by_time(&self, start: Timestamp) -> Vec<(Timestamp, Decimal)> {
        let mut rest = self.within.as_slice();
        let within = iter::from_fn(|| {
            let (packed, behind) = postcard::take_from_bytes::<Packed>(rest).ok()?;
            rest = behind;
            packed.unpack(start)
        });
        let mut records: Vec<_> = self.opening.into_iter().chain(within).collect();
        records.sort_unstable();
        records.dedup_by(|dearer, cheaper| {
            let is_one_instant = dearer.0 == cheaper.0;
            if is_one_instant {
                *cheaper = *dearer;
            }
            is_one_instant
        });
        records
    }
}

impl Packed {
    fn unpack(self, start: Timestamp) -> Option<(Timestamp, Decimal)> {
        let at = Timestamp::from_microsecond(start.as_microsecond() + self.microseconds).ok()?;
        let usd = Decimal::try_from_i128_with_scale(self.mantissa, self.scale).ok()?;
        Some((at, usd))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_ec2_takes_less_than_a_tenth_of_its_reply() {
        const REPLY: &str = "<item><instanceType>g4dn.xlarge</instanceType>\
            <productDescription>Linux/UNIX</productDescription>\
            <spotPrice>0.210437</spotPrice><timestamp>2026-01-01T00:59:59.999Z</timestamp>\
            <availabilityZone>us-east-1a</availabilityZone></item>";
        let mut records = Records::default();
        let at = "2026-01-01T00:59:59.999Z".parse().unwrap();
        let start = "2026-01-01T00:00:00Z".parse().unwrap();
        for _ in 0..1_000 {
            records.add(start, at, "0.210437".parse().unwrap()).unwrap();
        }
        assert!(records.within.capacity() < 1_000 * REPLY.len() / 10);
    }

    #[test]
    fn what_is_packed_comes_out_as_it_was() {
        let start = Timestamp::MIN;
        let at = Timestamp::from_second(Timestamp::MAX.as_second() - 1).unwrap();
        for usd in [Decimal::ZERO, Decimal::MAX, Decimal::new(1, 28)] {
            let mut records = Records::default();
            records.add(start, at, usd).unwrap();
            assert_eq!(records.by_time(start), [(at, usd)]);
        }
    }
}
