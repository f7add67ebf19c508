//! Region, credentials and endpoint.

use spotmanager_aws::{Access, SdkConfig, load_as};

use crate::arguments::Global;

/// Nothing says in which region AWS is to be asked.
#[derive(Debug, thiserror::Error)]
#[error("no region is set")]
pub(crate) struct NoRegion;

/// How AWS is asked, as the options and else the environment and the configuration files say.
pub(crate) async fn config(global: &Global) -> Result<SdkConfig, NoRegion> {
    let access = Access {
        profile: global.profile.clone(),
        region: global.region.clone(),
        endpoint_url: global.endpoint_url.clone(),
    };
    let config = load_as("spotmanager-cli", access).await;
    match config.region() {
        Some(_) => Ok(config),
        None => Err(NoRegion),
    }
}
