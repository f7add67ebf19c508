//! SpotManager and its workers through the templates as they are deployed, on a local AWS of their
//! own.

use anyhow::Result;
use aws_config::SdkConfig;
use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_fake_aws::{LocalAws, PriceChange, Purchase};
use spotmanager_testbed::{
    Checkout, SpotManager, Workers, create_bucket, local_aws_options, sdk_config, upload,
};

use crate::farm::ZONES;

/// The workers' stack.
pub(crate) const WORKERS: &str = "bench-workers";
pub(crate) const INSTANCE_TYPE: &str = "g4dn.xlarge";

/// Both stacks, in three zones with a spot price far below the limit.
#[derive(Debug)]
pub(crate) struct Deployed {
    pub(crate) local: LocalAws,
    pub(crate) config: SdkConfig,
    pub(crate) spot_manager: SpotManager,
    pub(crate) workers: Workers,
}

impl Deployed {
    /// Deploys both on a local AWS whose seconds last `time_scale` seconds, with parameters of each.
    /// The queue's alarm tells the topic that this output of SpotManager's stack names.
    pub(crate) async fn deploy(
        time_scale: f64,
        parameters: &[(&str, &str)],
        topic: &str,
        of_workers: &[(&str, &str)],
    ) -> Result<Self> {
        let checkout = Checkout::of_this_program()?;
        let options = local_aws_options(&checkout, "bench-deployed", time_scale)?;
        let local = LocalAws::start(options).await?;
        let config = sdk_config(&local).await;
        create_bucket(&config).await?;
        upload(&config, &checkout).await?;
        // They would start executions in addition to those that are counted.
        let mut all = vec![("ReturnToSpot", "off"), ("ReplaceLostCapacity", "false")];
        all.extend_from_slice(parameters);
        let spot_manager = SpotManager::deploy(&config, &checkout, "bench", WORKERS, &all).await?;
        let topic_arn = spot_manager.stack.output(topic)?;
        let mut all = vec![("InstanceType", INSTANCE_TYPE)];
        all.extend_from_slice(of_workers);
        let workers = Workers::deploy(&config, &checkout, WORKERS, topic_arn, &all).await?;
        let market = local.market();
        for zone in ZONES {
            let change = PriceChange {
                at: Timestamp::UNIX_EPOCH,
                usd: Decimal::new(20, 2),
            };
            market.set_price_history(INSTANCE_TYPE, zone, vec![change]);
        }
        Ok(Self {
            local,
            config,
            spot_manager,
            workers,
        })
    }

    /// From now on no zone has spot capacity.
    pub(crate) fn no_spot(&self) {
        let market = self.local.market();
        for zone in ZONES {
            market.set_capacity(INSTANCE_TYPE, zone, Purchase::Spot, false);
        }
    }
}
