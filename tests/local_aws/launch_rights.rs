//! LaunchInstances: the rights that its caller needs.

use anyhow::ensure;
use aws_config::sts::AssumeRoleProvider;
use aws_sdk_autoscaling::{config::SharedCredentialsProvider, error::ProvideErrorMetadata};
use serde_json::{Value, json};
use spotmanager_testbed::{Stack, Stage, Suite, create_stack, group_size};

use crate::launcher::client;

const STACK: &str = "li-rights";
const GROUP: &str = "li-rights-workers";
/// Every action, with the resources that a narrow policy names and the condition that it sets.
const RIGHTS: [(&str, &str, &str, &str); 6] = [
    (
        "autoscaling:LaunchInstances",
        "arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/li-rights-workers",
        "autoscaling:ResourceTag/purpose",
        "jobs",
    ),
    ("ec2:DescribeLaunchTemplateVersions", "*", "", ""),
    ("ec2:CreateFleet", "arn:aws:ec2:us-east-1:*", "", ""),
    ("ec2:RunInstances", "arn:aws:ec2:us-east-1:*", "", ""),
    (
        "ec2:CreateTags",
        "arn:aws:ec2:us-east-1:*:instance/*",
        "ec2:CreateAction",
        "CreateFleet,RunInstances",
    ),
    (
        "iam:PassRole",
        "*",
        "iam:PassedToService",
        "ec2.amazonaws.com",
    ),
];

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "launch: the caller needs each right of the launch, and no more",
        async |stage| {
            let stack = create_stack(&stage.config, STACK, &template(), &[]).await?;
            for (number, (action, ..)) in RIGHTS.iter().enumerate() {
                let refused = launch(stage, &stack, &format!("Without{number}")).await;
                let (code, message) = refused.err().unwrap_or_default();
                ensure!(code == "AccessDenied", "{action}: {code} {message}");
                ensure!(message.contains(action), "{action}: {message}");
            }
            let size = group_size(&stage.config, GROUP).await?;
            ensure!(size.desired == 0, "{size:?}");
            let refused = launch(stage, &stack, "Other").await;
            let (code, message) = refused.err().unwrap_or_default();
            ensure!(code == "AccessDenied", "another value: {code} {message}");
            ensure!(message.contains("iam:PassRole"), "{message}");
            let launched = launch(stage, &stack, "All").await;
            ensure!(launched == Ok(1), "{launched:?}");
            Ok(())
        },
    );
}

/// How many instances a role launches; otherwise the code and message of the refusal.
async fn launch(stage: &Stage, stack: &Stack, role: &str) -> Result<usize, (String, String)> {
    let role_arn = stack.output(role).unwrap_or_default();
    let provider = AssumeRoleProvider::builder(role_arn)
        .session_name("launch")
        .configure(&stage.config);
    let credentials = SharedCredentialsProvider::new(provider.build().await);
    let config = stage.config.to_builder();
    let config = config.credentials_provider(credentials).build();
    let call = client(&config)
        .launch_instances()
        .auto_scaling_group_name(GROUP)
        .requested_capacity(1)
        .client_token(role);
    match call.send().await {
        Ok(output) => Ok(output.instances().len()),
        Err(error) => Err((
            error.code().unwrap_or_default().to_owned(),
            error.message().unwrap_or_default().to_owned(),
        )),
    }
}

/// A group whose template has an instance profile, and roles that lack a right each.
fn template() -> String {
    let mut resources = json!({
        "vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "subnet": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {"VpcId": {"Ref": "vpc"}, "CidrBlock": "10.0.0.0/20"},
        },
        "role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": document(&[json!({
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            })])},
        },
        "profile": {
            "Type": "AWS::IAM::InstanceProfile",
            "Properties": {"Roles": [{"Ref": "role"}]},
        },
        "template": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {"LaunchTemplateData": {
                "ImageId": "ami-00000000000000001",
                "InstanceType": "t.li-rights",
                "IamInstanceProfile": {"Arn": {"Fn::GetAtt": ["profile", "Arn"]}},
            }},
        },
        "group": {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "Properties": {
                "AutoScalingGroupName": GROUP,
                "MinSize": "0",
                "MaxSize": "5",
                "VPCZoneIdentifier": [{"Ref": "subnet"}],
                "LaunchTemplate": {
                    "LaunchTemplateId": {"Ref": "template"},
                    "Version": {"Fn::GetAtt": ["template", "LatestVersionNumber"]},
                },
                "Tags": [{"Key": "purpose", "Value": "jobs", "PropagateAtLaunch": false}],
            },
        },
    });
    let mut outputs = json!({});
    let statements: Vec<_> = RIGHTS.into_iter().map(statement).collect();
    let mut roles = vec![("All".to_owned(), statements.clone())];
    for number in 0..RIGHTS.len() {
        let mut without = statements.clone();
        without.remove(number);
        roles.push((format!("Without{number}"), without));
    }
    let mut other = statements;
    other[RIGHTS.len() - 1]["Condition"] =
        json!({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}});
    roles.push(("Other".to_owned(), other));
    for (name, statements) in roles {
        resources[&name] = json!({
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": document(&[json!({
                    "Effect": "Allow",
                    "Principal": {"AWS": {"Ref": "AWS::AccountId"}},
                    "Action": "sts:AssumeRole",
                })]),
                "Policies": [{
                    "PolicyName": "launches",
                    "PolicyDocument": document(&statements),
                }],
            },
        });
        outputs[&name] = json!({"Value": {"Fn::GetAtt": [name, "Arn"]}});
    }
    json!({"Resources": resources, "Outputs": outputs}).to_string()
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn statement((action, resource, key, values): (&str, &str, &str, &str)) -> Value {
    let mut statement = json!({"Effect": "Allow", "Action": action, "Resource": resource});
    if !key.is_empty() {
        let values: Vec<_> = values.split(',').collect();
        statement["Condition"] = json!({"StringEquals": {key: values}});
    }
    statement
}
