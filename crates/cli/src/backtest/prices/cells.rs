//! The cells of all rows, the same in the terminal and on the page, as narrow as they can be.

use std::collections::BTreeSet;

use super::{
    Compared,
    rows::{Row, hours},
};

/// How many cells are of the setting itself; its figures follow.
const SETTING_CELLS: usize = 4;
/// The columns that a line above the table replaces if all settings have the same in them.
const SHARED: [usize; 2] = [1, 3];

/// The columns' names. Only words of more than one line's width make a column wide.
const HEADERS: [&str; 12] = [
    "maximum USD",
    "margin",
    "limit USD",
    "window",
    "USD",
    "saving",
    "hours on spot",
    "hours on-demand",
    "switches",
    "spot taken back",
    "failed launches",
    "remarks",
];

/// A table without the columns that say nothing or the same of every setting.
#[derive(Debug)]
pub(super) struct Cells {
    pub(super) headers: Vec<&'static str>,
    /// A cell for each of the headers.
    pub(super) rows: Vec<Vec<String>>,
    /// How many of the cells are of the setting itself.
    pub(super) of_setting: usize,
    /// Whether the last column has words.
    pub(super) has_remarks: bool,
    /// What stands above the table: what every setting has, and what a saving is compared with.
    pub(super) lines: Vec<String>,
}

impl Cells {
    pub(super) fn of(rows: &[Row<'_>]) -> Self {
        let all: Vec<_> = rows.iter().map(Row::cells).collect();
        let of_column = |column: usize| {
            let cells = all.iter().filter_map(|row| row.get(column));
            let cells = cells.filter(|cell| !cell.is_empty());
            cells.map(String::as_str).collect::<BTreeSet<_>>()
        };
        let mut kept = Vec::new();
        let mut shared = Vec::new();
        for (column, header) in HEADERS.into_iter().enumerate() {
            let values = of_column(column);
            match values.first() {
                None => {}
                Some(only) if SHARED.contains(&column) && values.len() == 1 => {
                    shared.push(format!("{header} {only}"));
                }
                Some(_) => kept.push(column),
            }
        }
        let shared = (!shared.is_empty()).then(|| format!("every setting: {}", shared.join(", ")));
        let take = |row: &[String; 12]| {
            let cells = kept.iter().filter_map(|column| row.get(*column));
            cells.cloned().collect()
        };
        Self {
            headers: kept
                .iter()
                .filter_map(|column| HEADERS.get(*column).copied())
                .collect(),
            rows: all.iter().map(take).collect(),
            of_setting: kept
                .iter()
                .filter(|column| **column < SETTING_CELLS)
                .count(),
            has_remarks: kept.last() == Some(&(HEADERS.len() - 1)),
            lines: shared.into_iter().chain(bases(rows)).collect(),
        }
    }
}

/// What a saving is compared with, if that is not the same in all rows.
fn bases(rows: &[Row<'_>]) -> Option<String> {
    let settings = rows.iter().filter(|row| row.has_other_types);
    let mut of_all = settings.filter(|row| row.setting.is_some_and(|one| one.pool.is_none()));
    of_all.next().map(|row| {
        format!(
            "saving: of a pool by itself against its own type on-demand, of all pools together against {} on-demand",
            row.on_demand_type
        )
    })
}

impl Row<'_> {
    /// A cell for each column that a table may have.
    pub(super) fn cells(&self) -> [String; 12] {
        let [maximum, margin, limit, window] = match self.setting {
            None => [
                if self.has_other_types {
                    format!("always on-demand {}", self.on_demand_type)
                } else {
                    "always on-demand".to_owned()
                },
                String::new(),
                String::new(),
                String::new(),
            ],
            Some(one) => [
                one.maximum_price.normalize().to_string(),
                format!("{} %", one.setting.terms.safety_margin_percent.normalize()),
                one.limit_usd().to_string(),
                format!("{} s", one.setting.window_seconds),
            ],
        };
        [
            maximum,
            margin,
            limit,
            window,
            format!("{:.2}", self.usd),
            format!("{:.1} %", self.saving_percent),
            format!("{:.1}", hours(self.spot_seconds)),
            format!("{:.1}", hours(self.on_demand_seconds)),
            self.switches.to_string(),
            self.interruptions.to_string(),
            self.failed_launches.to_string(),
            self.remarks(),
        ]
    }

    fn remarks(&self) -> String {
        let pool = self.setting.and_then(|one| one.pool.as_ref());
        let only =
            pool.map(|pool| format!("{} in {} only", pool.instance_type, pool.availability_zone));
        let is_original = self.setting.is_some_and(Compared::is_original);
        let original = is_original.then(|| "plain mean, as the 2016 original".to_owned());
        let best = self.is_best.then(|| "best".to_owned());
        let remarks = [best, only, original];
        remarks.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            rows,
            tests::{HISTORY, TWO_TYPES, replayed},
        },
        *,
    };

    #[test]
    fn what_every_setting_has_is_a_line_and_no_column() {
        let price = ["--on-demand-price", "0.579"];
        let margins = [&price[..], &["--safety-margin-percent", "0,15"]].concat();
        for (more, line, left) in [
            (
                &price[..],
                Some("every setting: margin 15 %, window 3600 s"),
                0,
            ),
            (&margins, Some("every setting: window 3600 s"), 1),
            (
                &[&margins[..], &["--price-window-seconds", "60,3600"]].concat(),
                None,
                2,
            ),
        ] {
            let backtested = replayed(HISTORY, more);
            let cells = Cells::of(&rows::of(&backtested));
            assert_eq!(cells.lines.first().map(String::as_str), line);
            assert_eq!(cells.of_setting, 2 + left);
            assert_eq!(cells.headers.len(), 10 + left);
            assert!(cells.rows.iter().all(|row| row.len() == 10 + left));
        }
    }

    #[test]
    fn a_saving_is_said_to_have_several_bases_if_it_has() {
        let of = |more: &[&str]| Cells::of(&rows::of(&replayed(TWO_TYPES, more))).lines;
        let base = "saving: of a pool by itself against its own type on-demand, of all pools together against g4dn.xlarge on-demand";
        assert_eq!(of(&["--each-pool"]).last().unwrap(), base);
        for more in [&[][..], &["--each-pool", "--instance-type", "g5.xlarge"]] {
            assert!(!of(more).iter().any(|line| line.contains("saving")));
        }
    }
}
