//! `scale-launches`: one smallest instance, launched by LaunchInstances under the role of *scale*.

use serde_json::Value;
use spotmanager_aws::{AwsError, execution_history::ExecutionHistory};

use super::{executions::summary, launches::empty, scale_executes_policy::scale_up};
use crate::{
    error::VerifyError,
    report::Finding,
    stage::Stage,
    throwaway::{Deployed, launch_by_instances},
};

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let Some(deployed) = stage.deployed.clone() else {
        return Ok(Finding::NotRun("nothing is deployed".to_owned()));
    };
    stage.say("updating SpotManager's stack to LaunchBy launch-instances");
    Box::pin(launch_by_instances(stage, &deployed)).await?;
    let scaled = Box::pin(scale(stage, &deployed)).await;
    empty(stage, &deployed.groups).await?;
    let history = scaled?;
    let output = history.output_of("ScaleUp").cloned().unwrap_or_default();
    let seen = format!("{}; launched {}", summary(&history), output["launched"]);
    Ok(if has_launched(&output) {
        Finding::Held(seen)
    } else {
        Finding::DidNotHold(seen)
    })
}

async fn scale(stage: &Stage, deployed: &Deployed) -> Result<ExecutionHistory, VerifyError> {
    for group in &deployed.groups {
        let suspend = stage.region.auto_scaling.suspend_processes();
        suspend
            .auto_scaling_group_name(group)
            .scaling_processes("AZRebalance")
            .send()
            .await
            .map_err(|error| AwsError::new("autoscaling:SuspendProcesses", error))?;
    }
    scale_up(stage, deployed).await
}

/// Whether an instance came by LaunchInstances, and not by DesiredCapacity.
fn has_launched(output: &Value) -> bool {
    let groups = output["launched"].as_array().into_iter().flatten();
    let mut instances =
        groups.flat_map(|group| group["instances"].as_array().into_iter().flatten());
    instances.any(|some| {
        some["instance_ids"]
            .as_array()
            .is_some_and(|ids| !ids.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_an_instance_s_id_shows_that_it_was_launched_at_once() {
        let output = |group: Value| json!({"outcome": "scaled", "launched": [group]});
        assert!(has_launched(&output(
            json!({"instances": [{"instance_ids": ["i-1"]}]})
        )));
        for other in [
            json!({"outcome": "scaled"}),
            output(json!({"asked": 1, "errors": [{"code": "AccessDenied", "message": "no"}]})),
            output(json!({"instances": []})),
        ] {
            assert!(!has_launched(&other), "{other}");
        }
    }
}
