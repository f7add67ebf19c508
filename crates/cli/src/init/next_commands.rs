//! The commands that come after `init`, to be pasted as they are.

use std::path::Path;

use convert_case::{Case, Casing};

use super::assumption::{Assumption, Basis};
use crate::{arguments::Global, parameter_file::STANDARD_OUTPUT};

/// The commands, in the order in which they are run.
pub(super) fn next_commands(
    stack_name: &str,
    file: &Path,
    assumptions: &[Assumption],
    global: &Global,
) -> [String; 2] {
    let mut doctor = words(["spotmanager", "doctor", "--stack", stack_name]);
    let mut deploy = words(["spotmanager", "deploy", "--s3-bucket", "BUCKET"]);
    if file.as_os_str() == STANDARD_OUTPUT {
        // What the command line gave is the one thing that doctor does not find itself.
        let given = assumptions
            .iter()
            .filter(|one| one.basis == Basis::Given && one.parameter != "WorkersStackName");
        for one in given {
            doctor.push(option_of(&one.parameter));
            doctor.push(one.value.clone());
        }
        deploy.extend(words(["--parameters", "FILE"]));
    } else {
        let file = file.display().to_string();
        doctor.extend(words(["--parameters", &file]));
        deploy.extend(words(["--parameters", &file]));
    }
    [doctor, deploy].map(|mut command| {
        command.extend(access(global));
        quoted(&command)
    })
}

/// How AWS is asked, as far as the command line says it.
fn access(global: &Global) -> Vec<String> {
    let options = [
        ("--profile", &global.profile),
        ("--region", &global.region),
        ("--endpoint-url", &global.endpoint_url),
    ];
    let given = options
        .into_iter()
        .filter_map(|(option, value)| Some([option.to_owned(), value.clone()?]));
    given.flatten().collect()
}

/// The option of the parameter's name.
fn option_of(parameter: &str) -> String {
    format!("--{}", parameter.to_case(Case::Kebab))
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

/// A line for a POSIX shell.
fn quoted(command: &[String]) -> String {
    let words = command.iter().map(String::as_str);
    // Only a NUL cannot be quoted, which no argument holds.
    shlex::try_join(words).unwrap_or_else(|_| command.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::init::testing::global;

    fn commands(file: &str, region: Option<&str>) -> [String; 2] {
        let assumptions = [
            Assumption::given("WorkersStackName", "farm"),
            Assumption::given("SpotGroupLogicalId", "stackGPU/asgSpot"),
            Assumption::found("OnDemandGroupLogicalId", "stackGPU/asg", "the only one"),
            Assumption::given("ProductDescription", "Red Hat Enterprise Linux"),
        ];
        let global = Global {
            region: region.map(str::to_owned),
            ..global()
        };
        next_commands("farm", Path::new(file), &assumptions, &global)
    }

    #[test]
    fn a_file_is_handed_on_also_if_its_name_has_blanks() {
        let expected = [
            "spotmanager doctor --stack farm --parameters 'my farm.json' --region eu-west-1",
            "spotmanager deploy --s3-bucket BUCKET --parameters 'my farm.json' --region eu-west-1",
        ];
        assert_eq!(commands("my farm.json", Some("eu-west-1")), expected);
    }

    #[test]
    fn without_a_file_what_was_given_is_given_again() {
        let expected = [
            "spotmanager doctor --stack farm --spot-group-logical-id stackGPU/asgSpot --product-description 'Red Hat Enterprise Linux'",
            "spotmanager deploy --s3-bucket BUCKET --parameters FILE",
        ];
        assert_eq!(commands("-", None), expected);
    }
}
