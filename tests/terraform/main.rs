//! The Terraform module on the local AWS, by the real `terraform` with the real provider.
//!
//! Without both, the tests are shown as ignored, with the reason. `target/logs/terraform/engines.txt`
//! says in a line what they ran with, or why they did not.

mod adopted;
mod applied;
mod cloud;
mod engine;
mod mirror;
mod workspace;

use std::{fs, process::ExitCode, sync::Arc};

use anyhow::Result;
use libtest_mimic::{Arguments, Failed, Trial};
use spotmanager_testbed::Checkout;
use tokio::runtime::{Handle, Runtime};

use crate::{
    cloud::Cloud,
    engine::{Engine, engines, text},
};

const APPLIED: &str = "terraform: the module is applied, stays as it is, and leaves nothing behind";
const ADOPTED: &str = "terraform: the topic of another deployment is refused";

fn main() -> Result<ExitCode> {
    let mut arguments = Arguments::from_args();
    // Most of a test is waiting.
    arguments.test_threads.get_or_insert(4);
    let found = engines();
    let said = match &found {
        Ok(engines) => engines.iter().map(say).collect::<Vec<_>>().join(", "),
        Err(reason) => format!("not tested: {reason}"),
    };
    note(&said)?;
    let mut trials = vec![Trial::test(
        "terraform: a mirror's providers are found",
        || mirror::test().map_err(failed),
    )];
    let runtime = Runtime::new()?;
    let cloud = match &found {
        Ok(_) => Some(Arc::new(runtime.block_on(Cloud::start())?)),
        Err(_) => None,
    };
    match (&found, &cloud) {
        (Ok(engines), Some(cloud)) => {
            for engine in engines {
                let kind = say(engine);
                trials.extend(
                    on(cloud, engine, runtime.handle()).map(|trial| trial.with_kind(&kind)),
                );
            }
        }
        _ => trials.extend([APPLIED, ADOPTED].map(|name| {
            let reason = said.clone();
            let trial = Trial::test(name, move || Err(reason.into()));
            trial.with_kind(&said).with_ignored_flag(true)
        })),
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The emulator ends with it, which an exit of the process would skip.
    drop(cloud);
    Ok(conclusion.exit_code())
}

fn on(cloud: &Arc<Cloud>, engine: &Engine, handle: &Handle) -> [Trial; 2] {
    let trial = |name, test: TestOn| {
        let (cloud, engine, handle) = (Arc::clone(cloud), engine.clone(), handle.clone());
        Trial::test(name, move || test(&cloud, &engine, &handle).map_err(failed))
    };
    [
        trial(APPLIED, |cloud, engine, handle| {
            handle.block_on(applied::test(cloud, engine))
        }),
        trial(ADOPTED, |cloud, engine, handle| {
            handle.block_on(adopted::test(cloud, engine))
        }),
    ]
}

type TestOn = fn(&Cloud, &Engine, &Handle) -> Result<()>;

fn failed(error: anyhow::Error) -> Failed {
    format!("{error:#}").into()
}

fn say(engine: &Engine) -> String {
    let [terraform, provider] = [engine.version, engine.provider].map(text);
    format!("Terraform {terraform} with hashicorp/aws {provider}")
}

/// For whoever runs all tests: libtest shows an ignored test among many.
fn note(said: &str) -> Result<()> {
    let folder = Checkout::of_this_program()?.logs("terraform");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("engines.txt"), format!("{said}\n"))?;
    Ok(())
}
