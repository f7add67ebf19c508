//! Groups of several instances.

use spotmanager_backtest::{Fleet, Jobs, Outcome, Policy, Prices, Scene, Timings, Trace, play};

use crate::{JOB_SECONDS, available, beyond, percent_of, setting::Setting, table::Table};

/// How jobs come, for a trace of so many nodes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// How many workers' time they ask for, as a share of the nodes.
    share: f64,
    /// How many come at once, for each node; 0 for one at a time.
    at_once: u32,
}

/// One at a time, and many at once.
pub(crate) const LOADS: [Load; 4] = [
    Load {
        share: 0.25,
        at_once: 0,
    },
    Load {
        share: 0.5,
        at_once: 0,
    },
    Load {
        share: 0.25,
        at_once: 5,
    },
    Load {
        share: 0.5,
        at_once: 10,
    },
];

/// Those of [`LOADS`] that come many at once.
pub(crate) const BATCHES: &[Load] = LOADS.split_at(2).1;

impl Load {
    /// The jobs for so many nodes, drawn with this seed.
    pub(crate) fn jobs(self, nodes: u32, seed: u64) -> Jobs {
        Jobs {
            load: self.share * f64::from(nodes),
            job_seconds: JOB_SECONDS,
            at_once: (self.at_once * nodes).max(1),
            seed,
        }
    }
}

/// A trace with a load, for groups of as many instances as it counts.
pub(crate) fn scene(trace: &Trace, load: Load, seed: u64, timings: Timings) -> Scene<'_> {
    let nodes = trace.nodes();
    Scene {
        traces: std::slice::from_ref(trace),
        jobs: load.jobs(nodes, seed),
        timings,
        fleet: Fleet::of(nodes),
    }
}

/// A table for each setting.
pub(crate) fn tables(traces: &[&Trace], prices: Prices) -> String {
    let both = "the two changes, and `ReturnToSpotRate` `rate(5 minutes)`";
    let settings = [
        Setting::deployed("as deployed"),
        Setting::deployed(both)
            .returning_every(5)
            .with_both_changes(),
    ];
    let mut text = String::new();
    for (index, setting) in settings.iter().enumerate().filter(|_| !traces.is_empty()) {
        let mut table = Table::new(&[
            "zone",
            "nodes",
            "spot available",
            "load",
            "at once",
            "policy",
            "USD",
            "of the clairvoyant",
            "waited, job-minutes",
            "beyond the clairvoyant",
            "jobs restarted",
            "interruptions",
            "jobs done",
        ]);
        for trace in traces {
            for load in LOADS {
                let scene = scene(trace, load, 1, setting.timings);
                // The others have no settings.
                let others =
                    Policy::all(&scene.fleet).filter(|policy| index == 0 || is_own(*policy));
                let mut policies: Vec<_> = others.collect();
                let last = policies.len().saturating_sub(1);
                policies.insert(last, Policy::LaunchInstances);
                rows(&mut table, scene, &policies, setting, prices);
            }
        }
        text.push_str(&format!(
            "### Several instances, {}\n\n{}\n",
            setting.title,
            table.into_text()
        ));
    }
    text
}

/// Whether a policy is SpotManager's, or what it is measured against.
fn is_own(policy: Policy) -> bool {
    matches!(policy, Policy::SpotManager(_) | Policy::Clairvoyant)
}

/// Plays these policies, and adds what each came to.
fn rows(
    table: &mut Table,
    scene: Scene<'_>,
    policies: &[Policy],
    setting: &Setting,
    prices: Prices,
) {
    let bound = play(Policy::Clairvoyant, scene, setting.trial).outcome;
    let [trace] = scene.traces else { return };
    for policy in policies.iter().copied() {
        let outcome = play(policy, scene, setting.trial).outcome;
        let Outcome {
            jobs_waited_seconds,
            jobs_restarted,
            interruptions,
            jobs_done,
            ..
        } = outcome;
        table.row(&[
            trace.zone().to_owned(),
            trace.nodes().to_string(),
            available(trace),
            scene.jobs.load.to_string(),
            scene.jobs.at_once.to_string(),
            policy.to_string(),
            format!("{:.0}", outcome.usd(prices)),
            format!("{:.1} %", percent_of(bound, outcome, prices)),
            (jobs_waited_seconds / 60).to_string(),
            (beyond(bound, outcome) / 60).to_string(),
            jobs_restarted.to_string(),
            interruptions.to_string(),
            jobs_done.to_string(),
        ]);
    }
}
