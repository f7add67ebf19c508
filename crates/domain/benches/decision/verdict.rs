//! The verdict over the averages of every pool.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use rust_decimal::Decimal;
use spotmanager_domain::verdict::{Case, Demand, Situation, Terms};

use crate::{
    SAMPLES,
    history::{History, groups},
};

pub(crate) fn add(criterion: &mut Criterion) -> serde_json::Result<()> {
    let [spot, on_demand] = groups()?;
    let situation = || Situation {
        spot: &spot,
        on_demand: &on_demand,
        terms: Terms::with_margin(Decimal::from(15)),
        case: Case::ScaleUp(Demand::Alarm(None)),
    };
    let mut group = criterion.benchmark_group("verdict");
    group.sample_size(20);
    for samples in SAMPLES {
        let prices = History::of(samples).prices();
        group.throughput(Throughput::Elements(samples));
        group.bench_with_input(
            BenchmarkId::from_parameter(samples),
            &prices,
            |bencher, prices| {
                bencher.iter_batched(
                    || prices.clone(),
                    |prices| situation().decide(prices),
                    BatchSize::LargeInput,
                );
            },
        );
    }
    group.finish();
    Ok(())
}
