//! Groups of one instance.

use spotmanager_backtest::{Fleet, Jobs, Outcome, Policy, Prices, Scene, Trace, replay};
use spotmanager_domain::settings::LaunchBy;

use crate::{JOB_SECONDS, available, average, percent_of, setting::Setting, table::Table};

/// The jobs' shares of one worker's time.
const LOADS: [f64; 3] = [0.2, 0.6, 1.5];

/// What SpotManager came to, over all traces and loads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    pub(crate) title: &'static str,
    /// The average cost, percent of the bound.
    pub(crate) percent: f64,
    /// Minutes in which a job waited.
    pub(crate) waited_minutes: u64,
}

fn settings() -> [Setting; 2] {
    let title = "`ReturnToSpotRate` `rate(5 minutes)`, `LaunchFailureWindowSeconds` 240";
    [
        Setting::deployed("as deployed"),
        Setting::deployed(title)
            .returning_every(5)
            .excluding_for(240),
    ]
}

/// A table for each setting, and what SpotManager came to under each.
pub(crate) fn tables(traces: &[&Trace], prices: Prices) -> (String, Vec<Figures>) {
    let mut text = String::new();
    let mut figures = Vec::new();
    for setting in settings().iter().filter(|_| !traces.is_empty()) {
        let mut table = Table::new(&[
            "zone",
            "spot available",
            "load",
            "policy",
            "USD",
            "of the bound",
            "waited, minutes",
            "longest wait, seconds",
            "interruptions",
            "changes of kind",
            "jobs done",
        ]);
        let mut percents = Vec::new();
        let mut waited = 0;
        for trace in traces {
            for load in LOADS {
                let (percent, seconds) = rows(&mut table, trace, load, setting, prices);
                percents.push(percent);
                waited += seconds / 60;
            }
        }
        text.push_str(&format!(
            "### One instance, {}\n\n{}\n",
            setting.title,
            table.into_text()
        ));
        figures.push(Figures {
            title: setting.title,
            percent: average(percents),
            waited_minutes: waited,
        });
    }
    (text, figures)
}

/// Adds a row for each policy, and returns what SpotManager cost, percent of the bound, and how many
/// seconds a job waited.
fn rows(
    table: &mut Table,
    trace: &Trace,
    load: f64,
    setting: &Setting,
    prices: Prices,
) -> (f64, u64) {
    let scene = Scene {
        traces: std::slice::from_ref(trace),
        jobs: Jobs {
            load,
            job_seconds: JOB_SECONDS,
            at_once: 1,
            seed: 1,
        },
        timings: setting.timings,
        fleet: Fleet::of(1),
    };
    let bound = replay(Policy::Clairvoyant, scene);
    let mut own = (0.0, 0);
    for policy in Policy::all(&scene.fleet) {
        let outcome = replay(policy, scene);
        let percent = percent_of(bound, outcome, prices);
        let Outcome {
            waited_seconds,
            longest_wait_seconds,
            interruptions,
            switches,
            jobs_done,
            ..
        } = outcome;
        if policy == Policy::SpotManager(LaunchBy::Automatic) {
            own = (percent, waited_seconds);
        }
        table.row(&[
            trace.zone().to_owned(),
            available(trace),
            load.to_string(),
            policy.to_string(),
            format!("{:.0}", outcome.usd(prices)),
            format!("{percent:.1} %"),
            (waited_seconds / 60).to_string(),
            longest_wait_seconds.to_string(),
            interruptions.to_string(),
            switches.to_string(),
            jobs_done.to_string(),
        ]);
    }
    own
}
