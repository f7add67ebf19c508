//! The rows: each figure with its way, the clock's speed and the target.

use comfy_table::{Table, presets};

use super::scene::Scene;
use crate::transitions::Transitions;

/// The section's title.
pub(crate) const TITLE: &str = "Many instances";

/// What is to be said of the table.
const TEXT: &str = "`cargo xtask bench --fleet` measures it, and writes this section only. Each \
    scene has a local AWS of its own. The functions are warm, and built for tests. There is as much \
    spot capacity as is asked for, unless the row says otherwise. A launch takes 30 seconds, or 10 \
    if one instance is asked for, so that it is in service at the first check. If a zone has no \
    capacity, the group tries the next one after 20 seconds.\n\n\
    Seconds are seconds of AWS. The speed is how many of them passed in a second of the \
    measurement: at 1 the run time of a function counts once, at 20 it counts 20 times. Transitions \
    are states entered and retries. The target for 20 instances is a thirtieth of the time of \
    `scaling-policy`. The targets for 100 are 1.2 times the time for 20, and as many transitions. \
    `scaling-policy` is not measured for 100: each round brings one instance, and then the group's \
    cooldown of 300 seconds follows. Checks are 15 seconds apart, so on-demand can be asked for up \
    to 15 seconds after the last zone has failed, depending on when that is.";

/// A figure.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    what: &'static str,
    way: &'static str,
    speed: u32,
    figure: f64,
    shown: String,
    unit: &'static str,
    most: Option<f64>,
}

impl Row {
    fn new(what: &'static str, scene: Scene, figure: f64) -> Self {
        Self {
            what,
            way: scene.way,
            speed: scene.speed,
            figure,
            shown: figure.to_string(),
            unit: "",
            most: None,
        }
    }

    /// Seconds of AWS.
    pub(crate) fn seconds(what: &'static str, scene: Scene, seconds: f64) -> Self {
        Self {
            shown: format!("{seconds:.1} s"),
            unit: " s",
            ..Self::new(what, scene, seconds)
        }
    }

    /// States entered, and retries.
    pub(crate) fn transitions(what: &'static str, scene: Scene, transitions: Transitions) -> Self {
        let Transitions { count, retries, .. } = transitions;
        let states = count - retries;
        let shown = match retries {
            0 => states.to_string(),
            _ => format!("{count}: {states} states, {retries} retries"),
        };
        Self {
            shown,
            ..Self::new(what, scene, count as f64)
        }
    }

    /// So many calls.
    pub(crate) fn calls(what: &'static str, scene: Scene, calls: usize) -> Self {
        Self::new(what, scene, calls as f64)
    }

    /// With a target.
    pub(crate) fn at_most(self, most: f64) -> Self {
        Self {
            most: Some(most),
            ..self
        }
    }

    fn cells(self) -> [String; 6] {
        let target = self.most.map_or_else(
            || ["–".to_owned(), "–".to_owned()],
            |most| {
                let is_met = if self.figure <= most { "yes" } else { "no" };
                [format!("at most {most:.0}{}", self.unit), is_met.to_owned()]
            },
        );
        let [target, is_met] = target;
        let (what, way) = (self.what.to_owned(), self.way.to_owned());
        [
            what,
            way,
            self.speed.to_string(),
            self.shown,
            target,
            is_met,
        ]
    }
}

/// What stands under the title: the text, and the table in Markdown.
pub(crate) fn body(rows: Vec<Row>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_MARKDOWN)
        .set_header(["what", "way", "speed", "measured", "target", "met"])
        .add_rows(rows.into_iter().map(Row::cells));
    format!("{TEXT}\n\n{}", table.trim_fmt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_count_and_a_target_is_met_or_not() {
        let transitions = Transitions {
            count: 12,
            retries: 2,
            looks: 1,
        };
        let scene = Scene::of_one("some-way").at_speed(5);
        let row = Row::transitions("transitions", scene, transitions);
        let cells = |row: Row| row.cells().join("|");
        assert_eq!(
            cells(row.clone()),
            "transitions|some-way|5|12: 10 states, 2 retries|–|–"
        );
        assert!(cells(row.clone().at_most(12.0)).ends_with("|at most 12|yes"));
        assert!(cells(row.at_most(11.0)).ends_with("|at most 11|no"));
    }
}
