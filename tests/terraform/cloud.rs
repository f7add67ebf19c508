//! The local AWS of the tests, with the functions' packages, and whoever applies the module on it.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use aws_config::{Region, SdkConfig};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use serde_json::Value;
use spotmanager_artifacts::{Compression, packed};
use spotmanager_aws::objects;
use spotmanager_fake_aws::LocalAws;
use spotmanager_testbed::{
    BUCKET, Checkout, FUNCTIONS, create_bucket, local_aws_options, sdk_config, upload,
};

/// The region beside that of the local AWS's configuration, and its bucket.
pub(crate) const ELSEWHERE: &str = "us-west-2";
pub(crate) const BUCKET_ELSEWHERE: &str = "spotmanager-artifacts-elsewhere";
/// A second of AWS lasts a fiftieth of a second.
const TIME_SCALE: f64 = 0.02;
/// Its account, where the README has a placeholder.
const ACCOUNT: &str = "000000000000";

/// A local AWS.
pub(crate) struct Cloud {
    pub(crate) checkout: Checkout,
    pub(crate) local: LocalAws,
    /// How SDKs reach it.
    pub(crate) config: SdkConfig,
}

impl Cloud {
    /// Starts it with a bucket in each region.
    pub(crate) async fn start() -> Result<Self> {
        let checkout = Checkout::of_this_program()?;
        let options = local_aws_options(&checkout, "terraform", TIME_SCALE)?;
        let local = LocalAws::start(options).await?;
        // The provider asks by AWS's own SDK, and reads more than this project does.
        local.stop_recording_exchanges();
        let config = sdk_config(&local).await;
        let cloud = Self {
            checkout,
            local,
            config,
        };
        create_bucket(&cloud.config).await?;
        upload(&cloud.config, &cloud.checkout).await?;
        cloud.fill_bucket_elsewhere().await?;
        Ok(cloud)
    }

    /// How SDKs reach another region of it.
    pub(crate) fn config_in(&self, region: &'static str) -> SdkConfig {
        let builder = self.config.to_builder();
        builder.region(Region::from_static(region)).build()
    }

    /// With packages whose functions nobody invokes.
    async fn fill_bucket_elsewhere(&self) -> Result<()> {
        let client = objects::client(&self.config_in(ELSEWHERE));
        let there = CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::UsWest2)
            .build();
        client
            .create_bucket()
            .bucket(BUCKET_ELSEWHERE)
            .create_bucket_configuration(there)
            .send()
            .await?;
        let source = self.checkout.root().join("LICENSE");
        for function in FUNCTIONS {
            let package = packed([("bootstrap", source.clone())], Compression::Stored)?;
            let key = format!("{function}.zip");
            objects::put_object(&client, BUCKET_ELSEWHERE, &key, package).await?;
        }
        Ok(())
    }

    /// The environment of a new user who may do what the module's README says, and manage keys.
    pub(crate) fn applier(&self, name: &str) -> Result<Vec<(String, String)>> {
        let key = self.script("applier.py", &[name], &self.policy(name)?)?;
        let mut environment = self.local.environment();
        for (variable, value) in &mut environment {
            let field = match variable.as_str() {
                "AWS_ACCESS_KEY_ID" => "AccessKeyId",
                "AWS_SECRET_ACCESS_KEY" => "SecretAccessKey",
                _ => continue,
            };
            key[field].as_str().context("no key")?.clone_into(value);
        }
        Ok(environment)
    }

    /// The README's policy for a deployment of this name.
    fn policy(&self, name: &str) -> Result<String> {
        let readme = self.checkout.read("infra/terraform/README.md")?;
        let policy = readme.split("```json\n").nth(1);
        let policy = policy.and_then(|rest| rest.split("```").next());
        Ok(policy
            .context("the README has no policy")?
            .replace("spotmanager", name)
            .replace("farm-", &format!("{name}-farm-"))
            .replace("my-artifacts", &format!("{BUCKET}*"))
            .replace("ACCOUNT", ACCOUNT))
    }

    /// What of a deployment of this name there is, in both regions.
    pub(crate) fn remains(&self, name: &str) -> Result<Vec<String>> {
        let region = self.config.region().context("no region")?;
        let all = self.script("remains.py", &[region.as_ref(), ELSEWHERE], "")?;
        let all: Vec<String> = serde_json::from_value(all)?;
        Ok(all.into_iter().filter(|one| one.contains(name)).collect())
    }

    /// What a script of this folder prints, run by the account's root.
    fn script(&self, name: &str, arguments: &[&str], input: &str) -> Result<Value> {
        let script = self.checkout.root().join("tests/terraform").join(name);
        let mut child = Command::new(self.checkout.tool("python")?)
            .arg(script)
            .args(arguments)
            .envs(self.local.environment())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut stdin = child.stdin.take().context("no stdin")?;
        stdin.write_all(input.as_bytes())?;
        drop(stdin);
        let output = child.wait_with_output()?;
        ensure!(
            output.status.success(),
            "{name}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}
