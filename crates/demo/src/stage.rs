//! The stage: a local AWS with SpotManager and the workers deployed on it.

use std::path::PathBuf;

use anyhow::Result;
use aws_config::SdkConfig;
use spotmanager_deployment::{
    Checkout, SpotManager, Workers, create_bucket, local_aws_options, sdk_config, upload,
};
use spotmanager_local::LocalAws;

use crate::progress::during;

/// A second of AWS lasts a fiftieth of a second here.
const TIME_SCALE: f64 = 0.02;

/// A local AWS with everything deployed.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) config: SdkConfig,
    pub(crate) spot_manager: SpotManager,
    pub(crate) workers: Workers,
    pub(crate) local: LocalAws,
    checkout: Checkout,
}

impl Stage {
    /// Starts the local AWS and deploys the templates as they are.
    pub(crate) async fn set() -> Result<Self> {
        let checkout = Checkout::of_this_program()?;
        let options = local_aws_options(&checkout, "demo", TIME_SCALE)?;
        let local = during("start the local AWS", async {
            Ok(LocalAws::start(options).await?)
        })
        .await?;
        let config = sdk_config(&local).await;
        during(
            "upload functions, state machine and nested template",
            async {
                create_bucket(&config).await?;
                upload(&config, &checkout).await
            },
        )
        .await?;
        let spot_manager = during(
            "deploy infra/spotmanager.yaml: topic, functions, roles, state machine",
            SpotManager::deploy(
                &config,
                &checkout,
                "spotmanager",
                "render-farm",
                // A quarter of an hour, as long as it lasts here.
                &[("LaunchFailureWindowSeconds", "18")],
            ),
        )
        .await?;
        let workers = during(
            "deploy infra/workers-nested.yaml: VPC, queue, alarms, the two groups",
            Workers::deploy(
                &config,
                &checkout,
                "render-farm",
                spot_manager.jobs_topic_arn()?,
                &[],
            ),
        )
        .await?;
        Ok(Self {
            config,
            spot_manager,
            workers,
            local,
            checkout,
        })
    }

    /// The environment in which the AWS CLI finds the local AWS.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        self.local.environment()
    }

    /// The `spotmanager` command.
    pub(crate) fn command(&self) -> PathBuf {
        self.checkout.command()
    }
}
