//! Writes `docs/backtest.md`: every policy over the traces of a folder.
//!
//! `cargo run --release --package spotmanager-backtest --example study FOLDER > docs/backtest.md`

use std::{env, error::Error, fs, fs::File};

use rust_decimal::{Decimal, prelude::ToPrimitive};
use spotmanager_backtest::{Jobs, Outcome, Policy, Prices, Scene, Timings, Trace, replay};

const INTRODUCTION: &str = "\
# Would jobs have waited?

Written by `cargo run --release --package spotmanager-backtest --example study FOLDER > \
docs/backtest.md`, over the traces in a folder. These are of p3.2xlarge in four Availability Zones \
of us-east-1, probed every 195 s for 45 days from 2023-02-15, which were published with Wu et al., \
[Can't Be Late](https://www.usenix.org/conference/nsdi24/presentation/wu-zhanghao), NSDI 2024. Each \
zone is a separate trace. [The command](how-to/command.md) says how to probe your own account.

What is played: two groups of at most one instance, jobs of 240 s that come at any time alike, the \
alarms and timings of the templates, 60 s from a launch to service, 120 s of notice before an \
interruption, 30 s from a failed launch to the next one, and the deployed flow \
(`crates/domain/src/flow`): an execution for each alarm, each interruption warning, each failed \
launch of the spot group and each tick of `ReturnToSpotRate`. A job whose instance is taken back \
begins anew. An instance with a job is not scaled in. Spot costs 0.918 USD per hour and on-demand \
3.06.

- **Waited** are the minutes in which a job waited and no instance was in service or launching. Up \
to a minute passes for every policy before the alarm looks at the queue, whose metrics are taken \
to be awake: after six idle hours SQS may delay them by up to 15 minutes, see \
[deploy](how-to/deploy.md#what-to-know-before).
- **The clairvoyant** is the lower bound. It pays for one instance from the alarm on, spot whenever there is any, changes \
over at once, loses no work and pays for no two instances at a time. No policy can cost less \
without letting jobs wait, and none can reach it.
- **The plain rule** takes spot if there is any, otherwise on-demand after 300 s, and does not return.
- **SpotManager** has its [limits](how-to/lost-capacity.md) here too: a warning gives way to an \
execution that runs, and if on-demand is full the spot group goes on trying.
- **Spot with endless retry** is what one group with a mixed instances policy does, and what the \
2016 original does where the price is within its limit. It costs least because its jobs are not \
done.
";

struct Setting {
    title: &'static str,
    timings: Timings,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("which folder holds the traces?")?;
    let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    files.retain(|file| file.path().extension().is_some_and(|is| is == "json"));
    files.sort_by_key(fs::DirEntry::file_name);
    let mut traces = Vec::new();
    for file in files {
        let name = file.file_name().to_string_lossy().into_owned();
        let zone = name.split('.').next().unwrap_or(&name);
        traces.push(Trace::read(zone, File::open(file.path())?)?);
    }
    let settings = [
        Setting {
            title: "As deployed",
            timings: Timings::default(),
        },
        Setting {
            title: "`ReturnToSpotRate` `rate(5 minutes)`, `LaunchFailureWindowSeconds` 240",
            timings: Timings {
                return_to_spot: 300,
                launch_failure_window: 240,
                ..Timings::default()
            },
        },
    ];
    println!("{INTRODUCTION}");
    for Setting { title, timings } in settings {
        println!("## {title}\n");
        println!(
            "| zone | spot available | load | policy | USD | of the bound | waited, minutes | longest wait, seconds | interruptions | changes of kind | jobs done |"
        );
        println!("|---|---|---|---|---|---|---|---|---|---|---|");
        for trace in &traces {
            for load in [0.2, 0.6, 1.5] {
                table(trace, load, timings)?;
            }
        }
        println!();
    }
    Ok(())
}

fn table(trace: &Trace, load: f64, timings: Timings) -> Result<(), Box<dyn Error>> {
    let prices = Prices {
        spot: "0.918".parse()?,
        on_demand: "3.06".parse()?,
    };
    let scene = Scene {
        traces: std::slice::from_ref(trace),
        jobs: Jobs {
            load,
            job_seconds: 240,
            seed: 1,
        },
        timings,
    };
    let bound = replay(Policy::Clairvoyant, scene).usd(prices);
    for policy in Policy::ALL {
        let outcome = replay(policy, scene);
        let Outcome {
            waited_seconds,
            longest_wait_seconds,
            interruptions,
            switches,
            jobs_done,
            ..
        } = outcome;
        let usd = outcome.usd(prices);
        let percent = (usd / bound * Decimal::ONE_HUNDRED).to_f64();
        println!(
            "| {} | {:.0} % | {load} | {policy} | {usd:.0} | {:.1} % | {} | {longest_wait_seconds} | {interruptions} | {switches} | {jobs_done} |",
            trace.zone(),
            trace.share_available() * 100.0,
            percent.unwrap_or(f64::NAN),
            waited_seconds / 60,
        );
    }
    Ok(())
}
