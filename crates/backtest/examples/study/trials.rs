//! What would meet the targets of groups of several instances.

use spotmanager_backtest::{Played, Policy, Prices, Trace, play};
use spotmanager_domain::settings::LaunchBy;

use crate::{
    average, beyond,
    fleets::{LOADS, scene},
    percent_of,
    setting::Setting,
    table::Table,
};

/// What the jobs are drawn with, one after the other.
const SEEDS: [u64; 3] = [1, 2, 3];
/// The ways that size by the queue, which are measured against `scaling-policy`.
const WAYS: [Policy; 2] = [
    Policy::SpotManager(LaunchBy::DesiredCapacity),
    Policy::LaunchInstances,
];

/// What a way came to under a setting.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) title: &'static str,
    pub(crate) way: Policy,
    /// Where spot could be had at times only.
    pub(crate) availability: Figures,
    /// Over traces of interruptions.
    pub(crate) interruptions: Figures,
}

/// Figures over several traces.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    /// What it cost, percent of the clairvoyant's: the average over all loads and draws.
    pub(crate) percent: f64,
    /// The same of the trace that cost most.
    pub(crate) of_the_dearest_trace: f64,
    /// The same of the trace, load and draw that cost most.
    pub(crate) most: f64,
    /// How much longer jobs waited than the clairvoyant's, seconds of each job.
    pub(crate) beyond_seconds: i64,
    /// The same as a share of `scaling-policy`'s, percent, of the trace of which that is most; absent if
    /// jobs do not wait longer with that on one.
    pub(crate) of_scaling_policy: Option<f64>,
    pub(crate) restarted: u64,
    /// How many executions began a day.
    pub(crate) executions: f64,
}

/// The settings that were tried, by which the page's text goes.
fn settings() -> Vec<Setting> {
    let rate = "`rate(5 minutes)`";
    vec![
        Setting::deployed("as deployed"),
        Setting::deployed(rate).returning_every(5),
        Setting::deployed("`rate(5 minutes)`, `LaunchFailureWindowSeconds` 240")
            .returning_every(5)
            .excluding_for(240),
        longer_rounds(),
        Setting::deployed("the queue is read every 5 minutes").sizing_every(5),
        Setting::deployed("the alarm asks for what the queue lacks").sized_by_the_queue(),
        Setting::deployed("both, every 15 minutes").with_both_changes(),
        Setting::deployed("both, every 10 minutes, `rate(10 minutes)`")
            .returning_every(10)
            .with_both_changes(),
        Setting::deployed(BOTH)
            .returning_every(5)
            .with_both_changes(),
        Setting::deployed(BOTH_AND_WINDOW)
            .returning_every(5)
            .with_both_changes()
            .excluding_for(240),
        Setting::deployed("both, every minute, `rate(1 minute)`, `LaunchFailureWindowSeconds` 50")
            .returning_every(1)
            .with_both_changes()
            .excluding_for(50),
    ]
}

/// The title of both changes.
pub(crate) const BOTH: &str = "both, every 5 minutes, `rate(5 minutes)`";
/// The title of both changes with a shorter exclusion.
pub(crate) const BOTH_AND_WINDOW: &str =
    "both, every 5 minutes, `rate(5 minutes)`, `LaunchFailureWindowSeconds` 240";

fn longer_rounds() -> Setting {
    let mut setting = Setting::deployed("`MaxRounds` 1000, `RoundsTimeoutSeconds` 86400");
    setting.trial.max_rounds = 1_000;
    setting.trial.rounds_timeout = 86_400;
    setting
}

/// Plays each way under each setting, where spot could be had at times and where it was interrupted.
pub(crate) fn all(availability: &[&Trace], interruptions: &[&Trace], prices: Prices) -> Vec<Row> {
    let mut rows = Vec::new();
    for setting in settings() {
        let [availability, interruptions] = [availability, interruptions].map(|traces| {
            let traces = traces.iter();
            let played: Vec<_> = traces
                .map(|trace| OnTrace::played(trace, &setting, prices))
                .collect();
            played
        });
        for (index, way) in WAYS.into_iter().enumerate() {
            rows.push(Row {
                title: setting.title,
                way,
                availability: Figures::of(&availability, index),
                interruptions: Figures::of(&interruptions, index),
            });
        }
    }
    rows
}

/// What the ways came to on one trace, with all loads and draws.
#[derive(Debug, Default)]
struct OnTrace {
    ways: [OfWay; 2],
    /// How much longer jobs waited with `scaling-policy`, seconds of each job.
    by_policy: i64,
    days: f64,
}

#[derive(Debug, Default)]
struct OfWay {
    percents: Vec<f64>,
    beyond_seconds: i64,
    restarted: u64,
    executions: u64,
}

impl OnTrace {
    fn played(trace: &Trace, setting: &Setting, prices: Prices) -> Self {
        let mut found = Self::default();
        for (load, seed) in LOADS
            .into_iter()
            .flat_map(|load| SEEDS.map(|seed| (load, seed)))
        {
            let scene = scene(trace, load, seed, setting.timings);
            let played = |policy| play(policy, scene, setting.trial);
            let bound = played(Policy::Clairvoyant).outcome;
            let by_policy = played(Policy::SpotManager(LaunchBy::ScalingPolicy));
            found.by_policy += beyond(bound, by_policy.outcome);
            let seconds = u32::try_from(trace.seconds()).unwrap_or(u32::MAX);
            found.days += f64::from(seconds) / 86_400.0;
            for (of_way, way) in found.ways.iter_mut().zip(WAYS) {
                let Played {
                    outcome,
                    executions,
                    ..
                } = played(way);
                of_way.percents.push(percent_of(bound, outcome, prices));
                of_way.beyond_seconds += beyond(bound, outcome);
                of_way.restarted += outcome.jobs_restarted;
                of_way.executions += executions;
            }
        }
        found
    }

    /// How much longer jobs waited, percent of how much longer they did with `scaling-policy`; absent if
    /// they did not.
    fn of_scaling_policy(&self, way: usize) -> Option<f64> {
        let minutes = |seconds: i64| f64::from(i32::try_from(seconds / 60).unwrap_or(i32::MAX));
        let own = self.ways.get(way)?.beyond_seconds;
        (self.by_policy > 0).then(|| 100.0 * minutes(own) / minutes(self.by_policy))
    }
}

impl Figures {
    fn of(traces: &[OnTrace], way: usize) -> Self {
        let ways = || traces.iter().map(|trace| &trace.ways[way]);
        let percents = || ways().flat_map(|way| way.percents.iter().copied());
        let most = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::MIN, f64::max);
        let executions: u64 = ways().map(|way| way.executions).sum();
        let executions = f64::from(u32::try_from(executions).unwrap_or(u32::MAX));
        Self {
            percent: average(percents()),
            of_the_dearest_trace: most(&mut ways().map(|way| average(way.percents.clone()))),
            most: most(&mut percents()),
            beyond_seconds: ways().map(|way| way.beyond_seconds).sum(),
            of_scaling_policy: traces
                .iter()
                .map(|trace| trace.of_scaling_policy(way))
                .collect::<Option<Vec<_>>>()
                .map(|shares| most(&mut shares.into_iter())),
            restarted: ways().map(|way| way.restarted).sum(),
            executions: executions / traces.iter().map(|trace| trace.days).sum::<f64>(),
        }
    }
}

/// A row for each way under each setting.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut table = Table::new(&[
        "setting",
        "way",
        "of the clairvoyant, average",
        "dearest trace",
        "dearest trace, load and draw",
        "beyond the clairvoyant, job-minutes",
        "of `scaling-policy`'s, most",
        "jobs restarted",
        "executions a day",
        "interruptions only: of the clairvoyant",
        "of `scaling-policy`'s",
    ]);
    for row in rows {
        let Figures {
            percent,
            of_the_dearest_trace,
            most,
            beyond_seconds,
            of_scaling_policy,
            restarted,
            executions,
        } = &row.availability;
        table.row(&[
            row.title.to_owned(),
            name(row.way),
            format!("{percent:.1} %"),
            format!("{of_the_dearest_trace:.1} %"),
            format!("{most:.1} %"),
            (beyond_seconds / 60).to_string(),
            share(*of_scaling_policy),
            restarted.to_string(),
            format!("{executions:.0}"),
            format!("{:.1} %", row.interruptions.percent),
            share(row.interruptions.of_scaling_policy),
        ]);
    }
    table.into_text()
}

fn share(percent: Option<f64>) -> String {
    percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent:.0} %"))
}

/// The value of `LaunchBy`.
pub(crate) fn name(way: Policy) -> String {
    format!("`{}`", way.to_string().trim_start_matches("SpotManager, "))
}
