//! *evaluate*, where EC2 sends prices as it should not.

use jiff::Timestamp;
use spotmanager_testbed::{Suite, expect};

/// What stands in place of a price and is none.
fn no_prices() -> Vec<String> {
    let known = ["", "NaN", "-1", "1e400", "1e-9", "0x10", "1000000.000001"];
    let long = ["9".repeat(5_000), format!("0.{}", "1".repeat(5_000))];
    known.map(str::to_owned).into_iter().chain(long).collect()
}

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "prices: what is no price is counted and passed over, on pages of any size",
        async |stage| {
            stage.prices(
                "t.none",
                &[
                    ("us-east-1a", "2025-12-28T00:00:00Z", "0.20"),
                    ("us-east-1a", "2026-01-01T00:00:00Z", "0.30"),
                    ("us-east-1b", "2025-12-28T00:00:00Z", "0.90"),
                ],
            )?;
            let within: Timestamp = "2026-01-01T00:10:00Z".parse()?;
            let mut texts: Vec<_> = no_prices().into_iter().map(|text| (within, text)).collect();
            let rejected = texts.len();
            // A clock that runs ahead: the window ends at 00:30.
            texts.push(("2026-01-01T00:30:01Z".parse()?, "0.01".to_owned()));
            let market = stage.local.market();
            market.set_price_texts("t.none", "us-east-1a", texts);
            for records in [1, 2, 5, 4] {
                market.set_page_size(records);
                let evaluated = stage.output("evaluate", "prices-not-numbers").await?;
                expect(&evaluated, "/rejected_samples", rejected)?;
                expect(&evaluated, "/pools/0/sample_count", 2)?;
                expect(&evaluated, "/pools/0/average_usd", "0.25")?;
                expect(&evaluated, "/pools/0/latest_usd", "0.3")?;
                expect(&evaluated, "/pools/1/average_usd", "0.9")?;
                expect(&evaluated, "/verdict/reason", "SPOT_WITHIN_LIMIT")?;
            }
            Ok(())
        },
    );
}
