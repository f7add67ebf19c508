//! SpotManager's own stack: the settings that it was deployed with, and what it serves.

use std::collections::BTreeMap;

use spotmanager_aws::{
    AwsError,
    stacks::{Client, DeployedStack, describe_stack},
};
use spotmanager_contract::{Settings, WorkerPairs};
use spotmanager_doctor::{Deployment, SpotManagerStack};

use super::refusals::Refusals;
use crate::{deployed, template_defaults::TOPIC_SUFFIX};

/// The stack, with what it says of the workers' stack.
#[derive(Debug)]
pub(super) struct Deployed {
    pub(super) stack: SpotManagerStack,
    /// Those of the workers' stack: the deployment's, with the pair's own over them.
    pub(super) settings: Settings,
    pub(super) topic_suffix: String,
    /// The stack's outputs by their names.
    pub(super) outputs: BTreeMap<String, String>,
}

impl Deployed {
    fn unknown(stack: SpotManagerStack) -> Self {
        Self {
            stack,
            settings: Settings::default(),
            topic_suffix: TOPIC_SUFFIX.to_owned(),
            outputs: BTreeMap::new(),
        }
    }
}

/// Reads SpotManager's stack, where its name is given, for a stack of workers.
///
/// # Errors
/// [`AwsError`] when the call fails.
pub(super) async fn read(
    client: &Client,
    name: Option<&str>,
    workers: &str,
    refusals: &mut Refusals,
) -> Result<Deployed, AwsError> {
    let Some(name) = name else {
        return Ok(Deployed::unknown(SpotManagerStack::NotAsked));
    };
    Ok(match describe_stack(client, name).await? {
        None => Deployed::unknown(SpotManagerStack::Missing(name.to_owned())),
        Some(stack) => of(name, &stack, workers, refusals),
    })
}

fn of(name: &str, stack: &DeployedStack, workers: &str, refusals: &mut Refusals) -> Deployed {
    let parameter = |name: &str| stack.parameters.get(name).cloned().unwrap_or_default();
    let pairs = refusals.setting(deployed::worker_pairs(stack), WorkerPairs::default());
    let settings = Settings::from_environment(|variable| deployed::variable(stack, variable))
        .and_then(|settings| settings.overridden(pairs.of_stack(workers).settings));
    let settings = refusals.setting(settings, Settings::default());
    Deployed {
        settings,
        topic_suffix: parameter("TopicSuffix"),
        outputs: stack.outputs.clone(),
        stack: SpotManagerStack::Found(Deployment {
            stack_name: name.to_owned(),
            status: stack.status.clone(),
            workers_stack_name: parameter("WorkersStackName"),
            further_stacks: parameter("FurtherStacks"),
            reads_tags: parameter("StackNameFrom") == "alarm-tags",
            returns_to_spot: parameter("ReturnToSpot") != "off",
            return_to_spot_rate: (parameter("ReturnToSpot") == "on")
                .then(|| parameter("ReturnToSpotRate")),
            jobs_topic_arn: stack.outputs.get("JobsTopicArn").cloned(),
            pairs,
        }),
    }
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
    fn parameters_are_the_settings_and_the_pair_s_come_over_them() {
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
        let farm = of("sm", &stack, "farm", &mut refusals);
        assert_eq!(farm.settings.safety_margin_percent, Decimal::from(20));
        assert_eq!(farm.settings.spot_group_logical_id, "stackGPU/asgSpot");
        assert_eq!(farm.topic_suffix, "-jobs");
        let SpotManagerStack::Found(deployment) = farm.stack else {
            panic!("it is there");
        };
        assert!(!deployment.returns_to_spot);
        assert_eq!(deployment.return_to_spot_rate, None);
        assert_eq!(deployment.jobs_topic_arn.as_deref(), Some("arn:topic"));
        let mill = of("sm", &stack, "mill", &mut refusals);
        assert_eq!(mill.settings.safety_margin_percent, Decimal::from(5));
        assert!(refusals.finish().is_empty());
    }

    #[test]
    fn what_cannot_be_used_is_refused_and_the_defaults_hold() {
        let stack = stack(&[("WorkerPairs", "{}"), ("PriceWindowSeconds", "an hour")]);
        let mut refusals = Refusals::default();
        let deployed = of("sm", &stack, "farm", &mut refusals);
        assert_eq!(deployed.settings, Settings::default());
        let refused = refusals.finish();
        assert_eq!(refused.len(), 2, "{refused:?}");
        assert!(refused[1].message.contains("PRICE_WINDOW_SECONDS"));
    }
}
