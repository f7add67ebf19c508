//! What a run costs at most.

use std::fmt::{self, Display, Formatter};

/// A part of it.
struct Part {
    what: &'static str,
    usd: f64,
    /// How the figure comes about; prices are us-east-1's.
    why: &'static str,
}

/// For a run of an hour, which is twice what it takes.
const PARTS: [Part; 6] = [
    Part {
        what: "EC2",
        usd: 0.006,
        why: "t4g.nano or t3.nano on-demand for an hour in all, 0.0042 or 0.0052 USD; three for minutes, two of them usually spot",
    },
    Part {
        what: "EBS and public IPv4",
        usd: 0.006,
        why: "8 GiB of gp3 and one address for an hour, 0.001 and 0.005 USD",
    },
    Part {
        what: "CloudWatch",
        usd: 0.02,
        why: "9 alarm metrics, 2 dashboards and 20 custom metrics, each a month's price for an hour",
    },
    Part {
        what: "Step Functions",
        usd: 0.02,
        why: "below 800 state transitions at 0.025 USD for 1,000",
    },
    Part {
        what: "Lambda, SNS, SQS, EventBridge, S3, logs",
        usd: 0.01,
        why: "some hundred requests each, within the free tiers of most accounts",
    },
    Part {
        what: "KMS, only with --with-key",
        usd: 0.003,
        why: "one key for an hour at 1 USD a month, and below 500 requests; none while it waits for its deletion",
    },
];

/// The parts and their sum, USD.
pub(crate) struct Cost;

impl Display for Cost {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sum: f64 = PARTS.iter().map(|part| part.usd).sum();
        write!(
            f,
            "cost: at most about {sum:.2} USD, and below 1 USD in any region:"
        )?;
        for Part { what, usd, why } in &PARTS {
            write!(f, "\n  {usd:.3}  {what}: {why}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_below_a_dollar_also_where_prices_are_double() {
        let sum: f64 = PARTS.iter().map(|part| part.usd).sum();
        assert!(2.0 * sum < 1.0, "{sum}");
        let text = Cost.to_string();
        for part in &PARTS {
            assert!(text.contains(part.what), "{} in {text}", part.what);
        }
    }
}
