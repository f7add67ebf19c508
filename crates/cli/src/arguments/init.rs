//! The command line of what is assumed of a stack.

use std::path::PathBuf;

use clap::Args;

use super::WorkersSettings;

/// Of which stack, and into which file. What is given is taken as it is, if it can work; of the rest
/// each value is shown with what it rests on.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// The CloudFormation stack with the two groups, or its ARN.
    #[arg(long, value_name = "NAME")]
    pub(crate) stack: String,
    /// The file to write, in the shape of the AWS CLI's --parameters; - for standard output.
    #[arg(
        long,
        value_name = "PATH",
        default_value = "spotmanager.parameters.json"
    )]
    pub(crate) file: PathBuf,
    /// Overwrites the file.
    #[arg(long)]
    pub(crate) force: bool,
    /// What follows the stack's name in the topic's name.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) topic_suffix: Option<String>,
    #[command(flatten)]
    pub(crate) settings: WorkersSettings,
}
