//! The commands of the pages: the AWS CLI that is pinned has each of them, with each option.

use std::{
    env, fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context, Result, ensure};
use spotmanager_testbed::{Stage, Suite};

/// Stands in for the AWS CLI: notes how it is called, and answers something.
const NOTES: &str = r#"#!/bin/sh
{ printf '%s\0' "$@"; printf '\1\0'; } >> "$CALLS"
echo 1
"#;

/// Has the AWS CLI read each call, which ends with exit code 2 or 252 if it cannot, and with
/// another where nobody answers.
const READS: &str = r#"
import contextlib, io, sys
from awscli.clidriver import create_clidriver

calls = open(sys.argv[1], "rb").read().split(b"\1\0")[:-1]
for call in calls:
    arguments = [argument.decode() for argument in call.split(b"\0")[:-1]]
    told = io.StringIO()
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(io.StringIO()):
        try:
            code = create_clidriver().main(arguments)
        except SystemExit as ended:
            code = ended.code
    if code in (2, 252):
        print("aws", *arguments, told.getvalue().strip().splitlines()[-1:])
print(len(calls), "calls")
"#;

/// What the pages leave to the reader.
const VARIABLES: [(&str, &str); 10] = [
    (
        "ARN",
        "arn:aws:states:us-east-1:111122223333:execution:spotmanager:one",
    ),
    ("BUCKET", "bucket"),
    ("DEPLOYMENT", "spotmanager"),
    ("GROUP", "render-farm-spot"),
    (
        "LOOP",
        "arn:aws:states:us-east-1:111122223333:stateMachine:loop",
    ),
    (
        "MACHINE",
        "arn:aws:states:us-east-1:111122223333:stateMachine:spotmanager",
    ),
    (
        "RUN",
        "arn:aws:states:us-east-1:111122223333:execution:loop:one",
    ),
    ("STACK", "render-farm"),
    (
        "STATE_MACHINE_ARN",
        "arn:aws:states:us-east-1:111122223333:stateMachine:spotmanager",
    ),
    ("TEST_ROLE", "arn:aws:iam::111122223333:role/test"),
];

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "documents: the AWS CLI has every command and option of the pages",
        async |stage| {
            let folder = tempfile::tempdir()?;
            let calls = folder.path().join("calls");
            fs::write(&calls, "")?;
            let mut expected = 0;
            for page in pages(stage)? {
                let text = fs::read_to_string(&page)?;
                let commands = commands(&text);
                expected += commands.matches("\naws ").count();
                run(stage, folder.path(), &calls, &commands)
                    .with_context(|| page.display().to_string())?;
            }
            let read = python(stage, folder.path(), &calls)?;
            let told = String::from_utf8(read.stdout)?;
            let (count, unknown) = told
                .trim_end()
                .rsplit_once('\n')
                .map_or((told.as_str(), ""), |(unknown, count)| (count, unknown));
            ensure!(read.status.success() && unknown.is_empty(), "{told}");
            let count = count.split(' ').next().unwrap_or_default();
            ensure!(
                count.parse::<usize>()? >= expected && expected > 20,
                "{told}, {expected}"
            );
            Ok(())
        },
    );
}

/// The runbook, what is unverified, and the pages that say how to do something.
fn pages(stage: &Stage) -> Result<Vec<PathBuf>> {
    let docs = stage.checkout.root().join("docs");
    let mut pages = vec![docs.join("runbook.md"), docs.join("unverified.md")];
    for page in fs::read_dir(docs.join("how-to"))? {
        pages.push(page?.path());
    }
    Ok(pages)
}

/// The first block of commands after a heading, without the indentation of the list it is in.
pub(crate) fn block_after(text: &str, heading: &str) -> Result<String> {
    let (_, rest) = text.split_once(heading).context("no such heading")?;
    blocks(rest).into_iter().next().context("no commands")
}

/// Every block of commands.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<(usize, String)> = None;
    for line in text.lines() {
        let indentation = line.len() - line.trim_start().len();
        match &mut block {
            None if line.trim_start() == "```sh" => block = Some((indentation, String::new())),
            None => {}
            Some(_) if line.trim_start() == "```" => {
                blocks.extend(block.take().map(|(_, block)| block));
            }
            Some((outer, block)) => {
                block.push_str(line.get(*outer..).unwrap_or_default());
                block.push('\n');
            }
        }
    }
    blocks
}

/// What a shell is to run: each block, and each command within a sentence that is a whole one.
fn commands(text: &str) -> String {
    let mut commands = String::from("output() { echo value; }\n");
    for block in blocks(text) {
        commands.push_str(&block);
    }
    // Between the marks of code, outside of blocks.
    let prose = text.split("```").step_by(2).collect::<Vec<_>>().join("\n");
    for code in prose.split('`').skip(1).step_by(2) {
        if code.starts_with("aws ") && code.contains(" --") {
            commands.push('\n');
            commands.push_str(code);
            commands.push('\n');
        }
    }
    commands
}

/// Runs commands where only the AWS CLI is there, which notes its calls, and tools that read.
fn run(stage: &Stage, folder: &Path, calls: &Path, commands: &str) -> Result<()> {
    let tools = folder.join("tools");
    if !tools.exists() {
        fs::create_dir_all(folder.join("target/package"))?;
        symlink(stage.checkout.root().join("infra"), folder.join("infra"))?;
        fs::create_dir(&tools)?;
        fs::write(tools.join("aws"), NOTES)?;
        fs::set_permissions(tools.join("aws"), fs::Permissions::from_mode(0o755))?;
        for tool in ["cat", "date", "sh"] {
            symlink(found(tool)?, tools.join(tool))?;
        }
    }
    let output = Command::new(found("bash")?)
        .args(["-c", commands])
        .current_dir(folder)
        .env_clear()
        .envs(VARIABLES)
        .env("CALLS", calls)
        .env("PATH", &tools)
        .output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(!told.contains("syntax error"), "{told}");
    Ok(())
}

/// Where the machine has a tool.
fn found(tool: &'static str) -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places = env::split_paths(&path).map(|folder| folder.join(tool));
    places.find(|place| place.exists()).context(tool)
}

/// What the AWS CLI cannot read.
fn python(stage: &Stage, folder: &Path, calls: &Path) -> Result<Output> {
    Ok(Command::new(stage.checkout.tool("python")?)
        .args(["-c", READS])
        .arg(calls)
        .current_dir(folder)
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        // Nobody listens there, and nobody is asked twice.
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .env("AWS_MAX_ATTEMPTS", "1")
        .output()?)
}
