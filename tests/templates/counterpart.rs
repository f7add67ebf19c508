//! What of CloudFormation is called what in Terraform.
//! See <https://registry.terraform.io/providers/hashicorp/aws/latest/docs>.

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};
use spotmanager_artifacts::FILES;

use crate::{checkout, module::META};

/// A type of resource on both sides.
pub(crate) struct Kind {
    pub(crate) cloud_formation: &'static str,
    pub(crate) terraform: &'static str,
    /// What ends a logical id and is left out of a name, for the type says it.
    ending: &'static str,
    /// JSON pointers to what is compared, on either side. A pointer into nothing is a name that
    /// only that side gives, or what says where the resource lies.
    pairs: &'static [(&'static str, &'static str)],
    /// The resource beside it, of the same name, that Terraform has for a part of it.
    pub(crate) beside: Option<(&'static str, &'static [(&'static str, &'static str)])>,
}

const fn kind(
    cloud_formation: &'static str,
    terraform: &'static str,
    ending: &'static str,
    pairs: &'static [(&'static str, &'static str)],
) -> Kind {
    Kind {
        cloud_formation,
        terraform,
        ending,
        pairs,
        beside: None,
    }
}

pub(crate) const KINDS: &[Kind] = &[
    kind(
        "AWS::SNS::Topic",
        "aws_sns_topic",
        "Topic",
        &[
            ("/TopicName", "/name"),
            ("/KmsMasterKeyId", "/kms_master_key_id"),
            // CloudFormation refuses a topic that exists; SNS does for Terraform by this tag.
            ("", "/tags"),
        ],
    ),
    kind(
        "AWS::SNS::TopicPolicy",
        "aws_sns_topic_policy",
        "Policy",
        &[("/Topics", "/arn"), ("/PolicyDocument", "/policy")],
    ),
    kind(
        "AWS::SNS::Subscription",
        "aws_sns_topic_subscription",
        "Subscription",
        &[
            ("/TopicArn", "/topic_arn"),
            ("/Protocol", "/protocol"),
            ("/Endpoint", "/endpoint"),
            ("/RedrivePolicy", "/redrive_policy"),
        ],
    ),
    kind(
        "AWS::Lambda::Permission",
        "aws_lambda_permission",
        "Permission",
        &[
            ("/FunctionName", "/function_name"),
            ("/Action", "/action"),
            ("/Principal", "/principal"),
            ("/SourceArn", "/source_arn"),
        ],
    ),
    kind(
        "AWS::Lambda::EventInvokeConfig",
        "aws_lambda_function_event_invoke_config",
        "Retries",
        &[
            ("/FunctionName", "/function_name"),
            ("/Qualifier", "/qualifier"),
            ("/MaximumRetryAttempts", "/maximum_retry_attempts"),
            ("/MaximumEventAgeInSeconds", "/maximum_event_age_in_seconds"),
        ],
    ),
    kind(
        "AWS::Lambda::Function",
        "aws_lambda_function",
        "Function",
        &[
            ("/FunctionName", "/function_name"),
            ("/Description", "/description"),
            ("/Runtime", "/runtime"),
            ("/Handler", "/handler"),
            ("/Architectures", "/architectures"),
            ("/MemorySize", "/memory_size"),
            ("/Timeout", "/timeout"),
            ("/Role", "/role"),
            ("/Code/S3Bucket", "/s3_bucket"),
            ("/Code/S3Key", "/s3_key"),
            ("/LoggingConfig/LogFormat", "/logging_config/log_format"),
            ("/LoggingConfig/LogGroup", "/logging_config/log_group"),
            ("/KmsKeyArn", "/kms_key_arn"),
            (
                "/DeadLetterConfig/TargetArn",
                "/dead_letter_config/target_arn",
            ),
            ("/Environment/Variables", "/environment/variables"),
        ],
    ),
    kind(
        "AWS::Logs::LogGroup",
        "aws_cloudwatch_log_group",
        "LogGroup",
        &[
            ("/LogGroupName", "/name"),
            ("/RetentionInDays", "/retention_in_days"),
            ("/KmsKeyId", "/kms_key_id"),
        ],
    ),
    kind(
        "AWS::SQS::Queue",
        "aws_sqs_queue",
        "Queue",
        &[
            ("/SqsManagedSseEnabled", "/sqs_managed_sse_enabled"),
            ("/KmsMasterKeyId", "/kms_master_key_id"),
            ("/MessageRetentionPeriod", "/message_retention_seconds"),
            ("", "/name"),
        ],
    ),
    kind(
        "AWS::SQS::QueuePolicy",
        "aws_sqs_queue_policy",
        "Policy",
        &[("/Queues/0", "/queue_url"), ("/PolicyDocument", "/policy")],
    ),
    kind(
        "AWS::CloudWatch::Alarm",
        "aws_cloudwatch_metric_alarm",
        "Alarm",
        &[
            ("/AlarmDescription", "/alarm_description"),
            ("/Namespace", "/namespace"),
            ("/MetricName", "/metric_name"),
            ("/Dimensions", "/dimensions"),
            ("/Statistic", "/statistic"),
            ("/Period", "/period"),
            ("/EvaluationPeriods", "/evaluation_periods"),
            ("/Threshold", "/threshold"),
            ("/ComparisonOperator", "/comparison_operator"),
            ("/TreatMissingData", "/treat_missing_data"),
            ("/AlarmActions", "/alarm_actions"),
            ("", "/alarm_name"),
        ],
    ),
    kind(
        "AWS::CloudWatch::Dashboard",
        "aws_cloudwatch_dashboard",
        "",
        &[
            ("/DashboardName", "/dashboard_name"),
            ("/DashboardBody", "/dashboard_body"),
        ],
    ),
    Kind {
        beside: Some((
            "aws_iam_role_policy",
            &[
                ("/Policies/0/PolicyName", "/name"),
                ("/Policies/0/PolicyDocument", "/policy"),
                ("", "/role"),
            ],
        )),
        ..kind(
            "AWS::IAM::Role",
            "aws_iam_role",
            "Role",
            &[
                ("/AssumeRolePolicyDocument", "/assume_role_policy"),
                ("", "/name"),
            ],
        )
    },
    kind(
        "AWS::IAM::Policy",
        "aws_iam_role_policy",
        "Policy",
        &[
            ("/PolicyName", "/name"),
            ("/Roles/0", "/role"),
            ("/PolicyDocument", "/policy"),
        ],
    ),
    Kind {
        beside: Some((
            "aws_cloudwatch_event_target",
            &[
                ("/Targets/0/Id", "/target_id"),
                ("/Targets/0/Arn", "/arn"),
                ("/Targets/0/RoleArn", "/role_arn"),
                ("/Targets/0/DeadLetterConfig/Arn", "/dead_letter_config/arn"),
                ("", "/rule"),
            ],
        )),
        ..kind(
            "AWS::Events::Rule",
            "aws_cloudwatch_event_rule",
            "Rule",
            &[
                ("/Description", "/description"),
                ("/EventPattern", "/event_pattern"),
                ("/Name", "/name"),
            ],
        )
    },
    kind(
        "AWS::Scheduler::ScheduleGroup",
        "aws_scheduler_schedule_group",
        "Group",
        &[("/Name", "/name")],
    ),
    kind(
        "AWS::Scheduler::Schedule",
        "aws_scheduler_schedule",
        "Schedule",
        &[
            ("/GroupName", "/group_name"),
            ("/Description", "/description"),
            ("/ScheduleExpression", "/schedule_expression"),
            (
                "/ScheduleExpressionTimezone",
                "/schedule_expression_timezone",
            ),
            ("/FlexibleTimeWindow/Mode", "/flexible_time_window/mode"),
            ("/Target/Arn", "/target/arn"),
            ("/Target/RoleArn", "/target/role_arn"),
            (
                "/Target/DeadLetterConfig/Arn",
                "/target/dead_letter_config/arn",
            ),
            ("/Name", "/name"),
        ],
    ),
    kind(
        "AWS::StepFunctions::StateMachine",
        "aws_sfn_state_machine",
        "",
        &[
            ("/StateMachineName", "/name"),
            ("/StateMachineType", "/type"),
            ("/RoleArn", "/role_arn"),
            ("/Definition", "/definition"),
            (
                "/EncryptionConfiguration/Type",
                "/encryption_configuration/type",
            ),
            (
                "/EncryptionConfiguration/KmsKeyId",
                "/encryption_configuration/kms_key_id",
            ),
            (
                "/EncryptionConfiguration/KmsDataKeyReusePeriodSeconds",
                "/encryption_configuration/kms_data_key_reuse_period_seconds",
            ),
            (
                "/LoggingConfiguration/Level",
                "/logging_configuration/level",
            ),
            (
                "/LoggingConfiguration/IncludeExecutionData",
                "/logging_configuration/include_execution_data",
            ),
            (
                "/LoggingConfiguration/Destinations/0/CloudWatchLogsLogGroup/LogGroupArn",
                "/logging_configuration/log_destination",
            ),
        ],
    ),
];

/// An attribute in Terraform, and what gives the same in the template: nothing for `Ref`.
/// A log group's `Arn` ends with `:*` in CloudFormation alone.
pub(crate) fn attributes_of(terraform: &str) -> &'static [(&'static str, &'static str)] {
    match terraform {
        "aws_sns_topic" | "aws_sfn_state_machine" => &[("arn", "")],
        "aws_sqs_queue" => &[("arn", "Arn"), ("url", ""), ("name", "QueueName")],
        "aws_lambda_function" => &[("arn", "Arn"), ("function_name", "")],
        _ => &[("arn", "Arn")],
    }
}

/// `ReturnToSpot` as `return_to_spot`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// A resource's name in Terraform, which does not repeat its type.
pub(crate) fn terraform_name(logical_id: &str, kind: &Kind) -> Result<String> {
    let name = logical_id.strip_suffix(kind.ending);
    let name = name.with_context(|| format!("{logical_id} does not end with {}", kind.ending))?;
    Ok(snake_case(name))
}

/// A resource by the template's names, as both sides have it.
#[derive(Debug, PartialEq)]
pub(crate) struct Comparable(BTreeMap<&'static str, Value>);

impl Comparable {
    pub(crate) fn of_template(kind: &Kind, properties: &Value) -> Result<Self> {
        let mut properties = properties.clone();
        if properties.get("DefinitionS3Location").is_some() {
            properties = with_definition(properties)?;
        }
        let pairs = pairs(kind).map(|(of_template, _)| (of_template, of_template));
        let compared = compared(pairs, &properties);
        expect_all(
            &properties,
            pairs_of(kind, |(of_template, _)| of_template),
            "",
        )?;
        Ok(Self(compared))
    }

    /// Without a name that CloudFormation would find itself.
    pub(crate) fn named_as(mut self, template: &Self) -> Self {
        for name in ["/Name", "/TopicName"] {
            if !template.0.contains_key(name) {
                self.0.remove(name);
            }
        }
        self
    }

    /// The values by the template's names.
    pub(crate) fn values(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    pub(crate) fn of_module(kind: &Kind, own: &Value, beside: Option<&Value>) -> Result<Self> {
        let mut own = own.clone();
        // One policy for several topics, or for one.
        if let Some(topics) = own["for_each"].as_object() {
            ensure!(own["arn"] == "${each.value}", "arn is {}", own["arn"]);
            own["arn"] = topics.values().cloned().collect();
        } else if kind.terraform == "aws_sns_topic_policy" {
            own["arn"] = Value::Array(vec![own["arn"].clone()]);
        }
        let mut all = compared(kind.pairs.iter().copied(), &own);
        expect_all(
            &own,
            kind.pairs.iter().map(|(_, of_module)| *of_module).collect(),
            "",
        )?;
        if let (Some((_, pairs)), Some(beside)) = (kind.beside, beside) {
            all.extend(compared(pairs.iter().copied(), beside));
            expect_all(
                beside,
                pairs.iter().map(|(_, of_module)| *of_module).collect(),
                "",
            )?;
        }
        Ok(Self(all))
    }
}

fn pairs(kind: &Kind) -> impl Iterator<Item = (&'static str, &'static str)> {
    let beside = kind.beside.map_or(&[][..], |(_, pairs)| pairs);
    kind.pairs.iter().chain(beside).copied()
}

fn pairs_of(
    kind: &Kind,
    side: fn((&'static str, &'static str)) -> &'static str,
) -> Vec<&'static str> {
    pairs(kind).map(side).collect()
}

fn compared(
    pairs: impl Iterator<Item = (&'static str, &'static str)>,
    of: &Value,
) -> BTreeMap<&'static str, Value> {
    pairs
        .filter(|(name, _)| !name.is_empty())
        .filter_map(|(name, pointer)| Some((name, plain(of.pointer(pointer)?)?)))
        .collect()
}

/// Fails where a value is at none of the pointers: it would go uncompared.
fn expect_all(value: &Value, pointers: Vec<&str>, at: &str) -> Result<()> {
    if pointers.contains(&at) && !at.is_empty() {
        return Ok(());
    }
    let leads_on = pointers
        .iter()
        .any(|pointer| pointer.starts_with(&format!("{at}/")));
    let within: Vec<(String, &Value)> = match value {
        Value::Object(object) if leads_on => object
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(array) if leads_on => array
            .iter()
            .enumerate()
            .map(|(index, value)| (index.to_string(), value))
            .collect(),
        _ if META.iter().any(|meta| at == format!("/{meta}")) => return Ok(()),
        Value::Object(object) if object.is_empty() => return Ok(()),
        _ => bail!("{at} is compared with nothing"),
    };
    for (key, value) in within {
        expect_all(value, pointers.clone(), &format!("{at}/{key}"))?;
    }
    Ok(())
}

/// Without what only one side's way of writing makes: a text that is JSON is what it says, a list of
/// dimensions an object, every other scalar a text.
fn plain(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(
            serde_json::from_str(text)
                .ok()
                .filter(|read: &Value| read.is_object())
                .and_then(|read| plain(&read))
                .unwrap_or_else(|| value.clone()),
        ),
        Value::Array(elements) => {
            let dimension =
                |one: &Value| Some((one["Name"].as_str()?.to_owned(), plain(&one["Value"])?));
            let dimensions: Option<Map<_, _>> = elements.iter().map(dimension).collect();
            Some(match dimensions {
                Some(dimensions) if !dimensions.is_empty() => dimensions.into(),
                _ => elements.iter().filter_map(plain).collect(),
            })
        }
        Value::Object(object) => {
            let within = object.iter();
            Some(
                within
                    .filter_map(|(key, value)| Some((key.clone(), plain(value)?)))
                    .collect(),
            )
        }
        scalar => Some(scalar.to_string().into()),
    }
}

/// The definition itself in place of where it lies in the bucket.
fn with_definition(mut properties: Value) -> Result<Value> {
    let key = properties["DefinitionS3Location"]["Key"]
        .as_str()
        .unwrap_or_default();
    let file = FILES.iter().find(|(name, _)| key.ends_with(name));
    let (_, path) = file.with_context(|| format!("no file is uploaded as {key}"))?;
    let mut definition = fs::read_to_string(checkout().join(path))?;
    let object = properties
        .as_object_mut()
        .context("a machine without properties")?;
    let substitutions = object.remove("DefinitionSubstitutions");
    for (name, value) in substitutions.iter().filter_map(Value::as_object).flatten() {
        let value = value.as_str().context("a substitution is a text")?;
        definition = definition.replace(&format!("${{{name}}}"), value);
    }
    object.remove("DefinitionS3Location");
    object.insert("Definition".to_owned(), definition.into());
    Ok(properties)
}
