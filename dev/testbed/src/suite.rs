//! What the suites share: one local AWS for all tests of a program, each test with stacks,
//! groups and instance types of its own.

use std::{process::ExitCode, sync::Arc};

use anyhow::Result;
use libtest_mimic::{Arguments, Trial};
use tokio::runtime::{Handle, Runtime};

use crate::stage::{self, Stage};

/// The trials of a program, all on one local AWS.
#[derive(Debug)]
pub struct Suite {
    stage: Arc<Stage>,
    handle: Handle,
    trials: Vec<Trial>,
    at_once: Option<usize>,
}

impl Suite {
    /// How many tests run at once, where nothing else is asked for; else one for each processor.
    pub fn at_once(&mut self, tests: usize) {
        self.at_once = Some(tests);
    }

    /// Adds a test.
    pub fn test<F>(&mut self, name: &str, test: F)
    where
        F: AsyncFnOnce(&Stage) -> Result<()> + Send + 'static,
    {
        let (stage, handle) = (Arc::clone(&self.stage), self.handle.clone());
        self.trials.push(Trial::test(name, move || {
            handle
                .block_on(test(&stage))
                .map_err(|error| format!("{error:#}").into())
        }));
    }
}

/// Starts a local AWS, and runs the tests that `add` adds on it.
///
/// # Errors
/// When the local AWS cannot be started.
pub fn run(program: &str, add: impl FnOnce(&mut Suite)) -> Result<ExitCode> {
    run_at(stage::TIME_SCALE, program, add)
}

/// The same where a second of AWS lasts `time_scale` seconds.
///
/// # Errors
/// When the local AWS cannot be started.
pub fn run_at(time_scale: f64, program: &str, add: impl FnOnce(&mut Suite)) -> Result<ExitCode> {
    let mut arguments = Arguments::from_args();
    let runtime = Runtime::new()?;
    let stage = Arc::new(runtime.block_on(Stage::set(program, time_scale))?);
    let mut suite = Suite {
        stage: Arc::clone(&stage),
        handle: runtime.handle().clone(),
        trials: Vec::new(),
        at_once: None,
    };
    add(&mut suite);
    arguments.test_threads = arguments.test_threads.or(suite.at_once);
    let conclusion = libtest_mimic::run(&arguments, suite.trials);
    // The emulator ends with the stage, which an exit of the process would skip.
    drop(stage);
    Ok(conclusion.exit_code())
}
