//! `explain`'s options.

use std::str::FromStr;

use clap::{ArgGroup, Args};

/// Both ways to name an execution, which clap would write as one.
const USAGE: &str = "spotmanager explain [OPTIONS] <EXECUTION>
       spotmanager explain [OPTIONS] --last --stack <NAME>";

/// Which execution is told, and how.
#[derive(Debug, Args)]
#[command(
    group(ArgGroup::new("which").required(true).args(["execution", "last"])),
    override_usage = USAGE
)]
pub(crate) struct Explain {
    /// The execution's ARN or its name, as the Step Functions console shows them. An ARN is asked for
    /// in its own region.
    #[arg(value_name = "EXECUTION")]
    pub(crate) execution: Option<Execution>,
    /// The newest execution of the stack --stack.
    #[arg(long, requires = "stack")]
    pub(crate) last: bool,
    /// The CloudFormation stack with the two groups, with --last.
    #[arg(long, value_name = "NAME", requires = "last")]
    pub(crate) stack: Option<String>,
    /// The state machine, SpotManager's output StateMachineArn; without it, it is looked for.
    #[arg(long, value_name = "ARN")]
    pub(crate) state_machine: Option<StateMachineArn>,
    /// Reports the steps as they come, until the execution ends.
    #[arg(long)]
    pub(crate) follow: bool,
}

impl Explain {
    /// The region that an ARN among the options names.
    pub(crate) fn region(&self) -> Option<&str> {
        let of_execution = match &self.execution {
            Some(Execution::Arn { region, .. }) => Some(region),
            _ => None,
        };
        let of_machine = self.state_machine.as_ref().map(|machine| &machine.region);
        of_execution.or(of_machine).map(String::as_str)
    }
}

/// An execution, as a person names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Execution {
    /// By its whole name.
    Arn { arn: String, region: String },
    /// By its name among the executions of a state machine.
    Name(String),
}

impl FromStr for Execution {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        if !given.starts_with("arn:") {
            return Ok(Self::Name(given.to_owned()));
        }
        let region = region_of(given, "execution").ok_or(
            "it should be a name, or arn:aws:states:REGION:ACCOUNT:execution:STATE_MACHINE:NAME",
        )?;
        let arn = given.to_owned();
        Ok(Self::Arn { arn, region })
    }
}

/// A state machine's ARN.
/// See <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StateMachineArn {
    pub(crate) arn: String,
    region: String,
}

impl FromStr for StateMachineArn {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        let region = region_of(given, "stateMachine")
            .ok_or("it should be arn:aws:states:REGION:ACCOUNT:stateMachine:NAME")?;
        let arn = given.to_owned();
        Ok(Self { arn, region })
    }
}

/// The region in an ARN of Step Functions, of a resource of a type.
fn region_of(arn: &str, resource_type: &str) -> Option<String> {
    match arn.splitn(7, ':').collect::<Vec<_>>().as_slice() {
        ["arn", _, "states", region, _, kind, name]
            if *kind == resource_type && !region.is_empty() && !name.is_empty() =>
        {
            Some((*region).to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    const MACHINE: &str = "arn:aws:states:eu-west-1:111122223333:stateMachine:sm";
    const EXECUTION: &str = "arn:aws-cn:states:cn-north-1:111122223333:execution:sm:jobs-1";

    #[test]
    fn every_mistake_shows_both_ways_to_name_an_execution() {
        for arguments in [
            &["explain"][..],
            &["explain", "--stack", "farm"],
            &["explain", "--last"],
        ] {
            let all = ["spotmanager"].iter().chain(arguments);
            let refused = crate::Arguments::try_parse_from(all).unwrap_err();
            let refused = refused.to_string();
            assert!(
                refused.contains("explain [OPTIONS] <EXECUTION>\n"),
                "{refused}"
            );
            assert!(
                refused.contains("explain [OPTIONS] --last --stack <NAME>\n"),
                "{refused}"
            );
        }
    }

    #[test]
    fn an_arn_names_its_region() {
        let expected = Execution::Arn {
            arn: EXECUTION.to_owned(),
            region: "cn-north-1".to_owned(),
        };
        assert_eq!(EXECUTION.parse(), Ok(expected));
        assert_eq!("jobs-1".parse(), Ok(Execution::Name("jobs-1".to_owned())));
        let machine: StateMachineArn = MACHINE.parse().unwrap();
        assert_eq!(machine.region, "eu-west-1");
    }

    #[test]
    fn an_arn_of_another_thing_is_refused() {
        for arn in [
            MACHINE,
            "arn:aws:lambda:eu-west-1:111122223333:function:start",
            "arn:aws:states::111122223333:execution:sm:jobs-1",
            "arn:aws:states",
        ] {
            assert!(arn.parse::<Execution>().is_err(), "{arn}");
        }
        for arn in [
            EXECUTION,
            "sm",
            "arn:aws:states:eu-west-1:111122223333:stateMachine:",
        ] {
            assert!(arn.parse::<StateMachineArn>().is_err(), "{arn}");
        }
    }
}
