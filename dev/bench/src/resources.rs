//! What a process has used, as Linux counts it.
//! See <https://docs.kernel.org/filesystems/proc.html>.

use std::{fs, time::Duration};

use anyhow::{Context, Result};
use spotmanager_fake_aws::runtime_api::FunctionProcess;

/// The most memory that it had in RAM at once, MiB.
pub(crate) fn peak_memory(process: &FunctionProcess) -> Result<f64> {
    let status = fs::read_to_string(folder(process)?.join("status"))?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB"))
        .context("no VmHWM in the process's status")?;
    Ok(peak.trim().parse::<f64>()? / 1024.0)
}

/// The time that its threads have spent on a CPU, in user and kernel mode.
pub(crate) fn cpu_time(process: &FunctionProcess) -> Result<Duration> {
    let mut time = Duration::ZERO;
    for thread in fs::read_dir(folder(process)?.join("task"))? {
        let statistics = fs::read_to_string(thread?.path().join("schedstat"))
            .context("the kernel keeps no schedstat")?;
        let nanoseconds = statistics.split(' ').next().unwrap_or_default();
        time += Duration::from_nanos(nanoseconds.parse()?);
    }
    Ok(time)
}

fn folder(process: &FunctionProcess) -> Result<std::path::PathBuf> {
    let id = process.id().context("the process has ended")?;
    Ok(format!("/proc/{id}").into())
}
