//! The average of every pool.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};

use crate::{SAMPLES, history::History};

pub(crate) fn add(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("average");
    group.sample_size(20);
    for samples in SAMPLES {
        let history = History::of(samples);
        group.throughput(Throughput::Elements(samples));
        group.bench_with_input(
            BenchmarkId::from_parameter(samples),
            &history,
            |bencher, history| {
                bencher.iter_batched(|| history.clone(), History::average, BatchSize::LargeInput);
            },
        );
    }
    group.finish();
}
