//! The stage of a scene: SpotManager and workers on the local AWS.

use anyhow::Result;
use spotmanager_testbed::{SpotManager, Workers};

use crate::{cloud::Cloud, needs::Needs, progress::during};

/// SpotManager and the workers whose alarm it answers.
#[derive(Debug)]
pub(crate) struct Stage<'a> {
    pub(crate) cloud: &'a Cloud,
    pub(crate) spot_manager: SpotManager,
    pub(crate) workers: Workers,
    /// What the workers launch.
    pub(crate) instance_type: &'static str,
}

impl<'a> Stage<'a> {
    /// Deploys the templates as they are.
    pub(crate) async fn set(cloud: &'a Cloud, needs: Needs) -> Result<Self> {
        let spot_manager = during(
            &format!(
                "deploy infra/spotmanager.yaml{}: topic, functions, roles, state machine",
                needs.told()
            ),
            SpotManager::deploy(
                &cloud.config,
                &cloud.checkout,
                &needs.spot_manager(),
                needs.workers,
                &needs.all_parameters(),
            ),
        )
        .await?;
        let workers = during(
            "deploy infra/workers-nested.yaml: VPC, queue, alarms, the two groups",
            Workers::deploy(
                &cloud.config,
                &cloud.checkout,
                needs.workers,
                spot_manager.jobs_topic_arn()?,
                &[
                    ("InstanceType", needs.instance_type),
                    ("MaxSize", needs.max_size),
                ],
            ),
        )
        .await?;
        Ok(Self {
            cloud,
            spot_manager,
            workers,
            instance_type: needs.instance_type,
        })
    }
}
