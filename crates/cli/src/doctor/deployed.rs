//! SpotManager's own stack: the settings that it was deployed with, and the pairs that it serves.

use std::collections::BTreeMap;

use spotmanager_aws::{
    AwsError,
    stacks::{Client, DeployedStack, describe_stack},
};
use spotmanager_doctor::{Deployment, SpotManagerStack, is_in_use};
use spotmanager_domain::{SettingError, Settings, WorkerPair, WorkerPairs, settings::LaunchBy};

use super::{
    refusals::Refusals,
    unread::{is_refusal, not_read},
};
use crate::{deployed, template_defaults::TOPIC_SUFFIX};

/// The stack, with what it says of the workers.
#[derive(Debug)]
pub(super) struct Deployed {
    pub(super) stack: SpotManagerStack,
    /// Its name; empty if it was not asked for.
    pub(super) stack_name: String,
    /// The deployment's settings.
    pub(super) settings: Settings,
    pub(super) topic_suffix: String,
    /// The stack's parameters by their names.
    pub(super) parameters: BTreeMap<String, String>,
    /// The stack's outputs by their names.
    pub(super) outputs: BTreeMap<String, String>,
}

impl Deployed {
    fn unknown(stack_name: &str, stack: SpotManagerStack) -> Self {
        Self {
            stack,
            stack_name: stack_name.to_owned(),
            settings: Settings::default(),
            topic_suffix: TOPIC_SUFFIX.to_owned(),
            parameters: BTreeMap::new(),
            outputs: BTreeMap::new(),
        }
    }

    /// A parameter; empty if the stack has none of the name.
    pub(super) fn parameter(&self, name: &str) -> String {
        self.parameters.get(name).cloned().unwrap_or_default()
    }

    /// The stacks that its roles should reach: its own, and those of its pairs.
    pub(super) fn reached_stacks(&self) -> Vec<String> {
        let SpotManagerStack::Found(deployment) = &self.stack else {
            return Vec::new();
        };
        let own = deployment.workers_stack_name.clone();
        let of_pairs = self.pairs(None).into_iter().map(|pair| pair.stack_name);
        let reached = of_pairs.filter(|stack| deployment.reaches(stack));
        let mut stacks: Vec<_> = std::iter::once(own).chain(reached).collect();
        stacks.sort();
        stacks.dedup();
        stacks
    }

    /// The pairs that it serves: of one stack, or all that it names itself.
    pub(super) fn pairs(&self, stack_name: Option<&str>) -> Vec<WorkerPair> {
        let SpotManagerStack::Found(deployment) = &self.stack else {
            return stack_name.map(WorkerPair::of).into_iter().collect();
        };
        let mut pairs = deployment.pairs.all(&deployment.workers_stack_name);
        if let Some(stack_name) = stack_name {
            pairs.retain(|pair| pair.stack_name == stack_name);
            if pairs.is_empty() {
                pairs.push(deployment.pairs.of_stack(stack_name));
            }
        }
        pairs
    }
}

/// Reads SpotManager's stack if its name is given.
///
/// # Errors
/// [`AwsError`] when the call fails; [`SettingError`] if the stack is no SpotManager's.
pub(super) async fn read(
    client: &Client,
    name: Option<&str>,
    refusals: &mut Refusals,
) -> anyhow::Result<Deployed> {
    let Some(name) = name else {
        return Ok(Deployed::unknown("", SpotManagerStack::NotAsked));
    };
    let stack = match describe_stack(client, name).await {
        Err(error) if is_refusal(&error) => {
            return Ok(Deployed::unknown(name, refused(name, &error)));
        }
        stack => stack?,
    };
    Ok(match stack {
        None => Deployed::unknown(name, SpotManagerStack::Missing(name.to_owned())),
        Some(stack) if !is_in_use(&stack.status) => Deployed::unknown(
            name,
            SpotManagerStack::NotReady {
                stack_name: name.to_owned(),
                status: stack.status,
            },
        ),
        Some(stack) => {
            check_is_spotmanager(name, &stack)?;
            of(name, &stack, refusals)
        }
    })
}

fn refused(name: &str, error: &AwsError) -> SpotManagerStack {
    SpotManagerStack::NotRead {
        stack_name: name.to_owned(),
        why: not_read(error),
    }
}

/// A stack that has nothing of SpotManager would be read as one with the defaults.
fn check_is_spotmanager(name: &str, stack: &DeployedStack) -> Result<(), SettingError> {
    if stack.parameters.contains_key("WorkersStackName") {
        return Ok(());
    }
    deployed::check_is_spotmanager(name, stack)
}

fn of(name: &str, stack: &DeployedStack, refusals: &mut Refusals) -> Deployed {
    let parameter = |name: &str| stack.parameters.get(name).cloned().unwrap_or_default();
    let pairs = refusals.setting(deployed::worker_pairs(stack), WorkerPairs::default());
    let settings = deployed::settings_of(&stack.parameters);
    let settings = refusals.setting(settings, Settings::default());
    Deployed {
        settings,
        stack_name: name.to_owned(),
        topic_suffix: parameter("TopicSuffix"),
        parameters: stack.parameters.clone(),
        outputs: stack.outputs.clone(),
        stack: SpotManagerStack::Found(Deployment {
            stack_name: name.to_owned(),
            status: stack.status.clone(),
            workers_stack_name: parameter("WorkersStackName"),
            further_stacks: parameter("FurtherStacks"),
            reads_tags: parameter("StackNameFrom") == "alarm-tags",
            return_to_spot_rate: (parameter("ReturnToSpot") == "on")
                .then(|| parameter("ReturnToSpotRate")),
            launches_instances: parameter("LaunchBy") == LaunchBy::LaunchInstances.to_string(),
            launch_template_arns: arns(&parameter("LaunchTemplateArns")),
            instance_role_arns: arns(&parameter("InstanceRoleArns")),
            jobs_topic_arn: stack.outputs.get("JobsTopicArn").cloned(),
            pairs,
        }),
    }
}

/// The ARNs of a parameter that takes several.
pub(super) fn arns(parameter: &str) -> Vec<String> {
    let arns = parameter.split(',').filter(|arn| !arn.is_empty());
    arns.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    fn stack(parameters: &[(&str, &str)]) -> DeployedStack {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        DeployedStack {
            status: "CREATE_COMPLETE".into(),
            parameters: parameters.iter().map(owned).collect(),
            outputs: [("JobsTopicArn".to_owned(), "arn:topic".to_owned())].into(),
        }
    }

    #[test]
    fn parameters_are_the_settings_and_the_pairs_are_found() {
        let stack = stack(&[
            ("WorkersStackName", "farm"),
            ("TopicSuffix", "-jobs"),
            ("ReturnToSpot", "off"),
            ("SafetyMarginPercent", "20"),
            ("SpotGroupLogicalId", "stackGPU/asgSpot"),
            (
                "WorkerPairs",
                r#"[{"stack_name": "mill", "settings": {"safety_margin_percent": "5"}}]"#,
            ),
        ]);
        let mut refusals = Refusals::default();
        let deployed = of("sm", &stack, &mut refusals);
        assert_eq!(deployed.settings.safety_margin_percent, Decimal::from(20));
        assert_eq!(deployed.topic_suffix, "-jobs");
        let pairs = |stack| -> Vec<String> {
            let pairs = deployed.pairs(stack).into_iter();
            pairs.map(|pair| pair.stack_name).collect()
        };
        assert_eq!(pairs(None), ["mill", "farm"]);
        assert_eq!(pairs(Some("farm")), ["farm"]);
        assert_eq!(pairs(Some("shed")), ["shed"]);
        let [mill] = &deployed.pairs(Some("mill"))[..] else {
            panic!("not one pair");
        };
        let settings = deployed.settings.clone().overridden(mill.settings.clone());
        let margin = settings.unwrap().safety_margin_percent;
        assert_eq!(margin, Decimal::from(5));
        let SpotManagerStack::Found(deployment) = &deployed.stack else {
            panic!("it is there");
        };
        assert_eq!(deployment.return_to_spot_rate, None);
        assert_eq!(deployment.jobs_topic_arn.as_deref(), Some("arn:topic"));
        assert!(refusals.finish().0.is_empty());
    }

    #[test]
    fn what_cannot_be_used_is_refused_and_the_defaults_hold() {
        let stack = stack(&[("WorkerPairs", "{}"), ("PriceWindowSeconds", "an hour")]);
        let mut refusals = Refusals::default();
        let deployed = of("sm", &stack, &mut refusals);
        assert_eq!(deployed.settings, Settings::default());
        let (refused, _) = refusals.finish();
        assert_eq!(refused.len(), 2, "{refused:?}");
        assert!(refused[1].message.contains("PriceWindowSeconds"));
    }
}
