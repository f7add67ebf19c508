//! Everything that the checks need.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::Filter;
use spotmanager_aws::AwsError;
use spotmanager_domain::SettingError;

use super::{
    bucket,
    deployed::Deployed,
    stacks::{self, Wanted},
};
use crate::{error::VerifyError, region::Region, stage::Stage};

const WORKERS: &str = include_str!("../../templates/workers.yaml");
const GROUPS: &str = include_str!("../../templates/groups.yaml");
const INBOX: &str = include_str!("../../templates/inbox.yaml");

/// Creates bucket, workers, SpotManager and inbox.
///
/// # Errors
/// [`VerifyError`] as soon as one of them cannot be created.
pub(crate) async fn create(stage: &Stage) -> Result<Deployed, VerifyError> {
    let (region, names, waits) = (&stage.region, &stage.names, &stage.waits);
    let subnets = subnets(stage).await?;
    stage.say("creating the bucket, and uploading the packages");
    bucket::create(region, names).await?;
    bucket::upload(region, names, &stage.package.files, waits).await?;
    let groups = [("groups.yaml".to_owned(), GROUPS.as_bytes().to_vec())];
    bucket::upload(region, names, &groups, waits).await?;

    stage.say("creating the workers' stack");
    // The topic comes later, under a name that is known.
    let topic = stage.account.arn("sns", &region.name, &names.jobs_topic());
    let (name, artifacts) = (names.workers(), names.bucket(&region.name));
    let wanted = Wanted {
        name: &name,
        template: WORKERS,
        parameters: &[
            ("JobsTopicArn", &topic),
            ("ArtifactBucket", &artifacts),
            ("Subnets", &subnets),
            ("InstanceType", stage.instance_type.name()),
            ("ImageParameter", stage.instance_type.image_parameter()),
        ],
    };
    let workers = stacks::create(region, names, waits, &wanted).await?;

    stage.say("creating SpotManager's stack");
    let spotmanager = create_spotmanager(stage, region).await?;
    let name = names.inbox();
    let topic = output(&spotmanager, "NotificationsTopicArn")?;
    let wanted = Wanted {
        name: &name,
        template: INBOX,
        parameters: &[("NotificationsTopicArn", &topic)],
    };
    let inbox = stacks::create(region, names, waits, &wanted).await?;
    Ok(Deployed {
        state_machine_arn: output(&spotmanager, "StateMachineArn")?,
        dead_letter_queue_url: output(&spotmanager, "DeadLetterQueueUrl")?,
        inbox_url: output(&inbox, "QueueUrl")?,
        jobs_queue_url: output(&workers, "QueueUrl")?,
        jobs_alarm: output(&workers, "JobsAlarmName")?,
        no_jobs_alarm: output(&workers, "NoJobsAlarmName")?,
        groups: [
            output(&workers, "SpotGroupName")?,
            output(&workers, "OnDemandGroupName")?,
        ],
        low_price_group: output(&workers, "LowPriceGroupName")?,
        launch_template_arns: output(&workers, "LaunchTemplateArns")?,
        instance_role_arn: output(&workers, "InstanceRoleArn")?,
    })
}

/// Creates SpotManager's stack in a region whose bucket has the packages.
///
/// # Errors
/// [`VerifyError`] if CloudFormation gives up.
pub(crate) async fn create_spotmanager(
    stage: &Stage,
    region: &Region,
) -> Result<BTreeMap<String, String>, VerifyError> {
    let (name, bucket, workers) = names(stage, region);
    let wanted = Wanted {
        name: &name,
        template: &stage.package.template,
        parameters: &parameters(stage, &bucket, &workers, ""),
    };
    stacks::create(region, &stage.names, &stage.waits, &wanted).await
}

/// Updates SpotManager's stack to a template, and to a key or none.
///
/// # Errors
/// [`VerifyError`] if CloudFormation gives up.
pub(crate) async fn update_spotmanager(
    stage: &Stage,
    template: &str,
    key_arn: &str,
) -> Result<(), VerifyError> {
    let (name, bucket, workers) = names(stage, &stage.region);
    let wanted = Wanted {
        name: &name,
        template,
        parameters: &parameters(stage, &bucket, &workers, key_arn),
    };
    stacks::update(&stage.region, &stage.names, &stage.waits, &wanted).await?;
    Ok(())
}

/// Updates SpotManager's stack to launch by LaunchInstances.
///
/// # Errors
/// [`VerifyError`] if CloudFormation gives up.
pub(crate) async fn launch_by_instances(
    stage: &Stage,
    deployed: &Deployed,
) -> Result<(), VerifyError> {
    let (name, bucket, workers) = names(stage, &stage.region);
    let mut parameters = parameters(stage, &bucket, &workers, "").to_vec();
    parameters.extend([
        ("LaunchBy", "launch-instances"),
        ("LaunchTemplateArns", &deployed.launch_template_arns),
        ("InstanceRoleArns", &deployed.instance_role_arn),
    ]);
    let wanted = Wanted {
        name: &name,
        template: &stage.package.template,
        parameters: &parameters,
    };
    stacks::update(&stage.region, &stage.names, &stage.waits, &wanted).await?;
    Ok(())
}

fn names(stage: &Stage, region: &Region) -> (String, String, String) {
    let names = &stage.names;
    (
        names.spotmanager(),
        names.bucket(&region.name),
        names.workers(),
    )
}

/// A dry run, but for what a check asks for by itself.
fn parameters<'a>(
    stage: &Stage,
    bucket: &'a str,
    workers: &'a str,
    key_arn: &'a str,
) -> [(&'a str, &'a str); 13] {
    [
        ("WorkersStackName", workers),
        ("SpotGroupLogicalId", "stackWorkers/groupSpot"),
        ("OnDemandGroupLogicalId", "stackWorkers/groupOnDemand"),
        ("QueueLogicalId", "stackWorkers/queueJobs"),
        ("ReturnToSpot", "on"),
        ("ReturnToSpotRate", "rate(1 minute)"),
        ("DryRun", "true"),
        ("SpotCapacityTimeoutSeconds", "180"),
        ("OnDemandCapacityTimeoutSeconds", "300"),
        ("ArtifactBucket", bucket),
        ("Architecture", stage.package.architecture),
        ("LogRetentionDays", "1"),
        ("KmsKeyArn", key_arn),
    ]
}

/// The subnets of the workers: those given, otherwise the default VPC's.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html>.
async fn subnets(stage: &Stage) -> Result<String, VerifyError> {
    if !stage.subnets.is_empty() {
        return Ok(stage.subnets.join(","));
    }
    let filter = Filter::builder()
        .name("default-for-az")
        .values("true")
        .build();
    let client = aws_sdk_ec2::Client::new(&stage.region.config);
    let reply = client.describe_subnets().filters(filter).send().await;
    let reply = reply.map_err(|error| AwsError::new("ec2:DescribeSubnets", error))?;
    let ids: Vec<_> = reply
        .subnets()
        .iter()
        .filter_map(|subnet| subnet.subnet_id())
        .collect();
    if ids.is_empty() {
        let found = format!("missing, and {} has no default VPC", stage.region.name);
        let expected = "the ids of subnets with a route to the internet";
        return Err(SettingError::new("--subnets", found, expected).into());
    }
    Ok(ids.join(","))
}

fn output(outputs: &BTreeMap<String, String>, key: &str) -> Result<String, VerifyError> {
    let value = outputs.get(key).cloned();
    value.ok_or_else(|| VerifyError::Incomplete {
        call: "cloudformation:DescribeStacks",
        field: format!("output {key}"),
    })
}
