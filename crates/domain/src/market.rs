//! The two ways to buy an instance.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a group buys its instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Market {
    /// Spare capacity at the spot price, which EC2 may reclaim.
    Spot,
    /// Capacity at the fixed on-demand price.
    OnDemand,
}

impl Market {
    /// The market's stable code: `spot` or `on_demand`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Spot => "spot",
            Self::OnDemand => "on_demand",
        }
    }
}

impl fmt::Display for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Spot => "spot",
            Self::OnDemand => "on-demand",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Market;

    #[test]
    fn a_market_travels_as_its_code_and_reads_as_english() {
        for (market, code, english) in [
            (Market::Spot, "spot", "spot"),
            (Market::OnDemand, "on_demand", "on-demand"),
        ] {
            assert_eq!(market.code(), code);
            assert_eq!(serde_json::to_value(market).unwrap(), code);
            assert_eq!(market.to_string(), english);
        }
    }
}
