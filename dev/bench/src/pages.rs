//! *evaluate* over a market of 1,000 instance types in six zones: what the length of the price
//! history costs in memory and CPU time.

use anyhow::{Result, ensure};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use spotmanager_fake_aws::PriceChange;

use crate::{
    farm::{Farm, STACK},
    resources::peak_memory,
    sample::Sample,
    side::SpotManager,
    step::invoke,
    subject::{Subjects, environment},
};

const TYPES: usize = 1_000;
const ZONES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
/// How often each price changes in the hour, in the longer history.
pub(crate) const CHANGES: u32 = 12;
/// EC2 gives so many records on a page.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html>.
const RECORDS_ON_A_PAGE: usize = 1_000;
const MIB: f64 = 1024.0 * 1024.0;

/// What the longer history costs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages {
    pub(crate) records: usize,
    pub(crate) pages: usize,
    /// What else was called.
    pub(crate) other_calls: usize,
    /// Of all replies.
    pub(crate) reply_mib: Sample,
    pub(crate) peak_mib: Sample,
    /// How much more memory it takes than a history without changes, per ten bytes that its
    /// replies are longer.
    pub(crate) growth_per_ten_bytes: Sample,
    pub(crate) cpu_seconds: Sample,
    /// Of what it answers; Step Functions takes 256 KiB.
    pub(crate) answer_kib: Sample,
}

/// One invocation of a process of its own.
struct Look {
    reply_mib: f64,
    peak_mib: f64,
    cpu_seconds: f64,
    answer_kib: f64,
    calls: Vec<String>,
}

/// Evaluates both histories in turn, so often.
pub(crate) async fn measure(subjects: &Subjects, farm: &Farm, runs: usize) -> Result<Pages> {
    let event = event(subjects, farm).await?;
    let mut pages = Pages {
        records: TYPES * ZONES.len() * (1 + usize::try_from(CHANGES)?),
        ..Pages::default()
    };
    for _ in 0..runs {
        set_prices(farm, 0);
        let short = look(subjects, farm, &event).await?;
        set_prices(farm, CHANGES);
        let long = look(subjects, farm, &event).await?;
        let longer = long.reply_mib - short.reply_mib;
        pages
            .growth_per_ten_bytes
            .add((long.peak_mib - short.peak_mib) / longer * 10.0);
        pages.reply_mib.add(long.reply_mib);
        pages.peak_mib.add(long.peak_mib);
        pages.cpu_seconds.add(long.cpu_seconds);
        pages.answer_kib.add(long.answer_kib);
        let is_page = |call: &&String| *call == "DescribeSpotPriceHistory";
        pages.pages = long.calls.iter().filter(is_page).count();
        pages.other_calls = long.calls.len() - pages.pages;
    }
    ensure!(
        pages.pages == pages.records.div_ceil(RECORDS_ON_A_PAGE),
        "{} records came on {} pages",
        pages.records,
        pages.pages
    );
    Ok(pages)
}

/// The bench's own stack as *discover* finds it, with more types and zones.
async fn event(subjects: &Subjects, farm: &Farm) -> Result<Value> {
    let execution = json!({"name": STACK, "started_at": Timestamp::now()});
    let mut functions = SpotManager::spawn(subjects, farm).await?;
    let (_, mut discovery) = functions.discover(farm, &execution).await?;
    let types: Vec<_> = (0..TYPES).map(instance_type).collect();
    let zones: Vec<_> = ZONES.iter().map(|zone| zone_name(zone)).collect();
    discovery["spot_group"]["instance_types"] = json!(types);
    discovery["spot_group"]["availability_zones"] = json!(zones);
    Ok(json!({"discovery": discovery}))
}

fn instance_type(index: usize) -> String {
    format!("b{index}.xlarge")
}

fn zone_name(zone: &str) -> String {
    format!("us-east-1{zone}")
}

/// A price of yesterday for every pool, and so many changes within the last hour.
fn set_prices(farm: &Farm, changes: u32) {
    let now = Timestamp::now();
    let ago = |minutes: i64| now - SignedDuration::from_mins(minutes);
    for index in 0..TYPES {
        for zone in ZONES {
            let times = std::iter::once(ago(24 * 60)).chain(
                (1..=changes).map(|change| ago(i64::from(change) * 50 / i64::from(changes))),
            );
            let history = times
                .zip(2_000_i64..)
                .map(|(at, ten_thousandths)| PriceChange {
                    at,
                    usd: Decimal::new(ten_thousandths, 4),
                })
                .collect();
            let market = farm.local.market();
            market.set_price_history(&instance_type(index), &zone_name(zone), history);
        }
    }
}

async fn look(subjects: &Subjects, farm: &Farm, event: &Value) -> Result<Look> {
    let environment = environment(farm.local.environment());
    let mut process = subjects.get("evaluate")?.spawn(&environment).await?;
    let replied = farm.local.replied_bytes();
    let (step, output) = invoke("evaluate", &mut process, event, &farm.local).await?;
    let look = Look {
        reply_mib: mib(farm.local.replied_bytes() - replied)?,
        peak_mib: peak_memory(&process)?,
        cpu_seconds: step.cpu.as_secs_f64(),
        answer_kib: mib(u64::try_from(output.to_string().len())?)? * 1024.0,
        calls: step.calls,
    };
    process.kill().await?;
    Ok(look)
}

fn mib(bytes: u64) -> Result<f64> {
    Ok(f64::from(u32::try_from(bytes)?) / MIB)
}
