//! What the tests of terminal, JSON and page share, and that they show the same.

use clap::Parser;

use super::*;
use crate::{
    Arguments,
    arguments::{Backtest, Command},
};

/// Two days in two zones, in one of which spot is dear on the second day.
pub(super) const HISTORY: &str = "\
Timestamp,InstanceType,AvailabilityZone,SpotPrice
2026-01-01T00:00:00Z,g4dn.xlarge,eu-west-1a,0.2
2026-01-01T00:00:00Z,g4dn.xlarge,eu-west-1b,0.5
2026-01-02T00:00:00Z,g4dn.xlarge,eu-west-1a,0.45
2026-01-02T06:00:00Z,g4dn.xlarge,eu-west-1a,cheap
2026-01-03T00:00:00Z,g4dn.xlarge,eu-west-1a,0.2
";

/// The same days of two types.
pub(super) const TWO_TYPES: &str = "\
Timestamp,InstanceType,AvailabilityZone,SpotPrice
2026-01-01T00:00:00Z,g4dn.xlarge,us-east-1a,0.2
2026-01-01T00:00:00Z,g5.xlarge,us-east-1a,0.4
2026-01-02T12:00:00Z,g4dn.xlarge,us-east-1a,0.6
2026-01-03T00:00:00Z,g5.xlarge,us-east-1a,0.5
";

pub(super) fn wanted(more: &[&str]) -> Prices {
    let arguments = ["spotmanager", "backtest", "prices", "-"];
    let parsed = Arguments::try_parse_from(arguments.iter().chain(more));
    match parsed.unwrap().command {
        Command::Backtest(Backtest::Prices(wanted)) => *wanted,
        other => panic!("{other:?}"),
    }
}

fn gathered(history: &str, wanted: &Prices) -> History {
    let mut gatherer = source::gatherer(wanted);
    gatherer.read("history", history.as_bytes()).unwrap();
    gatherer.finish().unwrap()
}

fn try_replay(history: &str, more: &[&str]) -> Result<Backtested> {
    let wanted = wanted(more);
    let source = Source::Files(wanted.files.clone());
    let history = gathered(history, &wanted);
    ensure_some(&source, &history, &wanted)?;
    let on_demand = on_demand::find(&source, &wanted, &history.pools);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let on_demand = runtime.block_on(on_demand)?;
    backtest(source, &wanted, on_demand, history)
}

pub(super) fn replayed(history: &str, more: &[&str]) -> Backtested {
    try_replay(history, more).unwrap()
}

/// The history replayed at a maximum price of 0.4 and of on-demand, with each pool alone.
pub(super) fn backtested() -> Backtested {
    let more = [
        "--maximum-spot-price",
        "0.4,0.579",
        "--on-demand-price",
        "0.579",
    ];
    replayed(
        HISTORY,
        &[&more[..], &["--each-pool", "--original"]].concat(),
    )
}

#[test]
fn a_history_without_what_is_asked_for_is_refused_with_what_it_has() {
    let other = "\
Timestamp,InstanceType,AvailabilityZone,SpotPrice,ProductDescription
2026-01-01T00:00:00Z,g4dn.xlarge,eu-west-1a,0.2,Windows
2026-01-01T00:00:00Z,g5.xlarge,eu-west-1b,0.2,Linux/UNIX
2026-01-01T00:00:00Z,g4dn.xlarge,eu-west-1b,dear,Linux/UNIX
";
    for (more, parts) in [
        (
            &["--instance-type", "p5.48xlarge"][..],
            &[
                "no spot price of Linux/UNIX of p5.48xlarge",
                "types g4dn.xlarge, g5.xlarge",
            ][..],
        ),
        (
            &["--availability-zone", "eu-west-1c"],
            &["in eu-west-1c", "Availability Zones eu-west-1a, eu-west-1b"],
        ),
        (
            &["--instance-type", "g4dn.xlarge"],
            &[
                "products Windows",
                "unusable records: 1",
                "line 4: SpotPrice is \"dear\"",
            ],
        ),
    ] {
        let error = try_replay(other, more).unwrap_err().to_string();
        for part in parts {
            assert!(error.contains(part), "{part} in {error}");
        }
        assert!(!error.contains("records: 0"), "{error}");
    }
}

#[test]
fn time_before_the_first_price_counts_nothing() {
    for more in [&[][..], &["--start-time", "2020-01-01"]] {
        let backtested = replayed(TWO_TYPES, more);
        let start = backtested.question.period.start.to_string();
        // A window after the first price, so that the first decision knows a whole one.
        assert_eq!(start, "2026-01-01T01:00:00Z");
        let note = backtested.notes.first().unwrap();
        assert!(
            note.starts_with("the replay begins at 2026-01-01T01:00:00Z"),
            "{note}"
        );
        let first = &backtested.answer.settings[0].shares[0];
        assert_eq!(first.spot(), Some(rust_decimal::Decimal::ONE));
    }
    for (more, part) in [
        (
            &["--end-time", "2025-12-01"][..],
            "nothing to replay before the end, 2025-12-01T00:00:00Z",
        ),
        (
            &["--price-window-seconds", "864000"],
            "a shorter --price-window-seconds",
        ),
    ] {
        let error = try_replay(TWO_TYPES, more).unwrap_err().to_string();
        assert!(error.contains(part), "{part} in {error}");
    }
}

#[test]
fn the_replay_begins_once_each_pool_has_a_price() {
    let late = format!("{HISTORY}2026-01-01T12:00:00Z,g4dn.xlarge,eu-west-1c,0.3\n");
    let backtested = replayed(&late, &["--on-demand-price", "0.579"]);
    let note = backtested.notes.first().unwrap();
    let expected =
        "the replay begins at 2026-01-01T13:00:00Z: the first price of g4dn.xlarge in eu-west-1c";
    assert!(note.starts_with(expected), "{note}");
    assert!(!note.contains("without that pool"), "{note}");
    let day_late = format!("{HISTORY}2026-01-02T12:00:00Z,g4dn.xlarge,eu-west-1c,0.3\n");
    let backtested = replayed(&day_late, &["--on-demand-price", "0.579"]);
    let note = backtested.notes.first().unwrap();
    assert!(
        note.ends_with("it could begin at 2026-01-01T01:00:00Z"),
        "{note}"
    );
    let longer = replayed(
        HISTORY,
        &["--end-time", "2026-01-05", "--on-demand-price", "0.579"],
    );
    let held = "the newest price is of 2026-01-03T00:00:00Z; it is taken to hold until 2026-01-05";
    assert!(
        longer.notes.iter().any(|note| note.starts_with(held)),
        "{:?}",
        longer.notes
    );
}

#[test]
fn too_few_prices_are_explained_with_the_records_that_are_unusable() {
    let cheap = "\
Timestamp,InstanceType,AvailabilityZone,SpotPrice
2026-01-01T00:00:00Z,g4dn.xlarge,eu-west-1a,abc
2026-01-02T00:00:00Z,g4dn.xlarge,eu-west-1a,0.2
";
    let error = try_replay(cheap, &[]).unwrap_err().to_string();
    for part in [
        "there is nothing to replay before the end, 2026-01-02T00:00:00Z",
        "; unusable records: 1; history, line 2: SpotPrice is \"abc\"; it should be a text of digits",
    ] {
        assert!(error.contains(part), "{part} in {error}");
    }
    let usable = cheap.replace("abc", "0.2");
    let error = try_replay(&usable, &["--price-window-seconds", "864000"]);
    let error = error.unwrap_err().to_string();
    assert!(!error.contains("unusable"), "{error}");
}

#[test]
fn a_start_after_the_newest_price_is_refused_with_it() {
    let error = try_replay(TWO_TYPES, &["--start-time", "2026-02-01"]).unwrap_err();
    assert!(error.is::<crate::arguments::Mistaken>(), "{error:?}");
    let expected = "--start-time is 2026-02-01T00:00:00Z; it should be a time before the newest price, 2026-01-03T00:00:00Z";
    let error = error.to_string();
    assert!(error.starts_with(expected), "{error}");
    let held = ["--start-time", "2026-02-01", "--end-time", "2026-02-02"];
    assert!(try_replay(TWO_TYPES, &held).is_ok());
}

/// The rows of the page: the cells of each, without markup.
fn rows_of_page(page: &str) -> Vec<Vec<String>> {
    let body = page.split_once("<tbody>").unwrap().1;
    let body = body.split_once("</table>").unwrap().0;
    let rows = body.split("<tr").skip(1);
    let text = |cell: &str| {
        let cell = cell.split_once('>').unwrap().1;
        cell.split('<').next().unwrap().to_owned()
    };
    rows.map(|row| {
        let cells = row.replace("<th", "<td");
        cells.split("<td").skip(1).map(text).collect()
    })
    .collect()
}

#[test]
fn terminal_json_and_page_show_the_same_rows() {
    for backtested in [backtested(), replayed(TWO_TYPES, &["--each-pool"])] {
        let rows = rows::of(&backtested);
        let cells::Cells {
            rows: cells,
            lines: above,
            ..
        } = cells::Cells::of(&rows);

        let page = page::page(&backtested).into_string();
        let without_empty = |row: &Vec<String>| -> Vec<String> {
            row.iter()
                .filter(|cell| !cell.is_empty())
                .cloned()
                .collect()
        };
        let shown: Vec<_> = rows_of_page(&page).iter().map(without_empty).collect();
        let expected: Vec<_> = cells.iter().map(without_empty).collect();
        assert_eq!(shown, expected);

        let terminal = Report(&backtested).to_string();
        let terminal = console::strip_ansi_codes(&terminal).into_owned();
        let lines: Vec<_> = terminal
            .lines()
            .filter(|line| line.starts_with("    "))
            .collect();
        assert_eq!(lines.len(), cells.len() + 1, "{terminal}");
        for (line, row) in lines[1..].iter().zip(&expected) {
            let words = |text: &str| {
                text.split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            assert_eq!(words(line), words(&row.join(" ")));
        }

        let document = serde_json::to_value(Document::of(&backtested)).unwrap();
        let always = document["always_on_demand"].as_array().unwrap();
        let settings = document["settings"].as_array().unwrap();
        let documented: Vec<_> = always.iter().chain(settings).collect();
        assert_eq!(documented.len(), rows.len());
        for (documented, row) in documented.into_iter().zip(&rows) {
            assert_eq!(documented["cost_usd"], row.usd.to_string());
            if row.setting.is_some() {
                assert_eq!(documented["saving_percent"], row.saving_percent.to_string());
                assert_eq!(documented["failed_launches"], row.failed_launches);
                assert_eq!(documented["is_best"], row.is_best);
            }
        }
        for line in above {
            assert!(terminal.contains(&line), "{line} in {terminal}");
            assert!(page.contains(&line), "{line} in {page}");
        }
        let headline = rows::headline(&rows);
        assert_eq!(document["headline"], headline.as_str());
        assert!(terminal.contains(&headline), "{headline} in {terminal}");
        assert!(page.contains(&headline), "{headline} in {page}");
        let on_demand = backtested.on_demand.sentence();
        assert_eq!(document["on_demand"], on_demand.as_str());
        assert!(terminal.contains(&on_demand), "{terminal}");
        assert!(page.contains(&on_demand), "{page}");
        for note in &backtested.notes {
            assert!(terminal.contains(note.as_str()), "{note} in {terminal}");
            let escaped = note.replace('"', "&quot;");
            assert!(page.contains(&escaped), "{escaped} in {page}");
        }
    }
}

#[test]
fn each_type_is_compared_with_its_own_on_demand_price() {
    let backtested = replayed(TWO_TYPES, &["--each-pool"]);
    let rows = rows::of(&backtested);
    let always: Vec<_> = rows.iter().filter(|row| row.setting.is_none()).collect();
    let per_month: Vec<_> = always
        .iter()
        .map(|row| (row.on_demand_type, row.usd_per_month.to_string()))
        .collect();
    // 730 hours at 0.526 and at 1.006.
    let expected = [("g4dn.xlarge", "383.98"), ("g5.xlarge", "734.38")];
    assert_eq!(
        per_month,
        expected.map(|(name, usd)| (name, usd.to_owned()))
    );
    let alone = rows.last().unwrap();
    assert_eq!(alone.on_demand_type, "g5.xlarge");
    // 0.4 all the time against 1.006.
    assert_eq!(alone.saving_percent, "60.2".parse().unwrap());
}
