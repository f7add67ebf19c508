//! State transitions, counted from executions through the templates as they are deployed, and what
//! they cost.

use std::time::Duration;

use anyhow::{Result, ensure};
use rust_decimal::Decimal;
use spotmanager_testbed::ExecutionHistory;

use crate::deployed::Deployed;

const TIME_SCALE: f64 = 0.02;
const PATIENCE: Duration = Duration::from_secs(120);
/// Alarms a month.
pub(crate) const ALARMS: [u32; 3] = [10, 1_000, 100_000];

/// USD for a transition of a Standard workflow in us-east-1.
/// See <https://aws.amazon.com/step-functions/pricing/>.
fn usd_per_transition() -> Decimal {
    Decimal::new(25, 6)
}

/// The transitions of an execution, or of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transitions {
    /// States entered, and retries, which count likewise.
    pub(crate) count: usize,
    /// Retries alone.
    pub(crate) retries: usize,
    /// How often it looked whether capacity came.
    pub(crate) looks: usize,
}

impl Transitions {
    pub(crate) fn of(histories: &[ExecutionHistory]) -> Self {
        let steps = || histories.iter().flat_map(|history| &history.steps);
        let retries = steps().map(|step| step.failures.len()).sum();
        Self {
            count: steps().count() + retries,
            retries,
            looks: steps()
                .filter(|step| step.state == "VerifyCapacity")
                .count(),
        }
    }

    /// USD for so many alarms.
    pub(crate) fn cost(self, alarms: u32) -> Decimal {
        Decimal::from(alarms) * Decimal::from(self.count) * usd_per_transition()
    }
}

/// Two decisions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decisions {
    /// Spot is chosen and comes.
    pub(crate) usual: Transitions,
    /// Spot is chosen and cannot be had, and on-demand comes.
    pub(crate) fallback: Transitions,
}

/// Plays both.
pub(crate) async fn measure() -> Result<Decisions> {
    let deployed = Deployed::deploy(TIME_SCALE, &[], "JobsTopicArn", &[]).await?;
    let (executions, workers) = (&deployed.spot_manager.executions, &deployed.workers);
    let usual = executions.answer_to_job(&workers.queue, PATIENCE).await?;
    expect_last(&usual, "CapacityArrived")?;
    workers.finish(&deployed.config, PATIENCE).await?;
    deployed.no_spot();
    let fallback = executions.answer_to_job(&workers.queue, PATIENCE).await?;
    expect_last(&fallback, "CapacityArrived")?;
    ensure!(
        fallback.states().contains(&"StandDownSpot"),
        "no fallback in {fallback:#?}"
    );
    Ok(Decisions {
        usual: Transitions::of(&[usual]),
        fallback: Transitions::of(&[fallback]),
    })
}

pub(crate) fn expect_last(history: &ExecutionHistory, state: &str) -> Result<()> {
    let last = history.states().last().copied();
    ensure!(last == Some(state), "{last:?} instead of {state}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eleven_transitions_cost_what_the_page_says() {
        let usual = Transitions {
            count: 11,
            retries: 0,
            looks: 2,
        };
        assert_eq!(usual.cost(1_000).to_string(), "0.275000");
        assert_eq!(usual.cost(100_000), Decimal::new(275, 1));
    }
}
