//! `second-region`: what is global (roles, dashboards) does not clash.

use crate::{
    error::VerifyError,
    report::Finding,
    stage::Stage,
    throwaway::{create_bucket, create_spotmanager, upload},
};

pub(super) async fn check(stage: &mut Stage) -> Result<Finding, VerifyError> {
    let Some(region) = &stage.second_region else {
        return Ok(Finding::NotRun("needs --second-region".to_owned()));
    };
    create_bucket(region, &stage.names).await?;
    upload(region, &stage.names, &stage.package.files, &stage.waits).await?;
    Box::pin(create_spotmanager(stage, region)).await?;
    let name = stage.names.spotmanager();
    Ok(Finding::Held(format!(
        "{name} is there in {} and {}",
        stage.region.name, region.name
    )))
}
