//! The processes of the functions that the emulator runs.

use std::{fs, path::PathBuf};

use rustix::process::{Pid, Signal, getpgid, kill_process};

/// Where the emulator notes its functions' processes, and reads which of them to end.
#[derive(Clone, Debug)]
pub(crate) struct Functions {
    notes: PathBuf,
    group: Option<Pid>,
}

impl Functions {
    /// Notes are in `notes`; the functions' processes belong to `group`.
    pub(crate) fn new(notes: PathBuf, group: Option<Pid>) -> Self {
        Self { notes, group }
    }

    /// Kills every process of a function, as when its execution environment breaks down.
    pub(crate) fn kill(&self, function_name: &str) {
        let noted = fs::read_to_string(self.notes.join(format!("{function_name}.pids")));
        for pid in noted.unwrap_or_default().lines() {
            let pid = pid.parse().ok().and_then(Pid::from_raw);
            // A number may have gone to another program since.
            if let Some(pid) = pid
                && getpgid(Some(pid)).ok() == self.group
            {
                // One that has ended meanwhile needs no signal.
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }

    /// Kills the function's process the next time that it answers, before the answer is taken.
    pub(crate) fn kill_as_it_answers(&self, function_name: &str) {
        let mark = self.notes.join(format!("{function_name}.kill"));
        if let Err(error) = fs::write(&mark, "") {
            eprintln!("the local AWS cannot write {}: {error}", mark.display());
        }
    }
}
