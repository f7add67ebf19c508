//! A command at a terminal, with somebody who answers its question.

use std::process::Command;

use anyhow::Result;
use spotmanager_testbed::Stage;

use crate::command::{Ran, finish};

/// Runs a command at a terminal, and types the answer once the question has come; what it wrote to
/// either stream comes as the output. The answer is typed again until the command ends: what is
/// typed before the command reads single keys may be lost.
const SCRIPT: &str = r#"
import os, pty, select, sys

question, answer, *command = sys.argv[1:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
seen = b""
while True:
    readable, _, _ = select.select([terminal], [], [], 0.2)
    if readable:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    elif question.encode() in seen:
        os.write(terminal, answer.encode())
sys.stdout.buffer.write(seen.replace(b"\r\n", b"\n"))
sys.stdout.buffer.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"#;

/// What the command did, whose question was answered.
pub(crate) fn at_terminal(
    stage: &Stage,
    command: Command,
    question: &str,
    answer: &str,
) -> Result<Ran> {
    let mut python = Command::new(stage.checkout.tool("python")?);
    python
        .args(["-c", SCRIPT, question, answer])
        .arg(command.get_program())
        .args(command.get_args())
        .envs(stage.local.environment())
        .env("COLUMNS", "500")
        .env("NO_COLOR", "1");
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            python.env(name, value);
        }
    }
    finish(python)
}
