//! The command line.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

/// Checks on a real AWS account what docs/unverified.md assumes, with a throw-away deployment.
///
/// Deploys SpotManager and two groups of at most one smallest instance, runs the checks, and
/// deletes everything again, also after a failure or Ctrl-C. Takes about half an hour and costs
/// less than 1 USD. Exit codes: 0 every check that ran held and everything is deleted; 1 otherwise;
/// 2 usage; 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask verify-on-aws")]
pub struct Arguments {
    /// The profile in the AWS configuration files.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The region, such as eu-west-1.
    #[arg(long, value_name = "NAME")]
    pub(crate) region: Option<String>,
    /// A second region of the same account, for the check that needs one.
    #[arg(long, value_name = "NAME")]
    pub(crate) second_region: Option<String>,
    /// Also runs the checks with a KMS key, which stays pending deletion for 7 days.
    #[arg(long)]
    pub(crate) with_key: bool,
    /// The folder with the packages, as `cargo xtask package` or a release has them.
    #[arg(long, value_name = "FOLDER", default_value = "target/package")]
    pub(crate) package: PathBuf,
    /// The workers' instance type.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) instance_type: InstanceType,
    /// Subnets for the workers; the default VPC's otherwise.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) subnets: Vec<String>,
    /// Runs the further checks also after one that did not hold.
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Does not ask.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Only deletes what an interrupted run left; the run printed its suffix.
    #[arg(long, value_name = "SUFFIX")]
    pub(crate) clean_up: Option<String>,
    /// The endpoint of every service, such as a local AWS.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
    /// Another template for SpotManager than the package's.
    #[arg(long, value_name = "FILE", hide = true)]
    pub(crate) template: Option<PathBuf>,
}

/// The smallest instances of each architecture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum InstanceType {
    /// arm64, 0.0042 USD an hour in us-east-1.
    #[default]
    #[value(name = "t4g.nano")]
    T4gNano,
    /// x86_64, 0.0052 USD an hour in us-east-1.
    #[value(name = "t3.nano")]
    T3Nano,
}

impl InstanceType {
    /// As EC2 names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::T4gNano => "t4g.nano",
            Self::T3Nano => "t3.nano",
        }
    }

    /// The parameter with the id of Amazon Linux's image.
    /// See <https://docs.aws.amazon.com/linux/al2023/ug/ec2.html>.
    pub(crate) fn image_parameter(self) -> &'static str {
        match self {
            Self::T4gNano => "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
            Self::T3Nano => "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_one() {
        Arguments::command().debug_assert();
    }
}
