//! Whom the command asks: profile, region, endpoint and proxy as the AWS CLI takes them, and one line
//! if nobody answers.

use std::{io, process::Command};

use anyhow::{Context, Result, ensure};
use spotmanager_testbed::{Stage, Suite};
use tempfile::TempDir;

use crate::{
    command::{Ran, bare, command, finish},
    listener::{Listener, PAGE, REFUSAL},
};

const CONFIG: &str = "[default]
region = us-east-1
[profile same]
region = us-east-1
[profile lost]
role_arn = arn:aws:iam::000000000000:role/workers
source_profile = gone
[profile half]
aws_access_key_id = HALFKEY
";
const CREDENTIALS: &str = "[same]\naws_access_key_id = SAMEKEY\naws_secret_access_key = same\n";
const DOCTOR: [&str; 3] = ["doctor", "--stack", "access-none"];

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "access: a profile wins over keys in the environment",
        async |stage| {
            let files = Files::write()?;
            let hears = Listener::replying(REFUSAL)?;
            let mut asked = files.command(stage);
            asked.args(["--profile", "same", "--endpoint-url", &hears.url]);
            finish(asked)?.expect_code(254)?;
            expect_key(&hears, "Credential=SAMEKEY/")?;

            // A profile of the environment is no such choice.
            let hears = Listener::replying(REFUSAL)?;
            let mut asked = files.command(stage);
            asked
                .env("AWS_PROFILE", "same")
                .args(["--endpoint-url", &hears.url]);
            finish(asked)?.expect_code(254)?;
            expect_key(&hears, "Credential=test/")
        },
    );
    suite.test(
        "access: a profile that no file has is an error",
        async |stage| {
            let files = Files::write()?;
            let mut by_option = files.command(stage);
            by_option.args(["--profile", "nope"]);
            let mut by_environment = files.command(stage);
            by_environment.env("AWS_PROFILE", "nope");
            for asked in [by_option, by_environment] {
                let ran = finish(asked)?.expect_code(253)?;
                ran.expect_error(&[
                    "the profile is \"nope\"",
                    "which have default, half, lost, same",
                ])?;
            }
            Ok(())
        },
    );
    suite.test(
        "access: what the AWS CLI refuses is refused before anything is asked",
        async |stage| {
            let files = Files::write()?;
            let hears = Listener::replying(REFUSAL)?;
            for (given, parts) in refused() {
                let mut asked = files.command(stage);
                asked.args(["--endpoint-url", &hears.url]);
                given(&mut asked);
                let ran = finish(asked)?.expect_code(253)?;
                ran.expect_error(parts)?;
                expect_lines(&ran, 2)?;
            }
            ensure!(hears.heard()?.is_empty(), "{:?}", hears.heard()?);
            Ok(())
        },
    );
    suite.test(
        "access: AWS_DEFAULT_PROFILE comes before AWS_PROFILE",
        async |stage| {
            let files = Files::write()?;
            let hears = Listener::replying(REFUSAL)?;
            let mut asked = files.command(stage);
            asked
                .env_remove("AWS_ACCESS_KEY_ID")
                .env("AWS_DEFAULT_PROFILE", "same")
                .env("AWS_PROFILE", "default")
                .args(["--endpoint-url", &hears.url]);
            finish(asked)?.expect_code(254)?;
            expect_key(&hears, "Credential=SAMEKEY/")
        },
    );
    suite.test(
        "access: a malformed configuration file is named with its line",
        async |stage| {
            let files = Files::write()?;
            std::fs::write(files.0.path().join("config"), "[profile same\nregion = x\n")?;
            let mut by_profile = files.command(stage);
            by_profile.args(["--profile", "same"]);
            // The AWS CLI reads the file whether or not it needs a profile.
            for asked in [by_profile, files.command(stage)] {
                let ran = finish(asked)?.expect_code(253)?;
                ran.expect_error(&["cannot be read", "line 1", "config"])?;
                expect_lines(&ran, 1)?;
            }
            Ok(())
        },
    );
    suite.test(
        "access: a proxy of the environment is asked",
        async |stage| {
            let files = Files::write()?;
            let proxy = Listener::replying(REFUSAL)?;
            for (variable, url, line) in [
                (
                    "HTTP_PROXY",
                    "http://aws.invalid",
                    "POST http://aws.invalid/ HTTP/1.1",
                ),
                (
                    "HTTPS_PROXY",
                    "https://aws.invalid",
                    "CONNECT aws.invalid:443 HTTP/1.1",
                ),
            ] {
                let mut asked = files.command(stage);
                asked
                    .env(variable, &proxy.url)
                    .args(["--endpoint-url", url]);
                finish(asked)?.expect_code(254)?;
                let heard = proxy.heard()?;
                ensure!(
                    heard.iter().any(|head| head.starts_with(line)),
                    "{line} in {heard:#?}"
                );

                let mut down = files.command(stage);
                down.env(variable, "http://127.0.0.1:1")
                    .args(["--endpoint-url", url]);
                let ran = finish(down)?.expect_code(254)?;
                ran.expect_error(&[&format!("{url} through the proxy of {variable}: ")])?;

                let before = heard.len();
                let mut past = files.command(stage);
                past.env(variable, &proxy.url)
                    .env("NO_PROXY", "aws.invalid");
                past.args(["--endpoint-url", url]);
                let ran = finish(past)?.expect_code(254)?;
                ran.expect_error(&[&format!("cannot reach {url}: ")])?;
                ensure!(proxy.heard()?.len() == before, "asked in spite of NO_PROXY");
            }
            Ok(())
        },
    );
    suite.test(
        "access: no reply is told in one line and verbose has the rest",
        async |stage| {
            let files = Files::write()?;
            let mut without = files.command(stage);
            without
                .env_remove("AWS_ACCESS_KEY_ID")
                .env_remove("AWS_SECRET_ACCESS_KEY");
            let ran = finish(without)?.expect_code(253)?;
            ran.expect_error(&["failed with NoCredentials", "aws sso login"])?;
            expect_lines(&ran, 3)?;

            let page = Listener::replying(PAGE)?;
            let mut mistyped = files.command(stage);
            mistyped.env("AWS_ENDPOINT_URL", "localhost:4566");
            let ran = finish(mistyped)?.expect_code(253)?;
            ran.expect_error(&["the endpoint is \"localhost:4566\""])?;
            expect_lines(&ran, 1)?;

            for (url, reason) in [
                ("http://127.0.0.1:1", "cannot reach http://127.0.0.1:1: "),
                (&*page.url, "of type text/html"),
            ] {
                let mut asked = files.command(stage);
                asked.args(["--endpoint-url", url]);
                let ran = finish(asked)?.expect_code(254)?;
                ran.expect_error(&[reason])?;
                expect_lines(&ran, 3)?;

                let mut asked = files.command(stage);
                asked.args(["--endpoint-url", url, "--verbose"]);
                let verbose = finish(asked)?.expect_code(254)?;
                ensure!(verbose.error.len() > 2 * ran.error.len(), "{verbose:#?}");
            }
            Ok(())
        },
    );
    suite.test(
        "access: an ARN is asked for in its own region",
        async |stage| {
            let files = Files::write()?;
            for arguments in [
                [
                    "explain",
                    "arn:aws:states:eu-west-3:000000000000:execution:sm:jobs-1",
                ]
                .as_slice(),
                &[
                    "explain",
                    "jobs-1",
                    "--state-machine",
                    "arn:aws:states:eu-west-3:000000000000:stateMachine:sm",
                ],
            ] {
                let hears = Listener::replying(REFUSAL)?;
                let mut asked = bare(stage);
                files.name_in(&mut asked);
                asked.env("AWS_REGION", "eu-west-1").args(arguments);
                asked.args(["--endpoint-url", &hears.url]);
                finish(asked)?.expect_code(254)?;
                expect_key(&hears, "/eu-west-3/states/")?;
            }
            Ok(())
        },
    );
    suite.test(
        "access: an exit code holds if nobody reads",
        async |stage| {
            let (reader, writer) = io::pipe()?;
            drop(reader);
            let mut unread = command(stage);
            unread.args(DOCTOR).stdout(writer);
            let mut read = command(stage);
            read.args(DOCTOR);
            let expected = finish(read)?;
            ensure!(expected.code != Some(0), "{expected:#?}");
            let ran = finish(unread)?;
            ensure!(ran.code == expected.code, "{ran:#?}");
            Ok(())
        },
    );
}

type Given = fn(&mut Command) -> &mut Command;

/// What cannot be asked with, each with what the error names.
fn refused() -> [(Given, &'static [&'static str]); 8] {
    [
        (
            |asked| asked.env_remove("AWS_SECRET_ACCESS_KEY"),
            &["AWS_SECRET_ACCESS_KEY is missing"],
        ),
        (
            |asked| asked.env("AWS_SECRET_ACCESS_KEY", ""),
            &["AWS_SECRET_ACCESS_KEY is missing"],
        ),
        (
            |asked| asked.args(["--profile", "lost"]),
            &["source_profile of the profile \"lost\" is \"gone\""],
        ),
        (
            |asked| asked.args(["--profile", "half"]),
            &["aws_secret_access_key is missing in the profile \"half\""],
        ),
        (
            |asked| asked.env("AWS_PROFILE", ""),
            &["the profile is \"\""],
        ),
        (
            |asked| asked.args(["--region", "us east"]),
            &["the region is \"us east\""],
        ),
        (
            |asked| asked.env("HTTP_PROXY", "nonsense://"),
            &["HTTP_PROXY cannot be used"],
        ),
        (
            |asked| {
                asked
                    .env_remove("AWS_REGION")
                    .args(["--region", ""])
                    .env("AWS_CONFIG_FILE", "/dev/null")
            },
            &["no region is set"],
        ),
    ]
}

/// Configuration files in a folder of their own.
struct Files(TempDir);

impl Files {
    fn write() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("config"), CONFIG)?;
        std::fs::write(folder.path().join("credentials"), CREDENTIALS)?;
        Ok(Self(folder))
    }

    /// `doctor`, with these files, and keys in the environment.
    fn command(&self, stage: &Stage) -> Command {
        let mut command = bare(stage);
        self.name_in(&mut command);
        command.args(DOCTOR);
        command
    }

    fn name_in(&self, command: &mut Command) {
        command
            .env("AWS_CONFIG_FILE", self.0.path().join("config"))
            .env(
                "AWS_SHARED_CREDENTIALS_FILE",
                self.0.path().join("credentials"),
            );
    }
}

fn expect_key(hears: &Listener, part: &str) -> Result<()> {
    let heard = hears.heard()?;
    let head = heard.first().context("nothing was heard")?;
    ensure!(head.contains(part), "no {part} in {head}");
    Ok(())
}

fn expect_lines(ran: &Ran, most: usize) -> Result<()> {
    ensure!(ran.error.lines().count() <= most, "{ran:#?}");
    Ok(())
}
