//! `spotmanager backtest` over files and EC2's prices, as a person or a script runs it.

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use spotmanager_testbed::{Stage, Suite, as_json, expect, expect_schema};
use tempfile::TempDir;

use crate::command::{Ran, run, schema};

/// Two types over three days; the first becomes dear for some hours.
pub(crate) const TWO_TYPES: &str = "\
AvailabilityZone,InstanceType,SpotPrice,Timestamp
us-east-1a,g4dn.xlarge,0.20,2026-01-01T00:00:00Z
us-east-1a,g5.xlarge,0.40,2026-01-01T00:00:00Z
us-east-1a,g4dn.xlarge,0.60,2026-01-02T12:00:00Z
us-east-1a,g4dn.xlarge,0.20,2026-01-02T18:00:00Z
us-east-1a,g5.xlarge,0.41,2026-01-04T00:00:00Z
";

/// Files of a test's own.
pub(crate) struct Files(TempDir);

impl Files {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self(tempfile::tempdir()?))
    }

    /// Writes a file, and gives its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<String> {
        let path = self.0.path().join(name);
        fs::write(&path, text)?;
        Ok(path.to_str().context("no path")?.to_owned())
    }
}

pub(crate) fn prices(stage: &Stage, more: &[&str]) -> Result<Ran> {
    run(stage, &[&["backtest", "prices"][..], more].concat())
}

fn document(stage: &Stage, more: &[&str]) -> Result<Value> {
    let ran = prices(stage, &[more, &["--output", "json"]].concat())?;
    let document = as_json(&ran.expect_code(0)?.out)?;
    expect_schema(&schema(stage, "backtest-prices")?, &document)?;
    Ok(document)
}

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "backtest: each type is compared with its own on-demand price, which is named with its source",
        async |stage| {
            let files = Files::new()?;
            let history = files.write("history.csv", TWO_TYPES)?;
            let page = files.write("page.html", "")?;
            let all = [history.as_str(), "--each-pool", "--html", page.as_str()];
            let found = document(stage, &all)?;
            expect(&found, "/on_demand_instance_type", "g4dn.xlarge")?;
            for (index, name, usd) in [(0, "g4dn.xlarge", "0.526"), (1, "g5.xlarge", "1.006")] {
                let price = format!("/on_demand_prices/{index}");
                expect(&found, &format!("{price}/usd"), usd)?;
                expect(&found, &format!("{price}/source"), "static_table")?;
                expect(&found, &format!("/always_on_demand/{index}/instance_type"), name)?;
            }
            // 71 hours from a window after the first price on; 0.40 against 1.006 all the time.
            expect(&found, "/always_on_demand/1/cost_usd", "71.43")?;
            expect(&found, "/settings/2/on_demand_instance_type", "g5.xlarge")?;
            expect(&found, "/settings/2/saving_percent", "60.2")?;

            let shown = prices(stage, &all)?.expect_code(0)?;
            let page = fs::read_to_string(&page)?;
            let sources = "g4dn.xlarge 0.526 USD per hour (the built-in table of 2026-08), g5.xlarge 1.006 USD per hour";
            let base = "saving: of a pool by itself against its own type on-demand, of all pools together against g4dn.xlarge on-demand";
            for part in [
                sources,
                "always on-demand g5.xlarge",
                base,
                "every setting: margin 15 %, window 3600 s",
                found["headline"].as_str().context("no headline")?,
            ] {
                shown.expect_out(&[part])?;
                ensure!(page.contains(part), "no {part:?} in {page}");
            }
            let named = document(stage, &[&history, "--on-demand-instance-type", "g5.xlarge"])?;
            expect(&named, "/settings/0/maximum_price_usd", "1.006")?;
            let alone = prices(stage, &[&history])?.expect_code(0)?;
            ensure!(!alone.out.contains("saving:"), "{alone:#?}");
            Ok(())
        },
    );
    suite.test(
        "backtest: time before the first price counts nothing",
        async |stage| {
            let files = Files::new()?;
            let history = files.write("history.csv", TWO_TYPES)?;
            for start in ["2020-01-01", "2020-01-01T00:00:00Z"] {
                let found = document(stage, &[&history, "--start-time", start])?;
                expect(&found, "/start", "2026-01-01T01:00:00Z")?;
                // Spot serves from the first second on: the first window is filled.
                expect(&found, "/settings/0/on_demand_seconds", "0")?;
                expect(&found, "/settings/0/switches", 0)?;
                prices(stage, &[&history, "--start-time", start])?
                    .expect_code(0)?
                    .expect_out(&[
                        "the replay begins at 2026-01-01T01:00:00Z, not at 2020-01-01T00:00:00Z",
                    ])?;
            }
            prices(stage, &[&history, "--end-time", "2025-06-01"])?
                .expect_code(1)?
                .expect_error(&[
                    "nothing to replay before the end",
                    "2026-01-01T00:00:00Z",
                    "2025-06-01",
                ])
        },
    );
    suite.test(
        "backtest: a malformed file is named once, with line, field, value and what it should be",
        async |stage| {
            let files = Files::new()?;
            let cheap = TWO_TYPES.replace("0.60", "cheap");
            let cheap = files.write("cheap.csv", &cheap)?;
            let problem =
                "cheap.csv, line 4: SpotPrice is \"cheap\"; it should be a text of digits";
            prices(stage, &[&cheap])?
                .expect_code(0)?
                .expect_out(&[problem])?;
            let found = document(stage, &[&cheap])?;
            expect(&found, "/rejected_records", 1)?;
            let notes = found["notes"].to_string().replace('\\', "");
            ensure!(notes.contains(problem), "{notes}");

            for (name, text, parts) in [
                (
                    "all.csv",
                    "AvailabilityZone,InstanceType,SpotPrice,Timestamp\na,b,1,2026-01-01\n",
                    &["line 2: Timestamp is \"2026-01-01\"", "unusable records: 1"][..],
                ),
                // Too few prices are left, since one is unusable.
                (
                    "few.csv",
                    "AvailabilityZone,InstanceType,SpotPrice,Timestamp\n\
                     us-east-1a,g4dn.xlarge,abc,2026-01-01T00:00:00Z\n\
                     us-east-1a,g4dn.xlarge,0.2,2026-01-02T00:00:00Z\n",
                    &[
                        "there is nothing to replay before the end",
                        "unusable records: 1; ",
                        "few.csv, line 2: SpotPrice is \"abc\"; it should be",
                    ],
                ),
                (
                    "short.csv",
                    "AvailabilityZone,InstanceType,SpotPrice,Timestamp\n\
                     us-east-1a,g4dn.xlarge,0.2\n",
                    &["line 2: Timestamp is missing: it has 3 fields; it should have 4"],
                ),
                ("cut.json", "{\"SpotPriceHistory\": [", &["EOF", "line 1"]),
                (
                    "other.json",
                    "{\"Prices\": []}",
                    &["no SpotPriceHistory, but Prices"],
                ),
                ("empty.csv", "", &["it is empty"]),
                (
                    "tabs.tsv",
                    "a\tb\n",
                    &["line 1 has no column AvailabilityZone"],
                ),
            ] {
                let path = files.write(name, text)?;
                let ran = prices(stage, &[&path])?.expect_code(1)?;
                ran.expect_error(parts)?;
                ran.expect_error(&[name])?;
                for part in parts {
                    ensure!(ran.error.matches(part).count() == 1, "{part} in {ran:#?}");
                }
            }
            let history = files.write("history.csv", TWO_TYPES)?;
            prices(stage, &[&history, "--instance-type", "p5.48xlarge"])?
                .expect_code(1)?
                .expect_error(&[
                    "p5.48xlarge",
                    "it has the instance types g4dn.xlarge, g5.xlarge",
                ])
        },
    );
    suite.test(
        "backtest: a value that cannot be is refused with what it may be",
        async |stage| {
            for (option, value, part) in [
                ("--maximum-spot-price", "-1", "a price above 0"),
                ("--safety-margin-percent", "100", "from 0 to 99"),
                ("--run-seconds", "0", "at least 60"),
                ("--start-time", "2026-10", "2026-10-01T12:00:00Z"),
            ] {
                let ran = prices(stage, &["history.csv", option, value])?.expect_code(2)?;
                ran.expect_error(&[option, value, part])?;
                ensure!(!ran.error.contains("tip:"), "{ran:#?}");
            }
            Ok(())
        },
    );
    suite.test(
        "backtest: of EC2's prices the on-demand price is the price list's, or it is said why not",
        async |stage| {
            let market = stage.local.market();
            for name in ["t.listed", "t.unreadable", "p3.16xlarge"] {
                stage.price(name, "0.20")?;
            }
            market.set_on_demand_price("t.listed", "0.50".parse()?);
            for name in ["t.unreadable", "p3.16xlarge"] {
                market.fail_price_list(name);
            }
            let listed = ["--instance-type", "t.listed"];
            let found = document(stage, &listed)?;
            expect(&found, "/on_demand_prices/0/usd", "0.5")?;
            expect(&found, "/on_demand_prices/0/source", "price_list")?;
            expect(&found, "/settings/0/on_demand_seconds", "0")?;
            let of_table = document(stage, &["--instance-type", "p3.16xlarge"])?;
            expect(&of_table, "/on_demand_prices/0/source", "static_table")?;
            let notes = of_table["notes"].to_string();
            let problem = "the price list could not be read";
            ensure!(notes.contains(problem), "{notes}");
            let unreadable = ["--instance-type", "t.unreadable"];
            let refused = prices(stage, &unreadable)?.expect_code(1)?;
            refused.expect_error(&[
                "the on-demand price of t.unreadable is not known",
                "--on-demand-price t.unreadable=USD",
                problem,
            ])
        },
    );
    suite.test(
        "backtest: of availability the prices and what is cut are said",
        async |stage| {
            let files = Files::new()?;
            let trace = |probes: &str| {
                format!("{{\"metadata\": {{\"gap_seconds\": 195}}, \"data\": [{probes}]}}")
            };
            let short = files.write("us-east-1a.json", &trace("1, 1, 0"))?;
            let long = files.write("us-east-1b.json", &trace("1, 1, 0, 1, 1, 1"))?;
            let availability = ["backtest", "availability", &short, &long];
            run(stage, &availability)?.expect_code(0)?.expect_out(&[
                "us-east-1a: spot could be had 67 % of 9m 45s",
                "spot 0.918 and on-demand 3.06 USD per hour",
                "those of p3.2xlarge",
                "only the first 9m 45s are replayed",
                "those of us-east-1b are longer",
            ])?;
            let ran = run(stage, &[&availability[..], &["--output", "json"]].concat())?;
            let found = as_json(&ran.expect_code(0)?.out)?;
            expect_schema(&schema(stage, "backtest-availability")?, &found)?;
            expect(&found, "/trace_seconds/1", 1_170)?;
            let bad = files.write("us-east-1c.json", &trace("1, \"x\""))?;
            run(stage, &["backtest", "availability", &bad])?
                .expect_code(1)?
                .expect_error(&["us-east-1c", "string \"x\", expected", "line 1"])?;
            run(
                stage,
                &["backtest", "availability", &short, "--spot-price", "-1"],
            )?
            .expect_code(2)?
            .expect_error(&["a price above 0"])
        },
    );
}
