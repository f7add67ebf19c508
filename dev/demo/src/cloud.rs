//! The local AWS that all scenes share.

use std::path::PathBuf;

use anyhow::Result;
use aws_config::SdkConfig;
use spotmanager_fake_aws::LocalAws;
use spotmanager_testbed::{Checkout, create_bucket, local_aws_options, sdk_config, upload};

use crate::progress::during;

/// A second of AWS lasts a fiftieth of a second here.
const TIME_SCALE: f64 = 0.02;

/// A local AWS with everything uploaded that the templates name.
#[derive(Debug)]
pub(crate) struct Cloud {
    pub(crate) config: SdkConfig,
    pub(crate) checkout: Checkout,
    pub(crate) local: LocalAws,
}

impl Cloud {
    pub(crate) async fn start() -> Result<Self> {
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
        Ok(Self {
            config,
            checkout,
            local,
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
