//! Where the prices come from.

use std::{
    fs::File,
    io::{self, BufReader, IsTerminal, Read},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};
use spotmanager_aws::{
    SdkConfig,
    spot_prices::{Client, Query, read_changes},
};
use spotmanager_backtest::history::{Gatherer, HistoryError, Wanted};
use spotmanager_domain::price::Window;

use super::period;
use crate::{
    access,
    arguments::{Global, Prices},
};

/// For how many days EC2 keeps spot prices.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-instances-history.html>.
pub(super) const KEPT_DAYS: i64 = 90;
const KEPT: SignedDuration = SignedDuration::from_hours(KEPT_DAYS * 24);

/// Where the prices come from.
#[derive(Debug)]
pub(super) enum Source {
    Files(Vec<PathBuf>),
    /// The time that is to be replayed.
    Ec2(Box<SdkConfig>, Window),
}

impl Source {
    pub(super) async fn of(wanted: &Prices, global: &Global) -> Result<Self> {
        if !wanted.files.is_empty() {
            return Ok(Self::Files(wanted.files.clone()));
        }
        let now = Timestamp::now();
        let window = Window {
            start: wanted.start_time.unwrap_or(now - KEPT),
            end: wanted.end_time.unwrap_or(now).min(now),
        };
        period::ensure_asked_of_ec2(wanted, window, now)?;
        let config = access::config(global).await?;
        Ok(Self::Ec2(Box::new(config), window))
    }

    /// What it is called.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Files(files) => {
                let names = files.iter().map(|file| name_of(file));
                names.collect::<Vec<_>>().join(", ")
            }
            Self::Ec2(config, _) => {
                let region = config.region().map_or("", |region| region.as_ref());
                format!("EC2 in {region}")
            }
        }
    }

    /// All records that are wanted.
    pub(super) async fn gather(&self, wanted: &Prices) -> Result<Gatherer> {
        let mut gatherer = gatherer(wanted);
        match self {
            Self::Files(files) => {
                for file in files {
                    read(file, &mut gatherer)
                        .with_context(|| format!("cannot read {}", name_of(file)))?;
                }
            }
            Self::Ec2(config, window) => {
                let client = Client::new(config);
                // Earlier prices fill the window of the first decision.
                let window = Window {
                    start: window.start.checked_sub(period::longest_window(wanted))?,
                    end: window.end,
                };
                Box::pin(ask(&client, wanted, window, &mut gatherer)).await?;
            }
        }
        Ok(gatherer)
    }
}

/// Without a record yet.
pub(super) fn gatherer(wanted: &Prices) -> Gatherer {
    Gatherer::new(Wanted {
        product_description: wanted.product_description.clone(),
        instance_types: wanted.instance_type.clone(),
        availability_zones: wanted.availability_zone.clone(),
    })
}

fn read(path: &Path, to: &mut Gatherer) -> Result<()> {
    if path == Path::new("-") {
        let standard_input = io::stdin();
        ensure!(
            !standard_input.is_terminal(),
            "standard input is a terminal; it should be a file or a pipe"
        );
        let name = name_of(path);
        return feed(&name, standard_input, ProgressBar::new_spinner(), to);
    }
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let bar = ProgressBar::new(length).with_style(style("{bytes} of {total_bytes}")?);
    feed(&name_of(path), file, bar, to)
}

fn name_of(path: &Path) -> String {
    if path == Path::new("-") {
        return "standard input".to_owned();
    }
    path.display().to_string()
}

fn feed(name: &str, from: impl Read, bar: ProgressBar, to: &mut Gatherer) -> Result<()> {
    let read = to.read(name, BufReader::with_capacity(1 << 16, bar.wrap_read(from)));
    bar.finish_and_clear();
    Ok(read?)
}

/// EC2 begins with the newest price of the window, so that the bar fills towards its start.
async fn ask(client: &Client, wanted: &Prices, window: Window, to: &mut Gatherer) -> Result<()> {
    let query = Query {
        instance_types: &wanted.instance_type,
        product_description: &wanted.product_description,
        window,
    };
    let length = seconds(window.end.duration_since(window.start));
    let bar = ProgressBar::new(length).with_style(style("{msg} records from EC2")?);
    let mut failed: Option<HistoryError> = None;
    let asked = read_changes(client, query, |change| match change {
        Some(change) if failed.is_none() => {
            bar.set_position(seconds(window.end.duration_since(change.at)).min(length));
            bar.set_message(to.records().to_string());
            failed = to.add(&change).err();
        }
        Some(_) => {}
        None => to.reject(),
    });
    let asked = asked.await;
    bar.finish_and_clear();
    asked?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

fn style(told: &str) -> Result<ProgressStyle> {
    let template = format!("{{bar:40}} {told}");
    Ok(ProgressStyle::with_template(&template)?)
}

fn seconds(length: SignedDuration) -> u64 {
    u64::try_from(length.as_secs()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{super::tests::wanted, *};

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let file = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        let nowhere = PathBuf::from("nowhere.json");
        for (file, part) in [(file, "AvailabilityZone"), (nowhere, "nowhere.json")] {
            let mut gatherer = gatherer(&wanted(&[]));
            let read = read(&file, &mut gatherer).with_context(|| file.display().to_string());
            let error = format!("{:#}", read.unwrap_err());
            assert!(error.contains(part), "{part} in {error}");
        }
    }
}
