//! State transitions, counted from executions through the templates as they are deployed, and what
//! they cost.

use std::time::Duration;

use anyhow::{Result, ensure};
use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_fake_aws::{LocalAws, PriceChange, Purchase};
use spotmanager_testbed::{
    Checkout, ExecutionHistory, SpotManager, Workers, create_bucket, local_aws_options, sdk_config,
    upload,
};

use crate::farm::ZONES;

const TIME_SCALE: f64 = 0.02;
const PATIENCE: Duration = Duration::from_secs(120);
const WORKERS: &str = "bench-workers";
const INSTANCE_TYPE: &str = "g4dn.xlarge";
/// Alarms a month.
pub(crate) const ALARMS: [u32; 3] = [10, 1_000, 100_000];

/// USD for a transition of a Standard workflow in us-east-1.
/// See <https://aws.amazon.com/step-functions/pricing/>.
fn usd_per_transition() -> Decimal {
    Decimal::new(25, 6)
}

/// An execution's transitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Transitions {
    /// States entered, and retries, which count likewise.
    pub(crate) count: usize,
    /// How often it looked whether capacity came.
    pub(crate) looks: usize,
}

impl Transitions {
    fn of(history: &ExecutionHistory) -> Self {
        let states = history.states();
        let is_look = |state: &&&str| **state == "VerifyCapacity";
        Self {
            count: states.len()
                + history
                    .steps
                    .iter()
                    .map(|step| step.failures.len())
                    .sum::<usize>(),
            looks: states.iter().filter(is_look).count(),
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
    let checkout = Checkout::of_this_program()?;
    let options = local_aws_options(&checkout, "bench-transitions", TIME_SCALE)?;
    let local = LocalAws::start(options).await?;
    let config = sdk_config(&local).await;
    create_bucket(&config).await?;
    upload(&config, &checkout).await?;
    // The schedule would start executions beside those that are counted.
    let parameters = [("ReturnToSpot", "off")];
    let spot_manager =
        SpotManager::deploy(&config, &checkout, "bench", WORKERS, &parameters).await?;
    let topic = spot_manager.jobs_topic_arn()?;
    let parameters = [("InstanceType", INSTANCE_TYPE)];
    let workers = Workers::deploy(&config, &checkout, WORKERS, topic, &parameters).await?;
    let market = local.market();
    for zone in ZONES {
        let change = PriceChange {
            at: Timestamp::UNIX_EPOCH,
            usd: Decimal::new(20, 2),
        };
        market.set_price_history(INSTANCE_TYPE, zone, vec![change]);
    }

    let executions = &spot_manager.executions;
    let usual = executions.answer_to_job(&workers.queue, PATIENCE).await?;
    expect_last(&usual, "CapacityArrived")?;
    workers.finish(&config, PATIENCE).await?;
    for zone in ZONES {
        market.set_capacity(INSTANCE_TYPE, zone, Purchase::Spot, false);
    }
    let fallback = executions.answer_to_job(&workers.queue, PATIENCE).await?;
    expect_last(&fallback, "CapacityArrived")?;
    ensure!(
        fallback.states().contains(&"StandDownSpot"),
        "no fallback in {fallback:#?}"
    );
    Ok(Decisions {
        usual: Transitions::of(&usual),
        fallback: Transitions::of(&fallback),
    })
}

fn expect_last(history: &ExecutionHistory, state: &str) -> Result<()> {
    let last = history.states().last().copied();
    ensure!(last == Some(state), "{last:?} instead of {state}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_transitions_cost_what_the_readme_says() {
        let usual = Transitions {
            count: 15,
            looks: 2,
        };
        assert_eq!(usual.cost(1_000).to_string(), "0.375000");
        assert_eq!(usual.cost(100_000), Decimal::new(375, 1));
    }
}
