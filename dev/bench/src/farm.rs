//! The stack that both decide for, on a local AWS of its own.

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_autoscaling::{Client, types::Tag};
use jiff::{SignedDuration, Timestamp};
use spotmanager_fake_aws::{LocalAws, PriceChange};
use spotmanager_testbed::{
    Checkout, Workers, create_bucket, create_stack, local_aws_options, put_object, sdk_config,
};

/// A second of AWS lasts a fiftieth of a second.
const TIME_SCALE: f64 = 0.02;
pub(crate) const STACK: &str = "bench";
const INSTANCE_TYPE: &str = "g4dn.xlarge";
pub(crate) const ZONES: [&str; 3] = ["us-east-1a", "us-east-1b", "us-east-1c"];
/// Nobody listens: the bench itself gives the events.
const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:bench";

/// A local AWS with the stack, three zones, and a spot price far below the limit.
#[derive(Debug)]
pub(crate) struct Farm {
    pub(crate) local: LocalAws,
    pub(crate) vpc_id: String,
    /// A state machine that does nothing, for *start* to start.
    pub(crate) state_machine_arn: String,
    config: SdkConfig,
    spot_group: String,
}

impl Farm {
    pub(crate) async fn deploy() -> Result<Self> {
        let checkout = Checkout::of_this_program()?;
        let local = LocalAws::start(local_aws_options(&checkout, "bench", TIME_SCALE)?).await?;
        let config = sdk_config(&local).await;
        create_bucket(&config).await?;
        let nested = checkout.read("infra/workers.yaml")?;
        put_object(&config, "workers.yaml", nested.into_bytes()).await?;
        let parameters = [("InstanceType", INSTANCE_TYPE)];
        let workers = Workers::deploy(&config, &checkout, STACK, TOPIC, &parameters).await?;
        let farm = Self {
            vpc_id: vpc_id(&config).await?,
            state_machine_arn: state_machine(&config, &checkout).await?,
            spot_group: workers.spot_group,
            local,
            config,
        };
        farm.tag().await?;
        farm.rest_no_more().await?;
        farm.price()?;
        Ok(farm)
    }

    /// The tags by which the original knows price and instance type.
    async fn tag(&self) -> Result<()> {
        let tag = |key: &str, value: &str| {
            Tag::builder()
                .resource_id(&self.spot_group)
                .resource_type("auto-scaling-group")
                .key(key)
                .value(value)
                .propagate_at_launch(false)
                .build()
        };
        Client::new(&self.config)
            .create_or_update_tags()
            .tags(tag("SpotPrice", "0.35"))
            .tags(tag("SpotType", INSTANCE_TYPE))
            .send()
            .await?;
        Ok(())
    }

    /// Lets one decision follow the other without a cooldown.
    async fn rest_no_more(&self) -> Result<()> {
        let client = Client::new(&self.config);
        let described = client
            .describe_policies()
            .auto_scaling_group_name(&self.spot_group)
            .send()
            .await?;
        for policy in described.scaling_policies() {
            client
                .put_scaling_policy()
                .auto_scaling_group_name(&self.spot_group)
                .set_policy_name(policy.policy_name().map(str::to_owned))
                .policy_type("SimpleScaling")
                .adjustment_type("ChangeInCapacity")
                .set_scaling_adjustment(policy.scaling_adjustment())
                .cooldown(0)
                .send()
                .await?;
        }
        Ok(())
    }

    fn price(&self) -> Result<()> {
        let market = self.local.market();
        for zone in ZONES {
            let change = PriceChange {
                at: Timestamp::now() - SignedDuration::from_hours(24),
                usd: "0.20".parse()?,
            };
            market.set_price_history(INSTANCE_TYPE, zone, vec![change]);
        }
        market.set_on_demand_price(INSTANCE_TYPE, "0.526".parse()?);
        Ok(())
    }

    /// Takes every instance away again, at once.
    pub(crate) async fn empty(&self) -> Result<()> {
        Client::new(&self.config)
            .set_desired_capacity()
            .auto_scaling_group_name(&self.spot_group)
            .desired_capacity(0)
            .send()
            .await?;
        Ok(())
    }
}

async fn vpc_id(config: &SdkConfig) -> Result<String> {
    let described = aws_sdk_cloudformation::Client::new(config)
        .describe_stack_resource()
        .stack_name(STACK)
        .logical_resource_id("vpc")
        .send()
        .await?;
    let vpc = described.stack_resource_detail();
    let id = vpc.and_then(|vpc| vpc.physical_resource_id());
    Ok(id.context("the stack has no vpc")?.to_owned())
}

async fn state_machine(config: &SdkConfig, checkout: &Checkout) -> Result<String> {
    let template = checkout.read("bench/machine.yaml")?;
    let stack = create_stack(config, "bench-machine", &template, &[]).await?;
    Ok(stack.output("StateMachineArn")?.to_owned())
}
