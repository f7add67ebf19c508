//! *evaluate*: a discovery, the verdict on it, and what comes next. Next to the event's own fields
//! stand `prices`, texts of which each pool has one in its turn, and `on_demand_usd`.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;
use spotmanager_domain::{
    Discovery, EvaluateInput, Purpose, decimal,
    flow::{Flow, Step},
    on_demand_price::{OnDemandPrice, OnDemandPriceSource},
    price::{PoolFacts, PoolPrice, PriceAverages, PriceChange, Window},
    verdict::{Choice, Evaluation, ReasonCode},
};
use spotmanager_fuzz::{beside, json, read};

/// A group has some fifty types, and a region some six zones.
const MOST_POOLS: usize = 300;

fuzz_target!(|data: &[u8]| -> Corpus {
    let Some(event) = json(data) else {
        return Corpus::Reject;
    };
    let Some(input) = read::<EvaluateInput>(&event) else {
        return Corpus::Keep;
    };
    let discovery = &input.discovery;
    if discovery.pools().nth(MOST_POOLS).is_some() {
        return Corpus::Reject;
    }
    let end = input.window_end.unwrap_or(Timestamp::UNIX_EPOCH);
    let window = Window::ending_at(end, discovery.settings.price_window_seconds);
    let execution = input.execution.as_ref().or(discovery.execution.as_ref());
    if let (Some(window), Some(execution)) = (window, execution) {
        let pools = priced(&event, discovery, window);
        let evaluation = discovery.decide(execution.round, pools);
        assert_is_decided(discovery, &evaluation);
        let flow = Flow {
            execution,
            discovery,
        };
        for step in [flow.discovered(), flow.decided(&evaluation)] {
            let written = serde_json::to_value(&step).expect("a step is written");
            assert_eq!(read::<Step>(&written), Some(step));
        }
        assert_reads_back(evaluation);
    }
    Corpus::Keep
});

fn priced(event: &Value, discovery: &Discovery, window: Window) -> Vec<PoolPrice> {
    let texts: Vec<String> = beside(event, "prices").unwrap_or_default();
    let mut averages = PriceAverages::new(window, discovery.pools());
    for (pool, text) in discovery.pools().zip(texts.iter().cycle()) {
        match decimal::read(text) {
            Some(usd) => averages.add(PriceChange {
                pool,
                at: window.start,
                usd,
            }),
            None => averages.reject(),
        }
    }
    let on_demand: Option<String> = beside(event, "on_demand_usd");
    let on_demand = on_demand.as_deref().and_then(decimal::read);
    let priced = averages.finish().into_iter().map(|average| {
        let facts = PoolFacts {
            launch_failure: None,
            interrupted_at: discovery.interrupted_at(&average.pool),
            placement_score: None,
            on_demand: on_demand.map(|usd| OnDemandPrice {
                usd,
                source: OnDemandPriceSource::PriceList,
            }),
            weighted_capacity: discovery.weighted_capacity(&average.pool),
        };
        PoolPrice::new(average, facts)
    });
    priced.collect()
}

fn assert_is_decided(discovery: &Discovery, evaluation: &Evaluation) {
    let verdict = &evaluation.verdict;
    assert!(!verdict.sentence.is_empty());
    let (spot, on_demand) = (&discovery.spot_group, &discovery.on_demand_group);
    match verdict.choice {
        // A group that could not launch is waited for, with room or without.
        Choice::Spot if verdict.reason == ReasonCode::SpotLaunchFailed => {}
        Choice::Spot => assert!(spot.capacity.has_room(), "{verdict:?}"),
        Choice::OnDemand => {
            assert!(on_demand.capacity.has_room(), "{verdict:?}");
            assert_eq!(discovery.purpose, Purpose::ScaleUp);
        }
        Choice::Nothing => assert_eq!(evaluation.saving_usd_per_hour, None),
    }
    if verdict.reason == ReasonCode::SpotWithinLimit
        && verdict.choice == Choice::Spot
        && let Some(limit) = &evaluation.limit
    {
        let cheapest = evaluation.cheapest.as_ref();
        let usd = cheapest.and_then(PoolPrice::usd_per_unit);
        assert!(
            usd.is_some_and(|usd| usd <= limit.limit_usd),
            "{evaluation:?}"
        );
    }
}

/// The state machine hands it on, and `spotmanager explain` reads it.
fn assert_reads_back(evaluation: Evaluation) {
    let written = serde_json::to_value(&evaluation).expect("an evaluation is written");
    assert_eq!(read::<Evaluation>(&written), Some(evaluation));
}
