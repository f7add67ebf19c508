//! All settings at once, so that a history is read once.

use jiff::Timestamp;

use super::{
    Change, PriceColumn, Question, Replayed, board::Board, columns::Columns, course::Course,
};

/// A replay that takes one change after the other, and holds no more of them than a window does.
#[derive(Debug)]
pub struct Replay<'a> {
    question: &'a Question,
    columns: Columns,
    board: Board,
    courses: Vec<Course<'a>>,
    /// The earliest time at which some course decides.
    next: Timestamp,
    /// Up to where each pool's price is drawn.
    drawn_to: Vec<Timestamp>,
    prices: Vec<Vec<PriceColumn>>,
}

/// What came of it all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What each setting came to, in the order of the question.
    pub settings: Vec<Replayed>,
    /// What each pool cost over each column.
    pub prices: Vec<Vec<PriceColumn>>,
}

impl<'a> Replay<'a> {
    /// At the begin of the period.
    #[must_use]
    pub fn new(question: &'a Question) -> Self {
        let columns = Columns::new(question.period, question.columns);
        let courses = question.settings.iter();
        let pools = question.pools.len();
        Self {
            question,
            columns,
            board: Board::new(question),
            courses: courses
                .map(|setting| Course::new(question, setting, columns))
                .collect(),
            next: question.period.start,
            drawn_to: vec![question.period.start; pools],
            prices: vec![vec![PriceColumn::default(); question.columns.max(1)]; pools],
        }
    }

    /// Takes the next change, which is not older than those before it.
    pub fn take(&mut self, change: Change) {
        if change.at >= self.question.period.end {
            return;
        }
        self.decide_until(change.at);
        self.draw(change.pool, change.at);
        self.board.push(change);
        for course in &mut self.courses {
            course.on_change(change.pool, change.at, &mut self.board);
        }
        self.look_ahead();
    }

    /// The rest of the period, and what it all came to.
    #[must_use]
    pub fn finish(mut self) -> Answer {
        let period = self.question.period;
        self.decide_until(period.end);
        for pool in 0..self.prices.len() {
            self.draw(pool, period.end);
        }
        Answer {
            settings: self.courses.into_iter().map(Course::finish).collect(),
            prices: self.prices,
        }
    }

    /// What is due up to `now`, the end of the period left out: a change at the same time comes after
    /// it, as a window leaves out what changes at its end.
    fn decide_until(&mut self, now: Timestamp) {
        let end = self.question.period.end;
        while self.next <= now && self.next < end {
            let due = self.next;
            for course in &mut self.courses {
                if course.next() == due {
                    course.act(&mut self.board);
                }
            }
            self.look_ahead();
        }
    }

    fn look_ahead(&mut self) {
        let next = self.courses.iter().map(Course::next).min();
        self.next = next.unwrap_or(Timestamp::MAX);
    }

    /// Draws the pool's price as it stood until `now`.
    fn draw(&mut self, pool: usize, now: Timestamp) {
        let (Some(from), Some(columns)) = (self.drawn_to.get_mut(pool), self.prices.get_mut(pool))
        else {
            return;
        };
        if let Some(usd) = self.board.latest(pool) {
            self.columns.spread(columns, *from, now, |column, seconds| {
                column.add(usd, seconds);
            });
        }
        *from = now.max(*from);
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;
    use spotmanager_domain::{price::Pool, verdict::Terms};

    use super::*;
    use crate::cost::{Average, Cadence, Period, Setting};

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 / 3_600 * 3_600 + hour * 3_600).unwrap()
    }

    fn usd(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    /// A day; spot at most 0.35 less 15 %, on-demand 0.526.
    fn question(pools: usize) -> Question {
        let pools: Vec<_> = (0..pools)
            .map(|pool| Pool {
                instance_type: "g4dn.xlarge".into(),
                availability_zone: format!("eu-west-1{pool}"),
            })
            .collect();
        Question {
            period: Period {
                start: at(0),
                end: at(24),
            },
            on_demand: vec![usd("0.526"); pools.len()],
            cadence: Cadence::default(),
            settings: vec![Setting {
                maximum_price: Some(usd("0.35")),
                on_demand_usd: usd("0.526"),
                terms: Terms::with_margin(Decimal::from(15)),
                window_seconds: 3_600,
                average: Average::TimeWeighted,
                pools: (0..pools.len()).collect(),
            }],
            pools,
            columns: 24,
        }
    }

    fn answer(question: &Question, changes: &[(Timestamp, usize, &str)]) -> Answer {
        let mut replay = Replay::new(question);
        for (at, pool, text) in changes {
            replay.take(Change {
                at: *at,
                pool: *pool,
                usd: usd(text),
            });
        }
        replay.finish()
    }

    fn hours(seconds: Decimal) -> Decimal {
        (seconds / Decimal::from(3_600)).normalize()
    }

    #[test]
    fn cheap_spot_serves_all_the_time_at_its_own_price() {
        let answer = answer(&question(1), &[(at(-9), 0, "0.2"), (at(12), 0, "0.25")]);
        let outcome = answer.settings[0].outcome;
        assert_eq!(hours(outcome.spot_seconds), Decimal::from(24));
        assert_eq!(outcome.on_demand_seconds, Decimal::ZERO);
        assert_eq!(outcome.usd().normalize(), usd("5.4"));
        assert_eq!((outcome.switches, outcome.decisions), (0, 24));
        assert_eq!(answer.settings[0].shares[7].spot(), Some(Decimal::ONE));
        assert_eq!(answer.prices[0][7].average(), Some(usd("0.2")));
    }

    #[test]
    fn dear_spot_and_no_price_mean_on_demand() {
        for changes in [&[(at(-9), 0, "0.3")][..], &[]] {
            let answer = answer(&question(1), changes);
            let outcome = answer.settings[0].outcome;
            assert_eq!(hours(outcome.on_demand_seconds), Decimal::from(24));
            assert_eq!(outcome.usd().normalize(), usd("12.624"));
            // An alarm each hour, and three looks for the return in between.
            assert_eq!(outcome.decisions, 24 * 4);
        }
    }

    #[test]
    fn a_price_above_the_maximum_takes_the_instance_back() {
        // From six on above the maximum; from twelve on cheap again, which the average tells at one.
        let changes = [(at(-9), 0, "0.2"), (at(6), 0, "0.4"), (at(12), 0, "0.2")];
        let replayed = answer(&question(1), &changes).settings.remove(0);
        let outcome = replayed.outcome;
        assert_eq!(outcome.interruptions, 1);
        let interruptions = |column: usize| replayed.shares[column].interruptions;
        assert_eq!((interruptions(5), interruptions(6)), (0, 1));
        assert_eq!(outcome.switches, 2);
        // 0.4 weighs until it is less than 0.0975 over: after 0.5125 hours, at the look of 12:45.
        assert_eq!(hours(outcome.on_demand_seconds), usd("6.75"));
    }

    #[test]
    fn another_pool_replaces_one_that_is_taken_back() {
        let changes = [
            (at(-9), 0, "0.2"),
            (at(-9), 1, "0.25"),
            (at(6), 0, "0.4"),
            (at(12), 0, "0.2"),
        ];
        let replayed = answer(&question(2), &changes).settings.remove(0);
        let outcome = replayed.outcome;
        assert_eq!((outcome.interruptions, outcome.switches), (1, 0));
        assert_eq!(hours(outcome.spot_seconds), Decimal::from(24));
        // The average of the first tells that it is cheap again at one, when the second's run ends.
        let of_pools = replayed.spot_seconds.iter().map(|seconds| hours(*seconds));
        assert_eq!(of_pools.sum::<Decimal>(), hours(outcome.spot_seconds));
        assert_eq!(hours(replayed.spot_seconds[1]), Decimal::from(7));
    }

    #[test]
    fn spot_that_costs_more_than_the_maximum_just_now_is_not_launched() {
        // The average of the hour is still cheap at six.
        let changes = [(at(-9), 0, "0.2"), (at(5), 0, "0.2"), (at(6), 0, "0.36")];
        let mut question = question(1);
        question.cadence.launch_failure_window_seconds = 0;
        let outcome = answer(&question, &changes).settings[0].outcome;
        assert_eq!(outcome.interruptions, 1);
        assert!(outcome.failed_launches > 0, "{outcome:?}");
        assert_eq!(hours(outcome.spot_seconds), Decimal::from(6));
    }

    #[test]
    fn without_a_maximum_price_the_share_of_on_demand_decides() {
        let mut question = question(1);
        question.settings[0].maximum_price = None;
        question.settings[0].terms.maximum_percent_of_on_demand = Some(Decimal::from(50));
        let cheap = answer(&question, &[(at(-9), 0, "0.26")]).settings[0].outcome;
        let dear = answer(&question, &[(at(-9), 0, "0.27")]).settings[0].outcome;
        assert_eq!(hours(cheap.spot_seconds), Decimal::from(24));
        assert_eq!(hours(dear.on_demand_seconds), Decimal::from(24));
    }

    #[test]
    fn a_plain_mean_takes_a_minute_for_an_hour() {
        // A minute at 0.5 in each hour, which ends an instance and makes the plain mean dear.
        let changes: Vec<_> = (0..24)
            .flat_map(|hour| {
                let dear = at(hour) + jiff::SignedDuration::from_mins(30);
                [
                    (dear, 0, "0.34"),
                    (dear + jiff::SignedDuration::from_mins(1), 0, "0.2"),
                ]
            })
            .collect();
        let mut question = question(1);
        let mut plain = question.settings[0].clone();
        plain.average = Average::PlainMean;
        plain.terms = Terms::with_margin(Decimal::from(30));
        question.settings[0].terms = plain.terms;
        question.settings.push(plain);
        let settings = answer(&question, &changes).settings;
        let spot = |index: usize| settings[index].outcome.spot_seconds;
        assert!(spot(0) > spot(1) * Decimal::TWO);
    }

    #[test]
    fn each_setting_pays_what_its_on_demand_group_launches() {
        let mut question = question(2);
        question.on_demand[1] = usd("1.006");
        let mut dear = question.settings[0].clone();
        dear.pools = vec![1];
        dear.on_demand_usd = usd("1.006");
        question.settings.push(dear);
        let settings = answer(&question, &[(at(-9), 0, "9"), (at(-9), 1, "9")]).settings;
        let paid = settings.iter().map(|one| one.outcome.usd().normalize());
        assert_eq!(paid.collect::<Vec<_>>(), [usd("12.624"), usd("24.144")]);
    }

    #[test]
    fn without_a_maximum_price_each_type_is_capped_at_its_own_on_demand_price() {
        let mut question = question(2);
        question.on_demand[1] = usd("1.006");
        question.settings[0].maximum_price = None;
        // Above what the first type costs on demand, and below what the second does.
        for (pool, interruptions) in [(0, 1), (1, 0)] {
            question.settings[0].pools = vec![pool];
            let changes = [(at(-9), pool, "0.2"), (at(6), pool, "0.8")];
            let outcome = answer(&question, &changes).settings[0].outcome;
            assert_eq!(outcome.interruptions, interruptions, "pool {pool}");
        }
    }

    #[test]
    fn earlier_changes_fill_the_window_of_the_first_decision() {
        let outcome = answer(&question(1), &[(at(-1), 0, "0.2")]).settings[0].outcome;
        assert_eq!(
            (outcome.on_demand_seconds, outcome.switches),
            (Decimal::ZERO, 0)
        );
    }
}
