//! A KMS key with the policy of `docs/how-to/customer-key.md`, so that the page itself is checked.

use serde_json::{Value, json};

use super::stacks::{self, Wanted};
use crate::{account::Account, error::VerifyError, names::Names, stage::Stage};

const PAGE: &str = "docs/how-to/customer-key.md";
const TEXT: &str = include_str!("../../../../docs/how-to/customer-key.md");
/// The shortest waiting period that KMS has, days.
/// See <https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>.
const PENDING_DAYS: u8 = 7;

/// Creates the key in a stack of its own, and returns its ARN.
///
/// # Errors
/// [`VerifyError`] if CloudFormation gives up or the page holds something else.
pub(crate) async fn create(stage: &Stage) -> Result<String, VerifyError> {
    let statements = statements(&stage.account, &stage.region.name, &stage.names)?;
    let template = template(&statements).to_string();
    let name = stage.names.key();
    let wanted = Wanted {
        name: &name,
        template: &template,
        parameters: &[],
    };
    let mut outputs = stacks::create(&stage.region, &stage.names, &stage.waits, &wanted).await?;
    outputs
        .remove("KeyArn")
        .ok_or_else(|| VerifyError::Incomplete {
            call: "cloudformation:DescribeStacks",
            field: "KeyArn".to_owned(),
        })
}

fn template(statements: &[Value]) -> Value {
    let mut all = vec![json!({
        "Effect": "Allow",
        "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
        "Action": "kms:*",
        "Resource": "*",
    })];
    all.extend_from_slice(statements);
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "A throw-away key that verifies SpotManager.",
        "Resources": {"key": {
            "Type": "AWS::KMS::Key",
            "Properties": {
                "Description": "Throw-away key that verifies SpotManager.",
                "PendingWindowInDays": PENDING_DAYS,
                "KeyPolicy": {"Version": "2012-10-17", "Statement": all},
            },
        }},
        "Outputs": {"KeyArn": {"Value": {"Fn::GetAtt": ["key", "Arn"]}}},
    })
}

/// The statements of the page, with its words replaced as it says.
fn statements(account: &Account, region: &str, names: &Names) -> Result<Vec<Value>, VerifyError> {
    let invalid = |found: String| VerifyError::Page {
        page: PAGE,
        found,
        expected: "the key's policy as its one block of JSON",
    };
    let policy = TEXT
        .split_once("```json\n")
        .and_then(|(_, rest)| rest.split_once("\n```"));
    let (policy, _) = policy.ok_or_else(|| invalid("it has no block of JSON".to_owned()))?;
    // Longer words first: a shorter one may be part of them.
    let policy = [
        ("JOBS_TOPIC", names.jobs_topic().as_str()),
        ("PARTITION", account.partition.as_str()),
        ("ACCOUNT", account.id.as_str()),
        ("REGION", region),
        ("STACK", names.spotmanager().as_str()),
    ]
    .iter()
    .fold(policy.to_owned(), |policy, (word, value)| {
        policy.replace(word, value)
    });
    // The page says so of CloudWatch Logs in China.
    let policy = match account.partition.as_str() {
        "aws-cn" => {
            let logs = format!("\"logs.{region}.amazonaws.com");
            policy.replace(&logs, &format!("{logs}.cn"))
        }
        _ => policy,
    };
    serde_json::from_str(&policy).map_err(|error| invalid(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(partition: &str, region: &str) -> String {
        let account = Account {
            id: "111122223333".to_owned(),
            caller_arn: String::new(),
            partition: partition.to_owned(),
        };
        let names = Names::of_suffix("abcd1234").unwrap();
        template(&statements(&account, region, &names).unwrap()).to_string()
    }

    #[test]
    fn china_s_logs_have_a_principal_of_their_own() {
        let text = rendered("aws-cn", "cn-north-1");
        for part in [
            r#""logs.cn-north-1.amazonaws.com.cn""#,
            r#""cloudwatch.amazonaws.com""#,
            r#""delivery.logs.amazonaws.com""#,
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn every_word_of_the_page_is_replaced() {
        let text = rendered("aws", "eu-west-1");
        for word in ["JOBS_TOPIC", "PARTITION", "ACCOUNT", "REGION", "STACK"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
        let topic =
            "arn:aws:sns:eu-west-1:111122223333:spotmanager-verify-abcd1234-workers-jobs-to-do";
        for part in [
            topic,
            "logs.eu-west-1.amazonaws.com",
            "cloudwatch.amazonaws.com",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
}
