//! Zones of one campaign together: how a fleet is spread over them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use spotmanager_backtest::{
    Fleet, Played, Policy, Prices, Scene, Spread, Timings, Trace, TraceKind, Trial, play,
};
use spotmanager_domain::scaling::{ZonePrice, spread};

use crate::{
    Read, average, beyond,
    fleets::{BATCHES, Load},
    percent,
    table::Table,
};

/// How many instances are spread.
const INSTANCES: u32 = 16;
/// How often they are launched, and for how long they are watched, seconds.
const EVERY_SECONDS: usize = 1_800;
const WATCHED_SECONDS: u64 = 3_600;
/// What each zone's price is, percent of the cheapest, from the cheapest on.
const LADDER: [u32; 4] = [100, 105, 115, 130];

/// A rule with its name.
type Rule = (&'static str, Spread);

fn rules() -> [Rule; 7] {
    [
        ("all in the cheapest zone", |units, zones| {
            evenly(units, zones, 1)
        }),
        (
            "at most half in a zone, the cheapest two",
            |units, zones| evenly(units, zones, 2),
        ),
        ("at most a third, the cheapest three", |units, zones| {
            evenly(units, zones, 3)
        }),
        ("evenly over all zones", |units, zones| {
            evenly(units, zones, zones.len())
        }),
        ("evenly within 5 %", within::<5>),
        (CHOSEN, spread),
        ("evenly within 20 %", within::<20>),
    ]
}

/// The rule of `crates/domain/src/scaling/spread.rs`.
const CHOSEN: &str = "**evenly within 10 %**";

/// Evenly over so many of the cheapest zones.
fn evenly(units: i32, zones: &[ZonePrice], most: usize) -> Vec<(&str, i32)> {
    let zones: Vec<_> = zones.iter().take(most).collect();
    let count = i32::try_from(zones.len()).unwrap_or(i32::MAX);
    let shares = (0..).zip(zones).map(|(before, zone)| {
        let one_more = i32::from(before < units % count);
        (zone.zone.as_str(), units / count + one_more)
    });
    shares.collect()
}

/// Evenly over the zones at most so many percent above the cheapest.
fn within<const PERCENT: u32>(units: i32, zones: &[ZonePrice]) -> Vec<(&str, i32)> {
    let cheapest = zones.first().map(|zone| zone.usd_per_unit);
    let is_near = |zone: &&ZonePrice| {
        let most = Decimal::from(100 + PERCENT) / Decimal::ONE_HUNDRED;
        cheapest.is_some_and(|cheapest| zone.usd_per_unit <= cheapest * most)
    };
    evenly(units, zones, zones.iter().take_while(is_near).count())
}

/// The zones of a campaign with at least two, as zones of one group.
struct Campaign {
    name: String,
    zones: Vec<Trace>,
}

impl Campaign {
    fn all(read: &[Read]) -> Vec<Self> {
        let mut campaigns: BTreeMap<&str, Vec<Trace>> = BTreeMap::new();
        for Read { trace, campaign } in read {
            if trace.kind() == TraceKind::Availability {
                // A zone that was probed with one instance is taken to have all or none.
                let times = INSTANCES / trace.nodes().clamp(1, INSTANCES);
                let zones = campaigns.entry(campaign).or_default();
                zones.push(trace.clone().times(times));
            }
        }
        let campaigns = campaigns.into_values().filter(|zones| zones.len() > 1);
        let named = campaigns.map(|zones| {
            let names: Vec<_> = zones.iter().map(Trace::zone).collect();
            Self {
                name: names.join(", "),
                zones,
            }
        });
        named.collect()
    }

    /// What each zone costs, USD per instance-hour, in every order in which each zone is the cheapest once.
    fn prices(&self, spot: Decimal) -> Vec<Vec<Decimal>> {
        let zones = self.zones.len();
        let turn = |turn| {
            let steps = (0..zones).map(|zone| LADDER[(zone + turn) % zones % LADDER.len()]);
            let prices = steps.map(|percent| spot * Decimal::from(percent) / Decimal::ONE_HUNDRED);
            prices.collect()
        };
        (0..zones).map(turn).collect()
    }
}

/// Both tables of all campaigns.
pub(crate) fn tables(read: &[Read], prices: Prices) -> String {
    let campaigns = Campaign::all(read);
    let mut launches = Table::new(&[
        "zones",
        "rule",
        "price of what came",
        "lost within the hour, average",
        "lost in the worst minute, average",
        "most lost in a minute",
        "more than half lost in a minute",
        "all lost in a minute",
    ]);
    let mut flow = Table::new(&[
        "zones",
        "load",
        "at once",
        "rule",
        "of the clairvoyant",
        "most lost in a minute",
        "most lost in an hour",
        "minutes with more than half lost",
        "jobs restarted",
        "beyond the clairvoyant, job-minutes",
    ]);
    for campaign in &campaigns {
        let cheapest = Launches::of(campaign, rules()[0].1, prices.spot).price();
        for (name, rule) in rules() {
            let found = Launches::of(campaign, rule, prices.spot);
            launches.row(&found.cells(&campaign.name, name, cheapest));
        }
        for load in BATCHES {
            for (name, rule) in [rules()[0], rules()[3], rules()[5]] {
                flow.row(&in_the_flow(campaign, *load, (name, rule), prices));
            }
        }
    }
    format!(
        "### {INSTANCES} instances launched at once, and watched for an hour\n\n{}\n\
         ### The whole flow, `launch-instances`\n\n{}\n",
        launches.into_text(),
        flow.into_text()
    )
}

/// What became of launches by a rule.
#[derive(Debug, Default)]
struct Launches {
    count: u32,
    came: u32,
    /// USD per hour of all that came.
    usd: Decimal,
    lost: u32,
    /// The most that each lost in one minute.
    worst: Vec<u32>,
    with_half_lost: u32,
    with_all_lost: u32,
}

impl Launches {
    /// Launches as often as [`EVERY_SECONDS`] says, if a zone has any.
    fn of(campaign: &Campaign, rule: Spread, spot: Decimal) -> Self {
        let mut launches = Self::default();
        let seconds = campaign.zones.iter().map(Trace::seconds).min();
        let end = seconds.unwrap_or_default().saturating_sub(WATCHED_SECONDS);
        for prices in campaign.prices(spot) {
            for begin in (0..end).step_by(EVERY_SECONDS) {
                launches.launch(campaign, rule, &prices, begin);
            }
        }
        launches
    }

    fn launch(&mut self, campaign: &Campaign, rule: Spread, prices: &[Decimal], begin: u64) {
        let mut zones: Vec<_> = campaign.zones.iter().zip(prices).collect();
        zones.sort_by_key(|(_, price)| **price);
        zones.retain(|(trace, _)| trace.available(begin) > 0);
        if zones.is_empty() {
            return;
        }
        let usable: Vec<_> = zones
            .iter()
            .map(|(trace, price)| ZonePrice {
                zone: trace.zone().to_owned(),
                usd_per_unit: **price,
            })
            .collect();
        let shares = rule(INSTANCES.try_into().unwrap_or(i32::MAX), &usable);
        let shares: BTreeMap<&str, i32> = shares.into_iter().collect();
        let mut running: Vec<u32> = zones
            .iter()
            .map(|(trace, _)| {
                let share = shares.get(trace.zone()).copied().unwrap_or_default();
                let share = u32::try_from(share).unwrap_or_default();
                share.min(trace.available(begin))
            })
            .collect();
        // What a zone does not give is asked of the next.
        let mut left = INSTANCES.saturating_sub(running.iter().sum());
        for (running, (trace, price)) in running.iter_mut().zip(&zones) {
            let more = left.min(trace.available(begin) - *running);
            *running += more;
            left -= more;
            self.usd += **price * Decimal::from(*running);
        }
        let came = INSTANCES - left;
        self.count += 1;
        self.came += came;
        let mut worst = 0;
        for second in (begin..begin + WATCHED_SECONDS).step_by(60) {
            let mut lost = 0;
            for (running, (trace, _)) in running.iter_mut().zip(&zones) {
                let stay = trace.available(second).min(*running);
                lost += *running - stay;
                *running = stay;
            }
            self.lost += lost;
            worst = lost.max(worst);
        }
        self.with_half_lost += u32::from(worst * 2 > came);
        self.with_all_lost += u32::from(worst == came);
        self.worst.push(worst);
    }

    /// USD per instance-hour.
    fn price(&self) -> f64 {
        percent(self.usd, self.came.into()) / 100.0
    }

    /// A row, with the price as a share of that of the cheapest rule.
    fn cells(&self, zones: &str, rule: &str, cheapest: f64) -> [String; 8] {
        let each = |count: u32| f64::from(count) / f64::from(self.count);
        [
            zones.to_owned(),
            rule.to_owned(),
            format!("{:.1} %", 100.0 * self.price() / cheapest),
            format!("{:.1}", each(self.lost)),
            format!("{:.1}", average(self.worst.iter().copied().map(f64::from))),
            self.worst
                .iter()
                .max()
                .map(u32::to_string)
                .unwrap_or_default(),
            format!("{:.1} %", 100.0 * each(self.with_half_lost)),
            format!("{:.1} %", 100.0 * each(self.with_all_lost)),
        ]
    }
}

/// A row of a rule in the whole flow, which has all orders of the prices.
fn in_the_flow(campaign: &Campaign, load: Load, (name, rule): Rule, prices: Prices) -> Vec<String> {
    let jobs = load.jobs(INSTANCES, 1);
    let mut percents = Vec::new();
    let (mut minute, mut hour, mut half, mut restarted, mut waited) = (0, 0, 0, 0, 0);
    for zone_prices in campaign.prices(prices.spot) {
        let scene = Scene {
            traces: &campaign.zones,
            jobs,
            timings: Timings::default(),
            fleet: Fleet::of(INSTANCES),
        };
        let trial = Trial {
            zone_prices: &zone_prices,
            spread: rule,
            ..Trial::default()
        };
        let bound = play(Policy::Clairvoyant, scene, trial);
        let played = play(Policy::LaunchInstances, scene, trial);
        let usd = |played: &Played| played.usd(&zone_prices, prices.on_demand);
        percents.push(percent(usd(&played), usd(&bound)));
        minute = minute.max(played.most_lost_within(60));
        hour = hour.max(played.most_lost_within(3_600));
        half += minutes_with_half_lost(&played);
        restarted += played.outcome.jobs_restarted;
        waited += beyond(bound.outcome, played.outcome) / 60;
    }
    let turns = percents.len();
    let each = |sum: i64| sum / i64::try_from(turns).unwrap_or(i64::MAX);
    vec![
        campaign.name.clone(),
        jobs.load.to_string(),
        jobs.at_once.to_string(),
        name.to_owned(),
        format!("{:.1} %", average(percents)),
        minute.to_string(),
        hour.to_string(),
        each(half).to_string(),
        each(restarted.try_into().unwrap_or(i64::MAX)).to_string(),
        each(waited).to_string(),
    ]
}

/// In how many minutes more than half of [`INSTANCES`] were taken back.
fn minutes_with_half_lost(played: &Played) -> i64 {
    let mut lost: BTreeMap<u64, u32> = BTreeMap::new();
    for at in &played.warned_at {
        *lost.entry(at / 60).or_default() += 1;
    }
    let half = lost.values().filter(|lost| **lost * 2 > INSTANCES);
    i64::try_from(half.count()).unwrap_or(i64::MAX)
}
