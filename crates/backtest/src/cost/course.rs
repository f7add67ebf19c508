//! One setting's course: which instance serves, and what it is paid.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use spotmanager_domain::{
    Capacity, Group, Market,
    launch_failure::LaunchFailure,
    on_demand_price::{OnDemandPrice, OnDemandPriceSource},
    price::{PoolFacts, PoolPrice},
    verdict::{Case, Choice, Demand, Evaluation, Situation},
};

use super::{
    Outcome, Question, Replayed, Setting, ShareColumn, board::Board, columns::Columns,
    elapsed::seconds,
};
use crate::pair::group;

/// Who serves since when.
#[derive(Clone, Copy, Debug)]
struct Serving {
    /// The pool, or none for on-demand.
    pool: Option<usize>,
    since: Timestamp,
    /// USD per instance-hour.
    usd: Decimal,
}

/// Why something is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Occasion {
    Alarm,
    /// EC2 took the instance in this pool back.
    Interruption(usize),
    Return,
}

/// A setting on its way through the period.
#[derive(Debug)]
pub(super) struct Course<'a> {
    question: &'a Question,
    setting: &'a Setting,
    spot: Group,
    on_demand: Group,
    serving: Option<Serving>,
    run_ends: Timestamp,
    next_look: Option<Timestamp>,
    /// When spot was chosen last and could not be launched.
    failed_at: Option<Timestamp>,
    columns: Columns,
    outcome: Outcome,
    shares: Vec<ShareColumn>,
    /// How long an instance of each pool served, seconds.
    spot_seconds: Vec<Decimal>,
}

impl<'a> Course<'a> {
    pub(super) fn new(question: &'a Question, setting: &'a Setting, columns: Columns) -> Self {
        let pools = setting.pools.iter();
        let pools = pools.filter_map(|index| question.pools.get(*index));
        let (types, zones): (Vec<_>, Vec<_>) = pools
            .map(|pool| (pool.instance_type.clone(), pool.availability_zone.clone()))
            .unzip();
        let group = |market, maximum| {
            group(
                market,
                capacity(false),
                types.clone(),
                zones.clone(),
                maximum,
            )
        };
        Self {
            question,
            setting,
            spot: group(Market::Spot, setting.maximum_price),
            on_demand: group(Market::OnDemand, None),
            serving: None,
            run_ends: question.period.start,
            next_look: None,
            failed_at: None,
            columns,
            outcome: Outcome::default(),
            shares: vec![ShareColumn::default(); question.columns.max(1)],
            spot_seconds: vec![Decimal::ZERO; question.pools.len()],
        }
    }

    /// When it next decides without being told of anything.
    pub(super) fn next(&self) -> Timestamp {
        self.next_look
            .map_or(self.run_ends, |look| look.min(self.run_ends))
    }

    /// Decides what [`Self::next`] said.
    pub(super) fn act(&mut self, board: &mut Board) {
        let now = self.next();
        if now >= self.run_ends {
            self.run_ends = after(now, self.question.cadence.run_seconds);
            self.scale_up(now, Occasion::Alarm, board);
        } else {
            self.look_for_return(now, board);
        }
    }

    /// A pool's price is another from `now` on.
    pub(super) fn on_change(&mut self, pool: usize, now: Timestamp, board: &mut Board) {
        let Some(serving) = self.serving.filter(|serving| serving.pool == Some(pool)) else {
            return;
        };
        let Some(usd) = board.latest(pool) else {
            return;
        };
        self.settle(now);
        self.serving = Some(Serving {
            since: now,
            usd,
            ..serving
        });
        if self.is_above_maximum(pool, usd) {
            self.outcome.interruptions += 1;
            if let Some(column) = self.shares.get_mut(self.columns.index(now)) {
                column.interruptions += 1;
            }
            self.scale_up(now, Occasion::Interruption(pool), board);
        }
    }

    pub(super) fn finish(mut self) -> Replayed {
        self.settle(self.question.period.end);
        Replayed {
            outcome: self.outcome,
            shares: self.shares,
            spot_seconds: self.spot_seconds,
        }
    }

    fn scale_up(&mut self, now: Timestamp, occasion: Occasion, board: &mut Board) {
        self.settle(now);
        let evaluation = self.decide(now, occasion, board);
        let launched = self.launch(&evaluation, now, board);
        self.serve(launched, now);
    }

    fn look_for_return(&mut self, now: Timestamp, board: &mut Board) {
        let evaluation = self.decide(now, Occasion::Return, board);
        let launched = self.launch(&evaluation, now, board);
        if launched.is_some() {
            self.settle(now);
            self.serve(launched, now);
        } else {
            self.next_look = self.look_after(now);
        }
    }

    fn decide(&mut self, now: Timestamp, occasion: Occasion, board: &mut Board) -> Evaluation {
        self.outcome.decisions += 1;
        let pools = self.pools(now, occasion, board);
        let returns = occasion == Occasion::Return;
        self.on_demand.capacity = capacity(returns);
        let situation = Situation {
            spot: &self.spot,
            on_demand: &self.on_demand,
            terms: self.setting.terms,
            case: if returns {
                Case::ReturnToSpot
            } else {
                Case::ScaleUp(Demand::Alarm(None))
            },
        };
        situation.decide(pools)
    }

    fn pools(&self, now: Timestamp, occasion: Occasion, board: &mut Board) -> Vec<PoolPrice> {
        let Setting {
            window_seconds,
            average,
            ..
        } = *self.setting;
        let window = self.question.cadence.launch_failure_window_seconds;
        let failed_at = self.failed_at.filter(|at| after(*at, window) > now);
        let pools = self.setting.pools.iter();
        pools
            .filter_map(|&pool| {
                let average = board.average((window_seconds, average), pool, now)?;
                let on_demand = self.question.on_demand.get(pool).copied();
                let is_gone = occasion == Occasion::Interruption(pool);
                let facts = PoolFacts {
                    launch_failure: failed_at.map(|at| LaunchFailure {
                        at,
                        message: "SpotMaxPriceTooLow".to_owned(),
                    }),
                    interrupted_at: is_gone.then_some(now),
                    placement_score: None,
                    on_demand: on_demand.map(|usd| OnDemandPrice {
                        usd,
                        source: OnDemandPriceSource::PriceList,
                    }),
                    weighted_capacity: None,
                };
                Some(PoolPrice::new(average, facts))
            })
            .collect()
    }

    /// The pool that an instance is launched in if spot is chosen: the cheapest, or if that one
    /// costs more than the maximum just now, another that does not.
    fn launch(
        &mut self,
        evaluation: &Evaluation,
        now: Timestamp,
        board: &Board,
    ) -> Option<Serving> {
        if evaluation.verdict.choice != Choice::Spot {
            return None;
        }
        let cheapest = evaluation.cheapest.as_ref().map(|price| &price.pool);
        let pools = evaluation.pools.iter().zip(&self.setting.pools);
        let launched = pools
            .filter(|(price, _)| price.excluded().is_none())
            .filter_map(|(price, &pool)| {
                let usd = board.latest(pool)?;
                let is_other = cheapest != Some(&price.pool);
                (!self.is_above_maximum(pool, usd)).then_some((is_other, usd, pool))
            })
            .min();
        if launched.is_none() {
            self.outcome.failed_launches += 1;
            self.failed_at = Some(now);
        }
        launched.map(|(_, usd, pool)| Serving {
            pool: Some(pool),
            since: now,
            usd,
        })
    }

    fn serve(&mut self, launched: Option<Serving>, now: Timestamp) {
        let serving = launched.unwrap_or(Serving {
            pool: None,
            since: now,
            usd: self.setting.on_demand_usd,
        });
        let was_spot = self.serving.map(|serving| serving.pool.is_some());
        let is_spot = serving.pool.is_some();
        if was_spot.is_some_and(|was_spot| was_spot != is_spot) {
            self.outcome.switches += 1;
        }
        self.serving = Some(serving);
        self.next_look = if is_spot { None } else { self.look_after(now) };
    }

    /// The schedule's next tick.
    fn look_after(&self, now: Timestamp) -> Option<Timestamp> {
        let every = i64::from(self.question.cadence.return_to_spot_seconds);
        let start = self.question.period.start;
        let passed = now.duration_since(start).as_secs().checked_div(every)?;
        let ticks = (passed + 1).checked_mul(every)?;
        start.checked_add(SignedDuration::from_secs(ticks)).ok()
    }

    /// Pays for who served until `now`.
    fn settle(&mut self, now: Timestamp) {
        let Some(Serving { pool, since, usd }) = self.serving else {
            return;
        };
        let is_spot = pool.is_some();
        let served = seconds(since, now);
        self.outcome.pay(usd, is_spot, served);
        if let Some(of_pool) = pool.and_then(|pool| self.spot_seconds.get_mut(pool)) {
            *of_pool += served;
        }
        let shares = &mut self.shares;
        self.columns.spread(shares, since, now, |column, seconds| {
            column.add(is_spot, seconds);
        });
    }

    /// Whether EC2 takes an instance back at this price: above the group's maximum, or without one
    /// above what the type costs on demand.
    fn is_above_maximum(&self, pool: usize, usd: Decimal) -> bool {
        let on_demand = self.question.on_demand.get(pool);
        let maximum = self.setting.maximum_price.or(on_demand.copied());
        maximum.is_some_and(|maximum| usd > maximum)
    }
}

/// A group of at most one instance.
fn capacity(has_instance: bool) -> Capacity {
    let instances = i32::from(has_instance);
    Capacity {
        min_size: 0,
        max_size: 1,
        desired_capacity: instances,
        in_service: instances,
        pending: 0,
        unhealthy: 0,
    }
}

fn after(at: Timestamp, seconds: u32) -> Timestamp {
    let seconds = SignedDuration::from_secs(i64::from(seconds));
    at.checked_add(seconds).unwrap_or(Timestamp::MAX)
}
