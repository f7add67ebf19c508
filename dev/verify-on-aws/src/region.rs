//! A region that is deployed to, with its clients.

use aws_config::SdkConfig;
use spotmanager_aws::{Access, auto_scaling, executions, load_as, objects, queues};
use spotmanager_domain::SettingError;

use crate::{arguments::Arguments, error::VerifyError};

/// The clients of a region.
#[derive(Clone, Debug)]
pub(crate) struct Region {
    /// Such as `eu-west-1`.
    pub(crate) name: String,
    pub(crate) config: SdkConfig,
    pub(crate) auto_scaling: auto_scaling::Client,
    pub(crate) cloud_formation: aws_sdk_cloudformation::Client,
    pub(crate) cloud_watch: aws_sdk_cloudwatch::Client,
    pub(crate) s3: objects::Client,
    pub(crate) sqs: queues::Client,
    pub(crate) step_functions: executions::Client,
}

impl Region {
    /// The first region: as the options say, otherwise the environment and the configuration files.
    ///
    /// # Errors
    /// [`VerifyError::Setting`] if no region is set.
    pub(crate) async fn first(arguments: &Arguments) -> Result<Self, VerifyError> {
        Self::load(arguments, arguments.region.clone()).await
    }

    /// The second region; absent if none is given.
    ///
    /// # Errors
    /// [`VerifyError::Setting`] if it is the first one.
    pub(crate) async fn second(
        arguments: &Arguments,
        first: &Self,
    ) -> Result<Option<Self>, VerifyError> {
        let Some(name) = &arguments.second_region else {
            return Ok(None);
        };
        if *name == first.name {
            let expected = "another region than the first";
            return Err(SettingError::new("--second-region", name, expected).into());
        }
        Ok(Some(Self::load(arguments, Some(name.clone())).await?))
    }

    async fn load(arguments: &Arguments, region: Option<String>) -> Result<Self, VerifyError> {
        let access = Access {
            profile: arguments.profile.clone(),
            region,
            endpoint_url: arguments.endpoint_url.clone(),
        };
        let config = load_as("spotmanager-verify-on-aws", access).await?;
        let name = config.region().map(ToString::to_string).ok_or_else(|| {
            SettingError::new("--region", "missing", "a region, such as eu-west-1")
        })?;
        Ok(Self {
            name,
            auto_scaling: auto_scaling::Client::new(&config),
            cloud_formation: aws_sdk_cloudformation::Client::new(&config),
            cloud_watch: aws_sdk_cloudwatch::Client::new(&config),
            s3: objects::client(&config),
            sqs: queues::Client::new(&config),
            step_functions: executions::Client::new(&config),
            config,
        })
    }
}
