//! The tutorial, every command of it as it is written.

use std::{
    io::{BufRead, BufReader},
    os::unix::fs::symlink,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use spotmanager_testbed::{Stage, Suite};
use tokio::time::timeout;

/// What all commands may take, of which most wait for one another.
const PATIENCE: Duration = Duration::from_secs(300);
/// Stands in what is printed for what is another each time.
const ANYTHING: char = '…';

pub(crate) fn add(suite: &mut Suite) {
    suite.test("tutorial: every command does as it says", async |stage| {
        let tutorial = stage.checkout.read("docs/tutorial.md")?;
        let commands = blocks(&tutorial, "sh");
        let (first, others) = commands.split_first().context("no command")?;
        let local_aws = LocalAws::start(stage, first)?;
        let folder = tempfile::tempdir()?;
        // The one that is pinned, whatever the machine has.
        symlink(stage.checkout.tool("aws")?, folder.path().join("aws"))?;
        let mut path = folder.path().as_os_str().to_owned();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut script = shell(stage);
        script
            .arg(others.concat())
            .envs(local_aws.environment.iter().cloned())
            .env("PATH", path);
        let mut script = tokio::process::Command::from(script);
        // It asks for an execution until there is one.
        let ran = timeout(PATIENCE, script.kill_on_drop(true).output()).await;
        let ran = ran.context("the tutorial takes too long")??;
        let printed = String::from_utf8(ran.stdout)?;
        let told = String::from_utf8_lossy(&ran.stderr);
        ensure!(ran.status.success(), "{printed}\n{told}");
        expect_printed(&printed, &blocks(&tutorial, "text"))
    });
}

/// The blocks of this language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    let fence = format!("```{language}");
    for line in text.lines() {
        match &mut block {
            None if line == fence => block = Some(String::new()),
            None => {}
            Some(_) if line == "```" => blocks.extend(block.take()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    blocks
}

/// A shell in the checkout that ends with the first command that fails.
fn shell(stage: &Stage) -> Command {
    let mut shell = Command::new("bash");
    shell
        .args(["-euo", "pipefail", "-c"])
        .current_dir(stage.checkout.root())
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("NO_COLOR", "1");
    shell
}

/// The local AWS of the tutorial, as its first command starts it; it ends when it is dropped.
struct LocalAws {
    process: Child,
    environment: Vec<(String, String)>,
}

impl LocalAws {
    fn start(stage: &Stage, command: &str) -> Result<Self> {
        let mut process = shell(stage)
            .arg(format!("exec {command}"))
            .stdout(Stdio::piped())
            .spawn()?;
        let out = process.stdout.take().context("no output")?;
        let mut started = Self {
            process,
            environment: Vec::new(),
        };
        for line in BufReader::new(out).lines() {
            let line = line?;
            if let Some((name, value)) = line
                .trim_start()
                .strip_prefix("export ")
                .and_then(|export| export.split_once('='))
            {
                started.environment.push((name.into(), value.into()));
            }
            if started.environment.len() == 5 {
                return Ok(started);
            }
        }
        bail!("{command} ended before it told five exports");
    }
}

impl Drop for LocalAws {
    fn drop(&mut self) {
        // So that it ends the emulator and the functions.
        let pid = self.process.id().to_string();
        let _ = Command::new("kill").arg(pid).status();
        let _ = self.process.wait();
    }
}

/// Every line in its order, and of each what does not change.
fn expect_printed(printed: &str, expected: &[String]) -> Result<()> {
    let mut rest = printed;
    for line in expected.iter().flat_map(|block| block.lines()) {
        for piece in line.split(ANYTHING).filter(|piece| !piece.is_empty()) {
            let at = rest.find(piece);
            let at = at.with_context(|| format!("no {piece:?}, of {line:?}, in {rest}"))?;
            rest = &rest[at + piece.len()..];
        }
    }
    Ok(())
}
