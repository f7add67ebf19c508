//! SpotManager and workers of a test's own.

use std::time::Duration;

use anyhow::{Result, ensure};
use spotmanager_aws::execution_history::ExecutionHistory;
use spotmanager_fake_aws::Purchase;
use spotmanager_testbed::{GroupSize, SpotManager, Stage, Workers, group_size};

/// What anything may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(360);

/// The parameter with which a SpotManager of a test's own hears of lost capacity.
pub(crate) const REPLACES: (&str, &str) = ("ReplaceLostCapacity", "true");

/// A stack of workers with an instance type of its own, and the SpotManager that answers its
/// alarm.
pub(crate) struct Farm<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) spot_manager: SpotManager,
    pub(crate) workers: Workers,
    instance_type: String,
}

impl<'a> Farm<'a> {
    /// Deploys both, under names that begin with `name`.
    pub(crate) async fn deploy(stage: &'a Stage, name: &str) -> Result<Self> {
        Self::deploy_with(stage, name, "1", &[]).await
    }

    /// The same with groups of this MaxSize, and with parameters for SpotManager.
    pub(crate) async fn deploy_with(
        stage: &'a Stage,
        name: &str,
        max_size: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Self> {
        let workers = format!("{name}-workers");
        let spot_manager = stage
            .deploy(&format!("{name}-sm"), &workers, parameters)
            .await?;
        let instance_type = format!("t.{name}");
        let workers = Workers::deploy(
            &stage.config,
            &stage.checkout,
            &workers,
            spot_manager.jobs_topic_arn()?,
            &[("InstanceType", &instance_type), ("MaxSize", max_size)],
        )
        .await?;
        Ok(Self {
            stage,
            spot_manager,
            workers,
            instance_type,
        })
    }

    /// Sets the spot price in every zone; the example's limit is 0.2975.
    pub(crate) fn price(&self, usd: &str) -> Result<()> {
        self.stage.price(&self.instance_type, usd)
    }

    /// From now on no zone has capacity of this kind.
    pub(crate) fn no_capacity(&self, purchase: Purchase) {
        self.stage.no_capacity(&self.instance_type, purchase);
    }

    /// From now on every zone has capacity of this kind again.
    pub(crate) fn capacity_again(&self, purchase: Purchase) {
        self.stage.capacity_again(&self.instance_type, purchase);
    }

    /// Waits until the first execution has ended that was started with something at this JSON
    /// pointer, such as `/loss`, and is not among `known`.
    pub(crate) async fn answer_to(
        &self,
        pointer: &str,
        known: &[String],
    ) -> Result<ExecutionHistory> {
        let executions = &self.spot_manager.executions;
        executions.answer_to_event(pointer, known, PATIENCE).await
    }

    /// Sends a job, and waits until the execution has ended that answers the alarm.
    pub(crate) async fn job(&self) -> Result<ExecutionHistory> {
        let executions = &self.spot_manager.executions;
        executions
            .answer_to_job(&self.workers.queue, PATIENCE)
            .await
    }

    /// Checks how many instances each group asks for and has in service.
    pub(crate) async fn expect_sizes(&self, spot: usize, on_demand: usize) -> Result<()> {
        for (group, expected) in [
            (&self.workers.spot_group, spot),
            (&self.workers.on_demand_group, on_demand),
        ] {
            let size = group_size(&self.stage.config, group).await?;
            let wanted = GroupSize::settled(expected);
            ensure!(size == wanted, "{group} is {size:?} instead of {wanted:?}");
        }
        Ok(())
    }

    /// Does the last job, and waits until both groups are empty.
    pub(crate) async fn no_more_jobs(&self) -> Result<()> {
        self.workers.finish(&self.stage.config, PATIENCE).await
    }
}

/// Why an execution chose what it chose, round by round.
pub(crate) fn reasons(history: &ExecutionHistory) -> Vec<&str> {
    let outputs = history.steps.iter().filter(|step| step.state == "Evaluate");
    outputs
        .filter_map(|step| step.output.pointer("/verdict/reason")?.as_str())
        .collect()
}

/// Checks the state in which an execution ended.
pub(crate) fn expect_last(history: &ExecutionHistory, state: &str) -> Result<()> {
    let last = history.states().last().copied();
    ensure!(
        last == Some(state),
        "{last:?} instead of {state}: {history:#?}"
    );
    Ok(())
}

/// Checks how an execution ended, and why it chose what it chose.
pub(crate) fn expect_decision(history: &ExecutionHistory, reason: &str) -> Result<()> {
    ensure!(
        history.status == "SUCCEEDED",
        "the execution {}: {history:#?}",
        history.status
    );
    let found = history
        .output_of("Evaluate")
        .and_then(|output| output.pointer("/verdict/reason")?.as_str());
    ensure!(found == Some(reason), "{found:?} instead of {reason}");
    Ok(())
}
