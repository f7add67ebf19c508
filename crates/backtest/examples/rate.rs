//! Measures how many price records a minute are read, sorted and replayed, and the memory that takes.
//!
//! `cargo run --release --package spotmanager-backtest --example rate -- 10000000`

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{BufReader, BufWriter, Seek, SeekFrom, Write},
    time::Instant,
};

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use spotmanager_backtest::{
    cost::{Average, Cadence, Period, Question, Replay, Setting},
    history::{Gatherer, Wanted},
};
use spotmanager_domain::verdict::Terms;

const TYPES: [&str; 4] = ["g4dn.xlarge", "g5.xlarge", "p3.2xlarge", "g4dn.2xlarge"];
const ZONES: [char; 6] = ['a', 'b', 'c', 'd', 'e', 'f'];
const DAYS: i64 = 90;

/// Writes changes of prices over ninety days, the newest first as EC2 answers.
fn write(records: i64, is_json: bool) -> Result<File, Box<dyn Error>> {
    let mut random = fastrand::Rng::with_seed(1);
    let mut file = BufWriter::new(tempfile::tempfile()?);
    let begin: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    if is_json {
        writeln!(file, "{{\n    \"SpotPriceHistory\": [")?;
    } else {
        writeln!(
            file,
            "AvailabilityZone,InstanceType,ProductDescription,SpotPrice,Timestamp"
        )?;
    }
    for record in (0..records).rev() {
        let at = begin + SignedDuration::from_secs(record * DAYS * 86_400 / records);
        let at = at.strftime("%Y-%m-%dT%H:%M:%S+00:00");
        let instance_type = random.choice(TYPES).unwrap_or_default();
        let zone = random.choice(ZONES).unwrap_or_default();
        let price = random.u32(150_000..450_000);
        if is_json {
            let end = if record == 0 { "" } else { "," };
            writeln!(
                file,
                "        {{\n            \"AvailabilityZone\": \"us-east-1{zone}\",\n            \"InstanceType\": \"{instance_type}\",\n            \"ProductDescription\": \"Linux/UNIX\",\n            \"SpotPrice\": \"0.{price:06}\",\n            \"Timestamp\": \"{at}\"\n        }}{end}"
            )?;
        } else {
            writeln!(
                file,
                "us-east-1{zone},{instance_type},Linux/UNIX,0.{price:06},{at}"
            )?;
        }
    }
    if is_json {
        writeln!(file, "    ]\n}}")?;
    }
    let mut file = file.into_inner()?;
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

fn setting(maximum_price: i64, average: Average, pools: usize) -> Setting {
    Setting {
        maximum_price: Some(Decimal::new(maximum_price, 2)),
        on_demand_usd: Decimal::new(526, 3),
        terms: Terms::with_margin(Decimal::from(15)),
        window_seconds: 3_600,
        average,
        pools: (0..pools).collect(),
    }
}

fn measure(name: &str, file: File) -> Result<(), Box<dyn Error>> {
    let length = file.metadata()?.len();
    let begun = Instant::now();
    let mut gatherer = Gatherer::new(Wanted {
        product_description: "Linux/UNIX".to_owned(),
        ..Wanted::default()
    });
    gatherer.read(name, BufReader::with_capacity(1 << 16, file))?;
    let history = gatherer.finish()?;
    let read = begun.elapsed();
    let first = history.firsts.iter().min().copied();
    let (Some(start), Some(end)) = (first, history.last) else {
        return Err("no record".into());
    };
    let (pools, records) = (history.pools.len(), history.records);
    let question = Question {
        period: Period { start, end },
        pools: history.pools.clone(),
        on_demand: vec![Decimal::new(526, 3); pools],
        cadence: Cadence::default(),
        settings: vec![
            setting(40, Average::TimeWeighted, pools),
            setting(40, Average::PlainMean, pools),
            setting(30, Average::TimeWeighted, pools),
            setting(20, Average::TimeWeighted, pools),
        ],
        columns: 360,
    };
    let mut replay = Replay::new(&question);
    for change in history.changes() {
        replay.take(change?);
    }
    let answer = replay.finish();
    let all = begun.elapsed();
    let settings = answer.settings.iter();
    let decisions: u64 = settings.map(|setting| setting.outcome.decisions).sum();
    let per_minute = u128::from(records) * 60_000 / all.as_millis().max(1);
    println!(
        "{name}: {records} records of {pools} pools, {length} bytes, {} settings, {decisions} decisions: read in {:.1} s, all in {:.1} s, {per_minute} records a minute",
        question.settings.len(),
        read.as_secs_f64(),
        all.as_secs_f64(),
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let records = env::args()
        .nth(1)
        .map_or(Ok(1_000_000), |count| count.parse())?;
    for (name, is_json) in [("CSV", false), ("JSON", true)] {
        measure(name, write(records, is_json)?)?;
        let status = fs::read_to_string("/proc/self/status")?;
        let most = status.lines().find(|line| line.starts_with("VmHWM"));
        println!("{}", most.unwrap_or_default());
    }
    Ok(())
}
