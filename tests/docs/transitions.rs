//! The transitions and invocations that `docs/cost.md` counts, from executions that the flow plays and
//! from the state machine's definition.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use spotmanager_domain::LossKind;

use crate::{
    course::{Occasion, steps},
    read,
};

/// How the resource of a state that runs a function ends.
const INVOKED: &str = ":lambda:invoke";

/// An alarm; spot comes at the second look.
fn plain() -> Occasion {
    Occasion {
        spot: [4, 0, 0, 0],
        on_demand: [4, 0, 0, 0],
        spot_comes_at: Some(2),
        ..Occasion::default()
    }
}

/// The rows of the table of what each costs, but for those without a decision.
fn rows() -> Vec<(&'static str, Occasion)> {
    let plain = plain();
    let queue = |max_size: i32, brings: [i32; 2], jobs: &[u64]| Occasion {
        spot: [max_size, 0, 0, 0],
        on_demand: [20, 0, 0, 0],
        jobs: jobs.to_vec(),
        brings,
        ..plain.clone()
    };
    let returns = Occasion {
        on_demand: [3, 1, 1, 0],
        returns: true,
        ..plain.clone()
    };
    let loss = |kind| Occasion {
        loss: Some(kind),
        ..plain.clone()
    };
    let lacks = Occasion {
        spot: [3, 1, 0, 0],
        ..loss(LossKind::LaunchUnsuccessful)
    };
    vec![
        ("a plain decision: spot comes", plain.clone()),
        (
            "queue: 20 spot instances, then the backlog is at its target",
            queue(40, [20, 0], &[200, 200]),
        ),
        (
            "queue: 8 spot and 12 on-demand instances, then the backlog is at its target",
            queue(8, [8, 12], &[200, 200]),
        ),
        (
            "queue: asked three times, then the backlog is at its target",
            queue(20, [5, 0], &[50, 100, 150, 150]),
        ),
        (
            "queue: another execution leads",
            Occasion {
                is_led: true,
                ..plain.clone()
            },
        ),
        ("return: spot takes over", returns.clone()),
        (
            "return: spot brings none in three looks",
            Occasion {
                spot_comes_at: None,
                ..returns.clone()
            },
        ),
        (
            "return: nothing on-demand, and the queue is due to be read",
            Occasion {
                on_demand: [3, 0, 0, 0],
                ..returns
            },
        ),
        (
            "interruption warning: replaced",
            loss(LossKind::InterruptionWarning),
        ),
        (
            "interruption warning: gone already, and replaced by its group",
            Occasion {
                spot: [4, 1, 0, 0],
                is_gone: true,
                ..loss(LossKind::InterruptionWarning)
            },
        ),
        (
            "rebalance recommendation: one more",
            loss(LossKind::RebalanceRecommendation),
        ),
        (
            "rebalance recommendation: the group is full",
            Occasion {
                spot: [1, 1, 1, 0],
                ..loss(LossKind::RebalanceRecommendation)
            },
        ),
        (
            "failed launch: the group is served",
            Occasion {
                spot: [3, 1, 1, 0],
                ..lacks.clone()
            },
        ),
        ("failed launch: spot comes after all", lacks.clone()),
        (
            "failed launch: three looks at spot, two at on-demand",
            Occasion {
                spot_comes_at: None,
                ..lacks
            },
        ),
    ]
}

/// Holds the pages' figures against the flow.
pub(crate) fn hold() -> Result<()> {
    let machine: Value = serde_json::from_str(&read("statemachine/spotmanager.asl.json")?)?;
    let page = read("docs/cost.md")?;
    for (name, occasion) in rows() {
        let states = states(&machine, &occasion)?;
        let row = format!(
            "\n| {name} | {} | {} | ",
            states.len(),
            invocations(&machine, &states)
        );
        ensure!(
            page.contains(&row),
            "docs/cost.md should have the row{row}…: {states:?}"
        );
    }
    let usual = states(&machine, &plain())?;
    let fallback = Occasion {
        spot_comes_at: None,
        ..plain()
    };
    let fallback = states(&machine, &fallback)?;
    let [transitions, invocations] = [
        [usual.len(), fallback.len()],
        [
            invocations(&machine, &usual),
            invocations(&machine, &fallback),
        ],
    ];
    for row in [
        format!(
            "\n| state transitions | {} | {} |",
            transitions[0], transitions[1]
        ),
        format!("\n| Lambda invocations | {} (", invocations[0]),
        format!(" | {} (*start* 1,", invocations[1]),
    ] {
        ensure!(page.contains(&row), "docs/cost.md should have the row{row}");
    }
    let decision = format!("A decision costs {} state transitions", transitions[0]);
    for path in ["README.md", "docs/design/five-functions.md"] {
        ensure!(
            read(path)?
                .to_lowercase()
                .contains(&decision.to_lowercase()),
            "{path}: {decision}"
        );
    }
    Ok(())
}

/// How many functions run, *start* included.
fn invocations(machine: &Value, states: &[&str]) -> usize {
    let is_function = |state: &&&str| {
        let resource = machine["States"][**state]["Resource"].as_str();
        resource.is_some_and(|resource| resource.ends_with(INVOKED))
    };
    1 + states.iter().filter(is_function).count()
}

/// The states of an execution, as the machine goes through them.
fn states<'a>(machine: &'a Value, occasion: &Occasion) -> Result<Vec<&'a str>> {
    let start = machine["StartAt"].as_str().context("no StartAt")?;
    let mut states = vec![start];
    let mut at = start;
    for round in 0..occasion.jobs.len().max(1) {
        for step in steps(occasion, round)? {
            // It goes on by itself, and at its Choice where the step says.
            loop {
                let next = machine["States"][at]["Next"].as_str();
                let next = next.with_context(|| format!("nothing comes after {at}, not {step}"))?;
                states.push(next);
                at = next;
                if next == step {
                    break;
                }
                if machine["States"][next]["Type"] == "Choice" {
                    states.push(step);
                    at = step;
                    break;
                }
            }
        }
    }
    Ok(states)
}
