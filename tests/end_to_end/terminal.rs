//! What the command writes in a terminal of any width.

use std::process::Command;

use anyhow::{Result, ensure};
use spotmanager_testbed::{Stage, Suite};

use crate::command::{Ran, command, finish};

/// Runs what follows in a terminal of so many columns; 0 is a terminal whose size nobody set.
const IN_TERMINAL: &str = r#"
import fcntl, os, pty, struct, sys, termios
columns, program = int(sys.argv[1]), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 0, columns, 0, 0))
    os.execv(program[0], program)
try:
    while text := os.read(terminal, 4096):
        os.write(1, text)
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"#;
const DOCTOR: [&str; 3] = ["doctor", "--stack", "terminal-none"];

pub(crate) fn add(suite: &mut Suite) {
    suite.test(
        "terminal: without a width, a row is as wide as it is",
        async |stage| {
            let piped = finish(doctor(stage))?.expect_code(1)?;
            let shown = in_terminal(stage, 0)?.expect_code(1)?;
            ensure!(
                shown.out.lines().count() == piped.out.lines().count(),
                "{shown:#?} {piped:#?}"
            );
            Ok(())
        },
    );
    suite.test(
        "terminal: no word breaks however narrow it is",
        async |stage| {
            let piped = finish(doctor(stage))?.expect_code(1)?;
            for columns in [1, 20, 60, 100] {
                let shown = in_terminal(stage, columns)?.expect_code(1)?;
                let shown: Vec<_> = shown.out.split_whitespace().collect();
                for word in piped.out.split_whitespace() {
                    let is_whole = shown.iter().any(|shown| shown.contains(word));
                    ensure!(is_whole, "{word} at {columns} in {shown:?}");
                }
            }
            Ok(())
        },
    );
    suite.test("terminal: COLUMNS is the width", async |stage| {
        let lines = |columns: &str| {
            let mut asked = doctor(stage);
            asked.env("COLUMNS", columns);
            finish(asked).map(|ran| ran.out.lines().count())
        };
        ensure!(lines("0")? < lines("40")?, "as many lines");
        Ok(())
    });
}

fn doctor(stage: &Stage) -> Command {
    let mut command = command(stage);
    command.args(DOCTOR).env_remove("COLUMNS");
    command
}

fn in_terminal(stage: &Stage, columns: usize) -> Result<Ran> {
    let mut command = Command::new(stage.checkout.tool("python")?);
    command
        .args(["-c", IN_TERMINAL, &columns.to_string()])
        .arg(stage.checkout.command())
        .args(DOCTOR)
        .envs(stage.local.environment())
        .env("NO_COLOR", "1")
        .env_remove("COLUMNS");
    finish(command)
}
