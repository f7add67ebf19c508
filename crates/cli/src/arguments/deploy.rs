//! The command line of a deployment.

use std::path::PathBuf;

use clap::Args;

/// What is deployed, where to, and with which parameters. A parameter that is not given stays as
/// the stack has it, and is the template's default in a new stack.
#[derive(Debug, Args)]
pub(crate) struct Deploy {
    /// The stack of SpotManager itself, which is created if it does not exist.
    #[arg(long, value_name = "NAME", default_value = "spotmanager")]
    pub(crate) spotmanager_stack: String,
    /// The folder with the packages, as `cargo xtask package` or a release has them; its SHA256SUMS is
    /// checked.
    #[arg(long, value_name = "FOLDER", default_value = "target/package")]
    pub(crate) package: PathBuf,
    /// The S3 bucket in the deployment's region that takes the packages.
    #[arg(long, value_name = "NAME")]
    pub(crate) s3_bucket: String,
    /// What precedes the packages' keys in the bucket; the hash of what they hold follows it.
    #[arg(long, value_name = "PREFIX", default_value = "spotmanager/")]
    pub(crate) s3_prefix: String,
    /// A file of parameters, as `spotmanager init` writes it; - for standard input.
    #[arg(long, value_name = "PATH")]
    pub(crate) parameters: Option<PathBuf>,
    /// Parameters over those of the file, such as SafetyMarginPercent=20; each at most once.
    #[arg(long, value_name = "NAME=VALUE", num_args = 1..)]
    pub(crate) parameter_overrides: Vec<String>,
    /// Executes the change set without asking.
    #[arg(long, conflicts_with = "no_execute_changeset")]
    pub(crate) yes: bool,
    /// Leaves the change set for someone else to execute; a new stack is REVIEW_IN_PROGRESS until then.
    #[arg(long)]
    pub(crate) no_execute_changeset: bool,
}
