//! The verdict over the averages of every pool.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use rust_decimal::Decimal;
use spotmanager_decision::{
    left_out::Terms,
    verdict::{Demand, decide},
};

use crate::{
    SAMPLES,
    history::{History, groups},
};

pub(crate) fn add(criterion: &mut Criterion) -> serde_json::Result<()> {
    let [spot, on_demand] = groups()?;
    let terms = Terms::with_margin(Decimal::from(15));
    let mut group = criterion.benchmark_group("verdict");
    group.sample_size(20);
    for samples in SAMPLES {
        let prices = History::of(samples).average();
        group.throughput(Throughput::Elements(samples));
        group.bench_with_input(
            BenchmarkId::from_parameter(samples),
            &prices,
            |bencher, prices| {
                bencher.iter_batched(
                    || prices.clone(),
                    |prices| decide(&spot, &on_demand, &terms, prices, Demand::Alarm(None)),
                    BatchSize::LargeInput,
                );
            },
        );
    }
    group.finish();
    Ok(())
}
