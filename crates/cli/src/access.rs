//! Region, credentials and endpoint.

use spotmanager_aws::{Access, AccessError, SdkConfig, load_as};

use crate::arguments::Global;

/// AWS cannot be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unconfigured {
    /// Nothing says in which region.
    #[error("no region is set")]
    NoRegion,
    /// The profile is missing, or a configuration file is malformed.
    #[error(transparent)]
    Access(#[from] AccessError),
}

/// How AWS is asked, as the options and otherwise the environment and the configuration files say.
pub(crate) async fn config(global: &Global) -> Result<SdkConfig, Unconfigured> {
    config_in(global, None).await
}

/// The same in the region of what is asked about, if that has one.
pub(crate) async fn config_in(
    global: &Global,
    region: Option<&str>,
) -> Result<SdkConfig, Unconfigured> {
    let access = Access {
        profile: global.profile.clone(),
        region: region.map(str::to_owned).or_else(|| global.region.clone()),
        endpoint_url: global.endpoint_url.clone(),
    };
    let config = load_as("spotmanager-cli", access).await?;
    match config.region() {
        Some(region) if !region.as_ref().is_empty() => Ok(config),
        _ => Err(Unconfigured::NoRegion),
    }
}
