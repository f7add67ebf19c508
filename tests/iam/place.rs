//! The partitions of AWS, each with one of its regions.

/// Where a stack is deployed.
/// See <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html>.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) partition: &'static str,
    pub(crate) region: &'static str,
    pub(crate) url_suffix: &'static str,
}

pub(crate) const ACCOUNT: &str = "000000000000";

pub(crate) const PLACES: [Place; 4] = [
    place("aws", "eu-west-1", "amazonaws.com"),
    place("aws-cn", "cn-north-1", "amazonaws.com.cn"),
    place("aws-us-gov", "us-gov-west-1", "amazonaws.com"),
    place("aws-eusc", "eusc-de-east-1", "amazonaws.eu"),
];

const fn place(partition: &'static str, region: &'static str, url_suffix: &'static str) -> Place {
    Place {
        partition,
        region,
        url_suffix,
    }
}

impl Place {
    /// The ARN of something in this place; `resource` is what follows the account.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        // IAM is global: its ARNs have no region.
        let region = if service == "iam" { "" } else { self.region };
        format!(
            "arn:{}:{service}:{region}:{ACCOUNT}:{resource}",
            self.partition
        )
    }
}
