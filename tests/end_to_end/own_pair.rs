//! A stack with two groups of names of a test's own, as `tests/stacks/groups.yaml` has them
//! otherwise.

use anyhow::{Result, ensure};
use spotmanager_testbed::{Stack, Stage, create_stack};

/// The policies by which the groups give an instance back.
const SCALE_DOWN: &str = r#"  onDemandScaleDown:
    Type: AWS::AutoScaling::ScalingPolicy
    Properties:
      AutoScalingGroupName: !Ref asgGPU
      AdjustmentType: ChangeInCapacity
      ScalingAdjustment: -1

  spotScaleDown:
    Type: AWS::AutoScaling::ScalingPolicy
    Properties:
      AutoScalingGroupName: !Ref asgGPUSpot
      AdjustmentType: ChangeInCapacity
      ScalingAdjustment: -1

"#;
const BEFORE: &str = "  onDemandScaleUp:\n";

/// Creates the stack, whose template has each of these texts in place of another. The names of
/// policies begin with their logical ids.
pub(crate) async fn own_pair(
    stage: &Stage,
    name: &str,
    replaced: &[(&str, &str)],
) -> Result<Stack> {
    let template = template(stage, replaced)?;
    let instance_type = format!("t.{name}");
    stage.price(&instance_type, "0.20")?;
    let parameters = [("InstanceType", instance_type.as_str())];
    create_stack(&stage.config, name, &template, &parameters).await
}

fn template(stage: &Stage, replaced: &[(&str, &str)]) -> Result<String> {
    let template = stage.checkout.read("tests/stacks/groups.yaml")?;
    ensure!(template.contains(BEFORE), "no {BEFORE:?}");
    let mut template = template.replacen(BEFORE, &format!("{SCALE_DOWN}{BEFORE}"), 1);
    for (from, to) in replaced {
        ensure!(template.contains(from), "no {from:?}");
        template = template.replace(from, to);
    }
    Ok(template)
}
