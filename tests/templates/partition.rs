//! The partitions of AWS that both are compared in, and what a rendered value may name of them.
//! See <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>.

use anyhow::{Result, ensure};
use serde_json::Value;

/// A partition with one of its regions, whose names are the longest, and the suffix of its
/// endpoints.
pub(crate) struct Partition {
    pub(crate) name: &'static str,
    pub(crate) region: &'static str,
    pub(crate) url_suffix: &'static str,
}

/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html>.
pub(crate) const PARTITIONS: [Partition; 4] = [
    Partition {
        name: "aws",
        region: "ap-southeast-2",
        url_suffix: "amazonaws.com",
    },
    Partition {
        name: "aws-cn",
        region: "cn-northwest-1",
        url_suffix: "amazonaws.com.cn",
    },
    Partition {
        name: "aws-us-gov",
        region: "us-gov-west-1",
        url_suffix: "amazonaws.com",
    },
    Partition {
        name: "aws-eusc",
        region: "eusc-de-east-1",
        url_suffix: "amazonaws.eu",
    },
];

/// The services that act for a deployment. Their principals are the same in every partition: CDK
/// says so of all ("Service principals are now globally `<SERVICE>.amazonaws.com`"), the provider's
/// `aws_service_principal` of all but CodeDeploy, EMR and CloudWatch Logs in China, and IAM refuses
/// `amazonaws.eu` in `aws-eusc`.
/// See <https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/region-info/lib/default.ts>,
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/service_principal>
/// and <https://github.com/pulumi/pulumi-eks/issues/2341>.
const SERVICE_PRINCIPALS: [&str; 6] = [
    "cloudwatch.amazonaws.com",
    "events.amazonaws.com",
    "lambda.amazonaws.com",
    "scheduler.amazonaws.com",
    "sns.amazonaws.com",
    "states.amazonaws.com",
];

impl Partition {
    /// Fails if the value, or one within it, names another partition or its endpoints. `key` is
    /// the value's own name.
    pub(crate) fn expect_own(&self, key: &str, value: &Value) -> Result<()> {
        match value {
            Value::Object(object) => object
                .iter()
                .try_for_each(|(key, value)| self.expect_own(key, value)),
            Value::Array(elements) => elements
                .iter()
                .try_for_each(|value| self.expect_own(key, value)),
            // Whoever a statement is for: a service, or everybody.
            Value::String(text) if matches!(key, "Service" | "Principal" | "/Principal") => {
                let known = text == "*" || SERVICE_PRINCIPALS.contains(&text.as_str());
                ensure!(known, "{key} is {text}");
                Ok(())
            }
            // KMS documents this suffix alone.
            // https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
            Value::String(text) if key == "kms:ViaService" && text.ends_with(".amazonaws.com") => {
                Ok(())
            }
            Value::String(text) => self.expect_own_text(key, text),
            _ => Ok(()),
        }
    }

    fn expect_own_text(&self, key: &str, text: &str) -> Result<()> {
        for rest in text.split("arn:").skip(1) {
            let partition = rest.split(':').next();
            ensure!(partition == Some(self.name), "{key} is of another: {text}");
        }
        // The state machine looks the console up by its own partition, under this name of China's.
        let text = text.replace("'console.amazonaws.cn'", "");
        for rest in text.split("amazonaws.").skip(1) {
            let is_suffix = |letter: char| letter.is_ascii_lowercase() || letter == '.';
            let end = rest.find(|letter| !is_suffix(letter));
            let suffix = format!("amazonaws.{}", &rest[..end.unwrap_or(rest.len())]);
            ensure!(suffix == self.url_suffix, "{key} has {suffix}: {text}");
        }
        Ok(())
    }
}

#[test]
fn what_is_of_another_partition_is_seen() {
    let [aws, china, ..] = &PARTITIONS;
    let own = |partition: &Partition, key, text: &str| partition.expect_own(key, &text.into());
    let arn = "a text with arn:aws:states:::lambda:invoke";
    assert!(own(aws, "Resource", arn).is_ok());
    assert!(own(china, "Resource", arn).is_err());
    let endpoint = "sqs.cn-north-1.amazonaws.com.cn";
    assert!(own(china, "kms:ViaService", endpoint).is_ok());
    assert!(own(aws, "kms:ViaService", endpoint).is_err());
    let documented = "sqs.cn-north-1.amazonaws.com";
    assert!(own(china, "kms:ViaService", documented).is_ok());
    assert!(own(china, "Endpoint", documented).is_err());
    assert!(own(china, "Service", "sns.amazonaws.com").is_ok());
    assert!(own(china, "Service", "sns.amazonaws.com.cn").is_err());
}
