//! The local AWS of a suite.

use std::time::Duration;

use crate::{
    BUCKET, Checkout, FunctionAnswer, SpotManager, Stack, create_bucket, create_stack,
    expect_output, local_aws_options, put_object, sdk_config, upload,
};
use anyhow::Result;
use aws_config::SdkConfig;
use jiff::Timestamp;
use serde_json::Value;
use spotmanager_artifacts::events::Events;
use spotmanager_fake_aws::{
    LocalAws, PriceChange, Purchase,
    runtime_api::{Invocation, invoke},
};
use tokio::sync::OnceCell;

/// A second of AWS lasts a fiftieth of a second.
pub(crate) const TIME_SCALE: f64 = 0.02;
/// What one invocation may take, with all retries of the SDK.
const INVOCATION: Duration = Duration::from_secs(60);

/// Where the stacks of tests have their subnets.
const ZONES: [&str; 3] = ["us-east-1a", "us-east-1b", "us-east-1c"];

/// A local AWS, with what is deployed once for all tests.
#[derive(Debug)]
pub struct Stage {
    /// How SDKs reach it.
    pub config: SdkConfig,
    /// The checkout.
    pub checkout: Checkout,
    /// The local AWS itself.
    pub local: LocalAws,
    uploaded: OnceCell<()>,
    shared: OnceCell<SpotManager>,
}

impl Stage {
    /// Starts the local AWS.
    pub(crate) async fn set(program: &str, time_scale: f64) -> Result<Self> {
        let checkout = Checkout::of_this_program()?;
        let local = LocalAws::start(local_aws_options(&checkout, program, time_scale)?).await?;
        let config = sdk_config(&local).await;
        create_bucket(&config).await?;
        Ok(Self {
            config,
            checkout,
            local,
            uploaded: OnceCell::new(),
            shared: OnceCell::new(),
        })
    }

    /// Uploads functions, state machine and nested template, once.
    ///
    /// # Errors
    /// When S3 refuses.
    pub async fn upload(&self) -> Result<()> {
        self.uploaded
            .get_or_try_init(|| upload(&self.config, &self.checkout))
            .await?;
        Ok(())
    }

    /// A SpotManager that tests share which start its machine themselves, each for its own stack.
    ///
    /// # Errors
    /// When it cannot be deployed.
    pub async fn spot_manager(&self) -> Result<&SpotManager> {
        self.shared
            .get_or_try_init(async || {
                let parameters = [("FurtherStacks", "*")];
                self.deploy("shared", "shared-workers", &parameters).await
            })
            .await
    }

    /// Deploys a SpotManager of the test's own, without its schedule and its rule for lost capacity
    /// unless `parameters` say so.
    ///
    /// # Errors
    /// When it cannot be deployed.
    pub async fn deploy(
        &self,
        name: &str,
        workers: &str,
        parameters: &[(&str, &str)],
    ) -> Result<SpotManager> {
        self.upload().await?;
        // A schedule would start executions that the test did not ask for, and every rule hears of
        // every group's failed launches.
        let mut all = vec![("ReturnToSpot", "off"), ("ReplaceLostCapacity", "false")];
        all.retain(|(name, _)| parameters.iter().all(|(given, _)| given != name));
        all.extend_from_slice(parameters);
        SpotManager::deploy(&self.config, &self.checkout, name, workers, &all).await
    }

    /// Creates a stack with two groups, `NAME-spot` and `NAME-on-demand`.
    ///
    /// # Errors
    /// When CloudFormation refuses.
    pub async fn groups(&self, name: &str, parameters: &[(&str, &str)]) -> Result<Stack> {
        let template = self.checkout.read("tests/stacks/groups.yaml")?;
        create_stack(&self.config, name, &template, parameters).await
    }

    /// Creates a stack in which the two groups lie two stacks deep, as `stackInner/stackInner`.
    ///
    /// # Errors
    /// When CloudFormation refuses.
    pub async fn nested_groups(&self, name: &str) -> Result<Stack> {
        for file in ["groups.yaml", "nest.yaml"] {
            let body = self.checkout.read(&format!("tests/stacks/{file}"))?;
            put_object(&self.config, file, body.into_bytes()).await?;
        }
        let url = |file| format!("https://s3.us-east-1.amazonaws.com/{BUCKET}/{file}");
        let template = self.checkout.read("tests/stacks/nest.yaml")?;
        create_stack(
            &self.config,
            name,
            &template,
            &[
                ("TemplateURL", &url("nest.yaml")),
                ("InnerTemplateURL", &url("groups.yaml")),
            ],
        )
        .await
    }

    /// Sets the price history of an instance type, from zone, time and USD per instance-hour.
    ///
    /// # Errors
    /// When a time or price cannot be read.
    pub fn prices(&self, instance_type: &str, changes: &[(&str, &str, &str)]) -> Result<()> {
        for zone in ZONES {
            let changes = changes
                .iter()
                .filter(|(of, ..)| *of == zone)
                .map(|(_, at, usd)| {
                    Ok(PriceChange {
                        at: at.parse()?,
                        usd: usd.parse()?,
                    })
                })
                .collect::<Result<Vec<_>>>()?;
            let market = self.local.market();
            market.set_price_history(instance_type, zone, changes);
        }
        Ok(())
    }

    /// Sets one price of an instance type in every zone, long in force.
    ///
    /// # Errors
    /// When the price cannot be read.
    pub fn price(&self, instance_type: &str, usd: &str) -> Result<()> {
        let at = Timestamp::UNIX_EPOCH.to_string();
        self.prices(instance_type, &ZONES.map(|zone| (zone, at.as_str(), usd)))
    }

    /// From now on no zone has capacity of this kind for the instance type.
    pub fn no_capacity(&self, instance_type: &str, purchase: Purchase) {
        for zone in ZONES {
            let market = self.local.market();
            market.set_capacity(instance_type, zone, purchase, false);
        }
    }

    /// From now on the zones together have so many more instances of this kind, spread over them as
    /// evenly as can be.
    pub fn instances_left(&self, instance_type: &str, purchase: Purchase, left: usize) {
        for (place, zone) in ZONES.into_iter().enumerate() {
            let here = left / ZONES.len() + usize::from(place < left % ZONES.len());
            let market = self.local.market();
            market.set_instances_left(instance_type, zone, purchase, Some(here));
        }
    }

    /// From now on every zone has capacity of this kind for the instance type again.
    pub fn capacity_again(&self, instance_type: &str, purchase: Purchase) {
        for zone in ZONES {
            let market = self.local.market();
            market.set_capacity(instance_type, zone, purchase, true);
        }
    }

    /// Runs a function's binary on a test event, a case of `tests/events/FUNCTION/cases.json`.
    ///
    /// # Errors
    /// When the binary cannot be run or does not answer.
    pub async fn answer(&self, function: &str, event: &str) -> Result<FunctionAnswer> {
        Ok(self.invoke(function, event, &[]).await?.outcome)
    }

    /// The same, for an event that must be answered without an error.
    ///
    /// # Errors
    /// When the function refuses it.
    pub async fn output(&self, function: &str, event: &str) -> Result<Value> {
        expect_output(self.answer(function, event).await?)
    }

    /// Runs a function's binary with variables of its own environment.
    ///
    /// # Errors
    /// When the binary cannot be run or does not answer.
    pub async fn invoke(
        &self,
        function: &str,
        event: &str,
        variables: &[(&str, &str)],
    ) -> Result<Invocation> {
        let event = Events::of(function)?.event(event)?.into_value().to_string();
        let mut environment = self.local.environment();
        let variables = variables.iter().copied();
        environment.extend(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let binary = self.checkout.function(function);
        Ok(invoke(&binary, &environment, &event, INVOCATION).await?)
    }
}
