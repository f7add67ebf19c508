//! Which targets are met.

use crate::{
    one,
    table::Table,
    trials::{self, BOTH, BOTH_AND_WINDOW, Row},
};

/// What a fleet may cost on average, percent of the clairvoyant's.
const MOST_PERCENT: f64 = 105.0;
/// What it may cost on each trace.
const MOST_PERCENT_OF_A_TRACE: f64 = 108.0;
/// How much longer jobs may wait than the clairvoyant's, percent of how much longer they do with
/// `scaling-policy`.
const MOST_OF_SCALING_POLICY: f64 = 50.0;

/// What SpotManager came to on loads of one instance before it could ask for several, in the order of
/// [`one::tables`]: percent of the bound on average, and minutes in which a job waited.
const ONE_BEFORE: [(f64, u64); 2] = [(107.4, 9_866), (105.0, 10_246)];

/// A target with its figure.
struct Target {
    name: &'static str,
    /// Percent.
    most: f64,
    /// Percent; absent if there is none.
    figure: fn(&Row) -> Option<f64>,
}

fn targets() -> [Target; 5] {
    [
        Target {
            name: "cost on average",
            most: MOST_PERCENT,
            figure: |row| Some(row.availability.percent),
        },
        Target {
            name: "cost on each trace",
            most: MOST_PERCENT_OF_A_TRACE,
            figure: |row| Some(row.availability.of_the_dearest_trace),
        },
        Target {
            name: "cost, interruptions only",
            most: MOST_PERCENT_OF_A_TRACE,
            figure: |row| Some(row.interruptions.percent),
        },
        Target {
            name: "waiting on each trace",
            most: MOST_OF_SCALING_POLICY,
            figure: |row| row.availability.of_scaling_policy,
        },
        Target {
            name: "waiting, interruptions only",
            most: MOST_OF_SCALING_POLICY,
            figure: |row| row.interruptions.of_scaling_policy,
        },
    ]
}

/// A row for each target.
pub(crate) fn table(trials: &[Row], one: &[one::Figures]) -> String {
    let settings = ["as deployed", BOTH, BOTH_AND_WINDOW];
    let mut columns = vec!["target", "at most", "way"];
    columns.extend(settings);
    let mut table = Table::new(&columns);
    let ways: Vec<_> = trials.iter().take(2).map(|row| row.way).collect();
    for Target { name, most, figure } in targets() {
        for way in &ways {
            let mut cells = vec![name.to_owned(), format!("{most:.0} %"), trials::name(*way)];
            cells.extend(settings.map(|title| {
                let row = trials
                    .iter()
                    .find(|row| row.title == title && row.way == *way);
                let figure = row.and_then(figure);
                figure.map_or_else(String::new, |figure| judged(figure, most))
            }));
            table.row(&cells);
        }
    }
    let mut of_one = Table::new(&[
        "one instance, no worse than before",
        "cost of the bound, before",
        "now",
        "minutes waited, before",
        "now",
    ]);
    for (found, (percent, waited)) in one.iter().zip(ONE_BEFORE) {
        // As exact as it is written.
        let is_met = (found.percent * 10.0).round() <= (percent * 10.0_f64).round();
        of_one.row(&[
            found.title.to_owned(),
            format!("{percent:.1} %"),
            format!("{:.1} %, {}", found.percent, met(is_met)),
            waited.to_string(),
            format!(
                "{}, {}",
                found.waited_minutes,
                met(found.waited_minutes <= waited)
            ),
        ]);
    }
    format!("{}\n{}", table.into_text(), of_one.into_text())
}

fn judged(figure: f64, most: f64) -> String {
    format!("{figure:.2} %, {}", met(figure <= most))
}

fn met(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**missed**" }
}
