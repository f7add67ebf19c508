//! What the template keeps to where checkov does not look; it passes over each `Fn::If`.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use aws_sdk_sfn::Client;
use serde_json::{Value, json};
use spotmanager_testbed::{FUNCTIONS, Suite, expect};

use crate::template::{actions, granted_to, resources, statements, template};

/// A key that the local AWS takes unseen.
const KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000";

type Check = fn(&Value) -> Result<()>;

const CHECKS: [(&str, Check); 8] = [
    ("no variable of a function is a secret", no_secret),
    ("every log is kept for a while", every_log_ends),
    ("every function has a role of its own", a_role_each),
    (
        "a role serves the one resource of a service",
        one_resource_each,
    ),
    ("a topic hears alarms only", alarms_only),
    ("nothing is sent without TLS", tls_only),
    ("a key of one's own encrypts all", all_encrypted),
    ("no more of KMS than a key of one's own", key_kept),
];

pub(crate) fn add(suite: &mut Suite) {
    for (name, check) in CHECKS {
        suite.test(&format!("template: {name}"), async move |stage| {
            check(template(stage)?)
        });
    }
    suite.test(
        "template: it deploys with a key of one's own",
        async |stage| {
            let key = [("KmsKeyArn", KEY)];
            let manager = stage.deploy("keyed", "keyed-workers", &key).await?;
            let reply = Client::new(&stage.config)
                .describe_state_machine()
                .state_machine_arn(manager.stack.output("StateMachineArn")?)
                .send()
                .await?;
            let encryption = reply.encryption_configuration();
            let key = encryption.and_then(|encryption| encryption.kms_key_id());
            ensure!(key == Some(KEY), "{encryption:?}");
            Ok(())
        },
    );
}

/// A variable is a parameter that CloudFormation shows, or an ARN.
fn no_secret(template: &Value) -> Result<()> {
    for (name, function) in resources(template, "AWS::Lambda::Function")? {
        let variables = function["Environment"]["Variables"].as_object();
        for (variable, value) in variables.into_iter().flatten() {
            let is_shown = value["Ref"].as_str().is_some_and(|parameter| {
                let parameter = &template["Parameters"][parameter];
                parameter.is_object() && parameter["NoEcho"].is_null()
            });
            let is_arn = value["Fn::Sub"]
                .as_str()
                .is_some_and(|text| text.starts_with("arn:"));
            ensure!(is_shown || is_arn, "{variable} of {name} is {value}");
        }
    }
    Ok(())
}

fn every_log_ends(template: &Value) -> Result<()> {
    for (name, log) in resources(template, "AWS::Logs::LogGroup")? {
        let days = json!({"Ref": "LogRetentionDays"});
        expect(log, "/RetentionInDays", days).context(name.to_owned())?;
    }
    Ok(())
}

fn a_role_each(template: &Value) -> Result<()> {
    let functions = resources(template, "AWS::Lambda::Function")?;
    let roles = functions
        .iter()
        .map(|(_, function)| function["Role"].to_string());
    let roles: BTreeSet<_> = roles.collect();
    ensure!(
        functions.len() == FUNCTIONS.len() && roles.len() == FUNCTIONS.len(),
        "{roles:?}"
    );
    Ok(())
}

/// Whoever else assumes a role says for which account and resource, so that nobody has it do so.
fn one_resource_each(template: &Value) -> Result<()> {
    for (name, role) in resources(template, "AWS::IAM::Role")? {
        for (_, statement) in statements(&role["AssumeRolePolicyDocument"])? {
            if statement["Principal"]["Service"] == "lambda.amazonaws.com" {
                continue;
            }
            let condition = &statement["Condition"];
            let account = json!({"Ref": "AWS::AccountId"});
            expect(condition, "/StringEquals/aws:SourceAccount", account)
                .context(name.to_owned())?;
            ensure!(
                condition["ArnEquals"]["aws:SourceArn"].is_object(),
                "{name} is anybody's: {statement}"
            );
        }
    }
    Ok(())
}

fn alarms_only(template: &Value) -> Result<()> {
    let mut with_policy = BTreeSet::new();
    for (name, policy) in resources(template, "AWS::SNS::TopicPolicy")? {
        let topics = policy["Topics"].as_array().into_iter().flatten();
        with_policy.extend(topics.filter_map(|topic| topic["Ref"].as_str()));
        for (_, statement) in statements(&policy["PolicyDocument"])? {
            if statement["Effect"] == "Allow" {
                let alarms =
                    "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*";
                for (pointer, expected) in [
                    ("/Principal", json!({"Service": "cloudwatch.amazonaws.com"})),
                    ("/Action", json!("sns:Publish")),
                    (
                        "/Condition",
                        json!({
                            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                            "ArnLike": {"aws:SourceArn": {"Fn::Sub": alarms}},
                        }),
                    ),
                ] {
                    expect(statement, pointer, expected).context(name.to_owned())?;
                }
            }
        }
    }
    let topics = resources(template, "AWS::SNS::Topic")?;
    let topics: BTreeSet<_> = topics.into_iter().map(|(name, _)| name).collect();
    ensure!(
        topics == with_policy,
        "of {topics:?} these have a policy: {with_policy:?}"
    );
    Ok(())
}

fn tls_only(template: &Value) -> Result<()> {
    let without_tls = json!({"Bool": {"aws:SecureTransport": "false"}});
    for kind in ["AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"] {
        for (name, policy) in resources(template, kind)? {
            let denies =
                statements(&policy["PolicyDocument"])?
                    .into_iter()
                    .any(|(condition, statement)| {
                        condition.is_none()
                            && statement["Effect"] == "Deny"
                            && statement["Principal"] == "*"
                            && statement["Condition"] == without_tls
                    });
            ensure!(denies, "{name} lets messages come in plain");
        }
    }
    Ok(())
}

fn all_encrypted(template: &Value) -> Result<()> {
    let key = json!({"Fn::If": ["HasKmsKey", {"Ref": "KmsKeyArn"}, {"Ref": "AWS::NoValue"}]});
    for (kind, pointer) in [
        ("AWS::SNS::Topic", "/KmsMasterKeyId"),
        ("AWS::SQS::Queue", "/KmsMasterKeyId"),
        ("AWS::Logs::LogGroup", "/KmsKeyId"),
        ("AWS::Lambda::Function", "/KmsKeyArn"),
    ] {
        for (name, resource) in resources(template, kind)? {
            // A function without variables has nothing to encrypt.
            if kind != "AWS::Lambda::Function" || resource["Environment"].is_object() {
                expect(resource, pointer, key.clone()).context(name.to_owned())?;
            }
        }
    }
    Ok(())
}

/// KMS is allowed with the key only, on the key only, and for one use of it.
fn key_kept(template: &Value) -> Result<()> {
    for (name, role) in resources(template, "AWS::IAM::Role")? {
        for (condition, statement) in granted_to(role)? {
            let actions = actions(statement)?;
            if actions.iter().any(|action| action.starts_with("kms:")) {
                ensure!(
                    actions
                        .iter()
                        .all(|action| ["kms:Decrypt", "kms:GenerateDataKey"].contains(action))
                        && condition == Some("HasKmsKey")
                        && statement["Resource"] == json!({"Ref": "KmsKeyArn"})
                        && statement["Condition"]["StringEquals"].is_object(),
                    "{name}: {statement}"
                );
            }
        }
    }
    Ok(())
}
