//! Every pool's price as it stands, and its averages.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_domain::price::{Pool, PoolAverage};

use super::{Average, Change, Question, RunningAverage};

/// What is averaged alike, so that settings which agree in it share it.
type Kind = (u32, Average);

/// The prices that courses look at.
#[derive(Debug)]
pub(super) struct Board {
    pools: Vec<Pool>,
    latest: Vec<Option<Decimal>>,
    running: BTreeMap<Kind, Vec<RunningAverage>>,
}

impl Board {
    pub(super) fn new(question: &Question) -> Self {
        let pools = question.pools.clone();
        let kinds = question
            .settings
            .iter()
            .map(|setting| (setting.window_seconds, setting.average));
        let running = kinds
            .map(|(seconds, average)| {
                let empty = RunningAverage::new(seconds, average);
                ((seconds, average), vec![empty; pools.len()])
            })
            .collect();
        Self {
            latest: vec![None; pools.len()],
            pools,
            running,
        }
    }

    pub(super) fn push(&mut self, change: Change) {
        let Some(latest) = self.latest.get_mut(change.pool) else {
            return;
        };
        *latest = Some(change.usd);
        for averages in self.running.values_mut() {
            if let Some(average) = averages.get_mut(change.pool) {
                average.push(change.at, change.usd);
            }
        }
    }

    /// What the pool costs now, USD per instance-hour.
    pub(super) fn latest(&self, pool: usize) -> Option<Decimal> {
        self.latest.get(pool).copied().flatten()
    }

    /// The pool's average over the window that ends at `end`.
    pub(super) fn average(
        &mut self,
        kind: Kind,
        pool: usize,
        end: Timestamp,
    ) -> Option<PoolAverage> {
        let running = self.running.get_mut(&kind)?.get_mut(pool)?;
        Some(running.average(self.pools.get(pool)?, end))
    }
}
