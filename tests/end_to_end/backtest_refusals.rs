//! `spotmanager backtest`: what it refuses, and how wide its table is.

use anyhow::ensure;
use spotmanager_testbed::Suite;

use crate::{
    backtest::{Files, TWO_TYPES, prices},
    command::{command, finish, run},
};

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "backtest: options that contradict each other or the prices are a mistaken command line",
        async |stage| {
            let files = Files::new()?;
            let history = files.write("history.csv", TWO_TYPES)?;
            let windows: Vec<_> = (60..=160).map(|seconds| seconds.to_string()).collect();
            for (options, part) in [
                (
                    &["--on-demand-price", "0.5"][..],
                    "--on-demand-price is 0.5; it should be a price for each of several types, as g4dn.xlarge=USD,g5.xlarge=USD",
                ),
                (
                    &["--on-demand-price", "g4dn.xlarge=0.5,g4dn.xlarge=0.6,g5.xlarge=1"],
                    "--on-demand-price is 0.5 and 0.6 for g4dn.xlarge; it should be one price for each type",
                ),
                (
                    &["--on-demand-price", "p3.2xlarge=1"],
                    "--on-demand-price is p3.2xlarge=1; it should be the price of one of g4dn.xlarge, g5.xlarge",
                ),
                (
                    &["--start-time", "2026-01-05", "--end-time", "2026-01-04"],
                    "--start-time is 2026-01-05T00:00:00Z; it should be a time before --end-time, 2026-01-04T00:00:00Z",
                ),
                (
                    &["--start-time", "2026-01-05"],
                    "--start-time is 2026-01-05T00:00:00Z; it should be a time before the newest price, 2026-01-04T00:00:00Z",
                ),
                (
                    &["--price-window-seconds", &windows.join(",")],
                    "more than 100 settings would be compared",
                ),
            ] {
                let ran = prices(stage, &[&[history.as_str()], options].concat())?;
                ran.expect_code(2)?.expect_error(&[part])?;
            }
            // EC2 is not asked first.
            for (options, part) in [
                (["--start-time", "2100-01-01"], "it should be a time before now"),
                (["--end-time", "2020-01-01"], "EC2 keeps spot prices for 90 days"),
            ] {
                let asked = ["--instance-type", "g4dn.xlarge"];
                let ran = prices(stage, &[asked, options].concat())?;
                ran.expect_code(2)?.expect_error(&[options[0], part])?;
            }
            Ok(())
        },
    );
    suite.test(
        "backtest: the table of prices fits a terminal of 100 columns",
        async |stage| {
            let files = Files::new()?;
            let history = files.write("history.csv", TWO_TYPES)?;
            for more in [
                &[][..],
                &["--each-pool"],
                &["--original", "--maximum-spot-price", "0.3,0.4"],
                &["--safety-margin-percent", "0,15"],
            ] {
                let mut command = command(stage);
                let arguments = ["backtest", "prices", history.as_str()];
                command.args(arguments).args(more).env("COLUMNS", "100");
                let ran = finish(command)?.expect_code(0)?;
                let rows = ran.out.lines().filter(|line| line.starts_with("    "));
                let widest = rows.map(|row| row.chars().count()).max();
                // Without a row it would be a list.
                ensure!(widest.is_some_and(|widest| widest <= 100), "{ran:#?}");
                ensure!(!ran.out.contains("maximum USD:"), "{ran:#?}");
            }
            Ok(())
        },
    );
    suite.test(
        "backtest: a trace that cannot be used is named, and no bound is said that is none",
        async |stage| {
            let files = Files::new()?;
            let trace = "{\"metadata\": {\"gap_seconds\": 195}, \"data\": [1, 1, 0]}";
            let good = files.write("us-east-1a.json", trace)?;
            let availability =
                |more: &[&str]| run(stage, &[&["backtest", "availability"][..], more].concat());
            for (name, text, part) in [
                ("empty.json", "", "the trace of empty should be"),
                ("list.json", "[1, 0]", "the trace of list should be"),
                (
                    "none.json",
                    "{\"metadata\": {\"gap_seconds\": 195}, \"data\": []}",
                    "data of the trace of none was empty",
                ),
            ] {
                let path = files.write(name, text)?;
                availability(&[&path])?
                    .expect_code(1)?
                    .expect_error(&[&format!("cannot use {path}: {part}")])?;
            }
            let missing = format!("{good}.missing");
            availability(&[&missing])?
                .expect_code(1)?
                .expect_error(&[&format!("cannot read {missing}: ")])?;
            for (arguments, part) in [
                (
                    vec![good.as_str(), good.as_str()],
                    "two traces of us-east-1a",
                ),
                (vec!["us-east-1a="], "TRACE is \"us-east-1a=\""),
                (
                    vec![&good, "--no-jobs-evaluation-periods", "0"],
                    "a whole number, at least 1",
                ),
            ] {
                availability(&arguments)?
                    .expect_code(2)?
                    .expect_error(&[part])?;
            }
            let dear = availability(&[&good, "--spot-price", "5"])?.expect_code(0)?;
            dear.expect_out(&["spot costs more than on-demand", "is no lower bound"])?;
            ensure!(!dear.out.contains("of the bound"), "{dear:#?}");
            availability(&[&good])?
                .expect_code(0)?
                .expect_out(&["of the bound", "is the lower bound"])
        },
    );
}
