//! What holds for every price history.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;
use spotmanager_backtest::cost::{
    Answer, Average, Cadence, Change, Period, Question, Replay, RunningAverage, Setting,
};
use spotmanager_domain::{
    price::{Pool, PriceAverages, PriceChange, Window},
    verdict::Terms,
};

const DAY: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_700_000_000 + second)
}

fn pool(zone: usize) -> Pool {
    Pool {
        instance_type: "g4dn.xlarge".to_owned(),
        availability_zone: format!("eu-west-1{zone}"),
    }
}

/// Two days of which the second is replayed; prices of six decimals, as EC2 has them.
fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (0..2 * DAY, 0_usize..3, 100_000_i64..700_000);
    prop::collection::vec(change, 0..120).prop_map(|mut changes| {
        changes.sort_unstable();
        let change = |(second, pool, millionths)| Change {
            at: at(second),
            pool,
            usd: Decimal::new(millionths, 6),
        };
        changes.into_iter().map(change).collect()
    })
}

fn setting() -> impl Strategy<Value = Setting> {
    let margins = (
        prop::option::of(200_000_i64..700_000),
        0_i64..50,
        prop::option::of(30_i64..100),
    );
    let average = prop_oneof![Just(Average::TimeWeighted), Just(Average::PlainMean)];
    (margins, 60_u32..20_000, average).prop_map(
        |((maximum, margin, percent), window_seconds, average)| Setting {
            maximum_price: maximum.map(|millionths| Decimal::new(millionths, 6)),
            on_demand_usd: on_demand(),
            terms: Terms {
                maximum_percent_of_on_demand: percent.map(Decimal::from),
                ..Terms::with_margin(Decimal::from(margin))
            },
            window_seconds,
            average,
            pools: vec![0, 1, 2],
        },
    )
}

fn on_demand() -> Decimal {
    Decimal::new(526, 3)
}

fn question(settings: Vec<Setting>) -> Question {
    Question {
        period: Period {
            start: at(DAY),
            end: at(2 * DAY),
        },
        pools: (0..3).map(pool).collect(),
        on_demand: vec![on_demand(); 3],
        cadence: Cadence::default(),
        settings,
        columns: 50,
    }
}

fn answer(question: &Question, changes: &[Change]) -> Answer {
    let mut replay = Replay::new(question);
    for change in changes {
        replay.take(*change);
    }
    replay.finish()
}

/// What the cheapest of all costs at each moment, which no policy that never waits can be below, USD.
fn least(changes: &[Change]) -> Decimal {
    let mut prices = [None; 3];
    let mut since = at(DAY);
    let mut usd_seconds = Decimal::ZERO;
    let ends = changes.iter().map(|change| change.at).chain([at(2 * DAY)]);
    for (index, until) in ends.enumerate() {
        if until > since {
            let cheapest = prices.iter().flatten().copied().min();
            let cheapest = cheapest.unwrap_or_else(on_demand).min(on_demand());
            usd_seconds += cheapest * Decimal::from(until.duration_since(since).as_secs());
            since = until;
        }
        if let Some(change) = changes.get(index) {
            prices[change.pool] = Some(change.usd);
        }
    }
    usd_seconds / Decimal::from(3_600)
}

proptest! {
    #[test]
    fn a_running_average_is_the_decision_s(
        changes in changes(),
        window_seconds in 1_u32..200_000,
        mut ends in prop::collection::vec(0..2 * DAY, 1..20),
    ) {
        ends.sort_unstable();
        let mut running = RunningAverage::new(window_seconds, Average::TimeWeighted);
        let mut coming = changes.iter().filter(|change| change.pool == 0).peekable();
        for end in ends.into_iter().map(at) {
            // A change at the end itself may have come already.
            while let Some(change) = coming.next_if(|change| change.at <= end) {
                running.push(change.at, change.usd);
            }
            let window = Window::ending_at(end, window_seconds).unwrap();
            let mut averages = PriceAverages::new(window, [pool(0)]);
            for change in changes.iter().filter(|change| change.pool == 0) {
                averages.add(PriceChange { pool: pool(0), at: change.at, usd: change.usd });
            }
            prop_assert_eq!(running.average(&pool(0), end), averages.finish().remove(0));
        }
    }

    #[test]
    fn an_instance_serves_all_the_time_and_costs_no_less_than_the_cheapest(
        changes in changes(),
        settings in prop::collection::vec(setting(), 1..4),
    ) {
        let question = question(settings);
        let answer = answer(&question, &changes);
        for replayed in &answer.settings {
            let outcome = replayed.outcome;
            let of_pools: Decimal = replayed.spot_seconds.iter().sum();
            prop_assert_eq!(of_pools, outcome.spot_seconds);
            prop_assert_eq!(outcome.spot_seconds + outcome.on_demand_seconds, Decimal::from(DAY));
            prop_assert!(outcome.usd() >= least(&changes), "{outcome:?}");
        }
    }

    #[test]
    fn settings_do_not_change_each_other_and_the_same_history_tells_the_same(
        changes in changes(),
        settings in prop::collection::vec(setting(), 2..4),
    ) {
        let together = answer(&question(settings.clone()), &changes);
        for (index, setting) in settings.into_iter().enumerate() {
            let alone = answer(&question(vec![setting]), &changes);
            prop_assert_eq!(&alone.settings[0], &together.settings[index]);
            prop_assert_eq!(&alone.prices, &together.prices);
        }
    }

    #[test]
    fn without_a_maximum_price_and_below_on_demand_spot_serves_from_its_first_price_on(
        mut changes in changes(),
        window_seconds in 1_u32..20_000,
    ) {
        for change in &mut changes {
            change.usd = change.usd.min(on_demand());
        }
        changes.insert(0, Change { at: at(0), pool: 0, usd: on_demand() });
        let setting = Setting {
            maximum_price: None,
            on_demand_usd: on_demand(),
            terms: Terms::with_margin(Decimal::from(15)),
            window_seconds,
            average: Average::TimeWeighted,
            pools: vec![0, 1, 2],
        };
        let outcome = answer(&question(vec![setting]), &changes).settings[0].outcome;
        prop_assert_eq!(outcome.spot_seconds, Decimal::from(DAY));
        prop_assert_eq!((outcome.switches, outcome.interruptions), (0, 0));
    }
}
