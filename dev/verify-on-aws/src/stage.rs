//! What the checks share.

use crate::{
    account::Account, arguments::InstanceType, checks::Launch, names::Names, package::Package,
    print, region::Region, throwaway::Deployed, waits::Waits,
};

/// The run, with what earlier checks left for later ones.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) account: Account,
    pub(crate) names: Names,
    pub(crate) package: Package,
    pub(crate) region: Region,
    pub(crate) second_region: Option<Region>,
    pub(crate) waits: Waits,
    pub(crate) instance_type: InstanceType,
    /// Those given; the default VPC's if there are none.
    pub(crate) subnets: Vec<String>,
    /// From the first check on.
    pub(crate) deployed: Option<Deployed>,
    /// Takes back the job that is held, by its receipt.
    pub(crate) held_job: Option<String>,
    /// What LaunchInstances launched, as long as it is there.
    pub(crate) launch: Option<Launch>,
    /// The newest execution that an alarm started.
    pub(crate) execution: Option<String>,
    /// The key, from the first check with one on.
    pub(crate) key_arn: Option<String>,
}

impl Stage {
    /// Shows what is being done, which takes minutes.
    pub(crate) fn say(&self, what: &str) {
        print::progress(format_args!("… {what}"));
    }
}
