//! Plays the executions of a pair.

use std::{collections::BTreeMap, vec};

use jiff::{SignedDuration, Timestamp};
use spotmanager_domain::{
    CapacityLoss, Discovery, Execution, ExecutionInput, Leader, LossKind, Market, Purpose,
    Settings, SettingsOverride,
    backlog::Queue,
    execution_name,
    flow::{Flow, Others, Replacement, Step},
    testing::{self, machine::Machine},
};

use super::{Begin, Call, Course, Ended, Entry, Fault, Groups, Kind, Several, Turn};
use crate::world::{
    run::{context, is_visited},
    visit::{self, Neighbours},
};

const INTERVAL_SECONDS: u32 = 15;
/// Between two ticks of the groups, milliseconds.
const TICK: u32 = 5_000;
/// How long an instance has after its interruption warning, milliseconds.
const NOTICE: u32 = 120_000;
/// How many ticks the groups go on after the last execution.
const SETTLING_TICKS: u32 = 40;
/// More visits than any execution has.
const MOST_VISITS: usize = 400;

/// Plays all of it to the end.
pub(crate) fn play(several: &Several) -> Ended {
    Play::new(several).play()
}

fn id(number: usize) -> String {
    format!("i-{number}")
}

struct Play<'a> {
    several: &'a Several,
    groups: Groups,
    executions: Vec<Playing<'a>>,
    turns: Vec<(u32, Turn)>,
    taken: i32,
    /// Milliseconds.
    now: u32,
    log: Vec<Entry>,
}

/// An execution that is played.
struct Playing<'a> {
    begin: &'a Begin,
    name: String,
    faults: vec::IntoIter<Fault>,
    /// What its next round is started with.
    input: ExecutionInput,
    started_with: ExecutionInput,
    round: Option<(Discovery, Machine)>,
    rounds: Vec<(Discovery, Machine)>,
    visits: usize,
    /// When its next visit is, milliseconds.
    next: u32,
    end: Option<&'static str>,
    /// When it ended, and when its present round began, milliseconds.
    ended_at: u32,
    round_began: u32,
}

impl<'a> Play<'a> {
    fn new(several: &'a Several) -> Self {
        let instances = usize::try_from(several.spot.in_service).unwrap();
        let mut turns = several.turns.clone();
        turns.extend(several.begins.iter().filter_map(|begin| match begin.kind {
            Kind::Warning(number) => Some((begin.at + NOTICE, Turn::Taken(number))),
            _ => None,
        }));
        turns.sort_by_key(|(at, _)| *at);
        let executions = several.begins.iter().enumerate();
        Self {
            several,
            groups: Groups {
                launched: BTreeMap::new(),
                spot: several.spot.clone(),
                on_demand: several.on_demand.clone(),
                doomed: (0..instances).map(id).collect(),
            },
            executions: executions
                .map(|(index, begin)| Playing::new(index, begin))
                .collect(),
            turns,
            taken: 0,
            now: 0,
            log: Vec::new(),
        }
    }

    fn play(mut self) -> Ended {
        let before = self.groups.capacities();
        let mut next_tick = TICK;
        loop {
            let running = self.executions.iter().enumerate();
            let running = running.filter(|(_, playing)| playing.end.is_none());
            let visit = running.min_by_key(|(index, playing)| (playing.next, *index));
            let visit = visit.map(|(index, playing)| (playing.next, index));
            let turn = self.turns.first().map(|(at, _)| *at);
            let Some(at) = visit.map(|(at, _)| at).into_iter().chain(turn).min() else {
                break;
            };
            if next_tick <= at {
                self.now = next_tick;
                self.groups.tick(self.time());
                next_tick += TICK;
            } else if turn == Some(at) {
                self.now = at;
                self.turn();
            } else if let Some((at, index)) = visit {
                self.now = at;
                self.visit(index);
            }
        }
        for _ in 0..SETTLING_TICKS {
            self.now = next_tick;
            self.groups.tick(self.time());
            next_tick += TICK;
        }
        Ended {
            executions: self.executions.into_iter().map(Playing::ended).collect(),
            before,
            after: self.groups.capacities(),
            taken: self.taken,
            log: self.log,
        }
    }

    fn turn(&mut self) {
        let (_, turn) = self.turns.remove(0);
        match turn {
            Turn::Left(instances) => self.groups.spot.zones.fill(instances),
            Turn::Taken(number) => self.groups.take_back(&id(number)),
            Turn::ScaleIn(market) => {
                let group = self.groups.of_mut(market);
                let desired_capacity = group.desired_capacity;
                if desired_capacity > group.min_size {
                    group.set_desired_capacity(desired_capacity - 1, "a user request");
                    self.taken += desired_capacity - group.desired_capacity;
                }
                self.groups.forget_ended();
            }
        }
        self.write(None, format!("{turn:?}"), (Fault::None, None));
    }

    fn visit(&mut self, index: usize) {
        let now = self.time();
        let Some((discovery, mut machine)) = self.executions[index].round.take() else {
            self.discover(index);
            return;
        };
        let flow = Flow::of(&discovery).unwrap();
        let begin = self.executions[index].begin;
        let fault = self.executions[index].faults.next().unwrap_or(Fault::None);
        let step = machine.step.clone();
        let mut call = None;
        match &step {
            Step::Evaluate { .. } => {
                visit::evaluate(&self.groups, begin.is_cheap, flow, &mut machine, fault);
            }
            Step::WaitForCapacity { .. } => {
                let neighbours = Found { play: self, index };
                visit::verify(&self.groups, &neighbours, flow, &mut machine, (fault, now));
            }
            _ => call = visit::scale(&mut self.groups, flow, &mut machine, (fault, now)),
        }
        let state = format!("{} -> {}", step.state(), machine.step.state());
        self.write(Some(index), state, (fault, call));
        self.executions[index].go_on(self.now, discovery, machine);
    }

    fn discover(&mut self, index: usize) {
        let playing = &self.executions[index];
        let started_at = at(playing.begin.at);
        let mut input = playing.input.clone();
        let number = input.round.as_ref().map_or(1, |round| round.number);
        if let Some(loss) = &mut input.loss {
            let recommended = match playing.begin.kind {
                Kind::Warning(number) => self.named(&recommendation(number)),
                _ => None,
            };
            loss.recommended = recommended.map(|playing| playing.name.clone());
        }
        let context = context(
            &playing.name,
            &playing.started_with,
            started_at,
            self.time(),
        );
        let execution = Execution::of(&context, &input);
        let follows_a_loss = execution.follows_a_loss();
        let leader = (number == 1 || follows_a_loss)
            .then(|| self.leader(index, follows_a_loss))
            .flatten();
        let [spot_patience, on_demand_patience] = self.several.patience;
        let mut loss = input.loss.clone();
        let spot = self.groups.found_after(&mut loss);
        let discovery = Discovery {
            settings: Settings {
                dry_run: playing.begin.dry_run,
                max_rounds: self.several.max_rounds,
                launch_by: self.several.launch_by,
                verify_interval_seconds: INTERVAL_SECONDS,
                spot_capacity_timeout_seconds: spot_patience * INTERVAL_SECONDS,
                on_demand_capacity_timeout_seconds: on_demand_patience * INTERVAL_SECONDS,
                rounds_timeout_seconds: 86_400,
                ..Settings::default()
            },
            purpose: input.purpose,
            loss,
            queue: self.several.messages.map(|visible_messages| Queue {
                logical_id: "queueJobs".into(),
                queue_url: "https://sqs/jobs".into(),
                visible_messages,
            }),
            leader,
            return_runs: self
                .next_to(index, self.now)
                .any(|other| other.begin.kind == Kind::Return),
            execution: Some(execution),
            ..testing::discovery(spot, self.groups.found(Market::OnDemand))
        };
        let machine = Machine::new(Flow::of(&discovery).unwrap().discovered());
        self.write(Some(index), "Discover".into(), (Fault::None, None));
        self.executions[index].go_on(self.now, discovery, machine);
    }

    /// The executions that run in earnest next to this one, or have run since then.
    fn next_to(&self, index: usize, since: u32) -> impl Iterator<Item = &Playing<'a>> {
        let others = self.executions.iter().enumerate();
        others
            .filter(move |(other, playing)| *other != index && playing.runs(since, self.now))
            .map(|(_, playing)| playing)
            .filter(|playing| !playing.begin.dry_run)
    }

    /// As *discover* finds it: an alarm's with a queue, or any for what gives way.
    fn leader(&self, index: usize, follows_a_loss: bool) -> Option<Leader> {
        let own = &self.executions[index];
        let gives_way =
            !follows_a_loss && matches!(own.begin.kind, Kind::Return | Kind::LaunchUnsuccessful);
        let is_alarm = follows_a_loss || own.begin.kind == Kind::Alarm;
        if !(gives_way || is_alarm && self.several.messages.is_some()) {
            return None;
        }
        let mut others: Vec<_> = self
            .next_to(index, self.now)
            .filter(|other| follows_a_loss || other.order() < own.order())
            .filter(|other| {
                let is_ahead = follows_a_loss && other.order() < own.order();
                let is_loss = matches!(
                    other.begin.kind,
                    Kind::Warning(_) | Kind::LaunchUnsuccessful
                );
                gives_way || other.begin.kind == Kind::Alarm || is_ahead && is_loss
            })
            .collect();
        others.sort_by_key(|other| other.order());
        others.first().map(|other| Leader {
            execution_name: other.name.clone(),
            started_at: at(other.begin.at),
        })
    }

    fn named(&self, name: &str) -> Option<&Playing<'a>> {
        let mut executions = self.executions.iter();
        executions.find(|playing| playing.name == name && playing.begin.at <= self.now)
    }

    fn time(&self) -> Timestamp {
        at(self.now)
    }

    fn write(&mut self, index: Option<usize>, state: String, (fault, call): (Fault, Option<Call>)) {
        self.log.push(Entry {
            at: self.now,
            execution: index.map(|index| (index, self.executions[index].begin.kind)),
            state,
            fault,
            call,
            after: self.groups.capacities(),
        });
    }
}

/// What one execution finds of the others.
struct Found<'p, 'a> {
    play: &'p Play<'a>,
    index: usize,
}

impl Neighbours for Found<'_, '_> {
    fn others(&self, also_ended: bool) -> Others {
        let own = &self.play.executions[self.index];
        let mut others = Others::default();
        let since = if also_ended {
            own.round_began
        } else {
            self.play.now
        };
        for other in self.play.next_to(self.index, since) {
            if other.end.is_some() {
                others.ended += 1;
                others.ended_returns += u32::from(other.begin.kind == Kind::Return);
            } else if other.begin.kind == Kind::Return {
                others.returns += 1;
            } else if other.order() < own.order() {
                others.before += 1;
            } else {
                others.after += 1;
            }
        }
        others.on_demand_desired = Some(self.play.groups.on_demand.desired_capacity);
        if let Kind::Warning(number) | Kind::Recommendation(number) = own.begin.kind {
            others.lost_has_left = !self.play.groups.has(&id(number));
        }
        others
    }

    fn replacement(&self, name: &str) -> Replacement {
        match self.play.named(name).map(|playing| playing.end) {
            Some(None) => Replacement::Underway,
            Some(Some("CapacityArrived")) => Replacement::Came,
            _ => Replacement::DidNotCome,
        }
    }
}

fn at(milliseconds: u32) -> Timestamp {
    let first: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    first + SignedDuration::from_millis(milliseconds.into())
}

fn recommendation(number: usize) -> String {
    execution_name::of_recommendation("farm", &id(number))
}

impl<'a> Playing<'a> {
    fn new(index: usize, begin: &'a Begin) -> Self {
        let loss = match begin.kind {
            Kind::Alarm | Kind::Return => None,
            Kind::Warning(number) => Some((LossKind::InterruptionWarning, Some(number))),
            Kind::Recommendation(number) => Some((LossKind::RebalanceRecommendation, Some(number))),
            Kind::LaunchUnsuccessful => Some((LossKind::LaunchUnsuccessful, None)),
        };
        let input = ExecutionInput {
            stack_name: "farm".into(),
            settings: SettingsOverride::default(),
            alarm: None,
            purpose: match begin.kind {
                Kind::Return => Purpose::ReturnToSpot,
                _ => Purpose::ScaleUp,
            },
            loss: loss.map(|(kind, number)| CapacityLoss {
                kind,
                event_id: "event".into(),
                time: at(begin.at),
                auto_scaling_group_name: "workers-spot".into(),
                instance_id: number.map(id),
                pool: None,
                recommended: None,
                at_min_size: false,
            }),
            round: None,
        };
        Self {
            begin,
            name: match begin.kind {
                Kind::Recommendation(number) => recommendation(number),
                _ => format!("farm-{index:02}"),
            },
            faults: begin.faults.clone().into_iter(),
            started_with: input.clone(),
            input,
            round: None,
            rounds: Vec::new(),
            visits: 0,
            next: begin.at,
            end: None,
            ended_at: 0,
            round_began: begin.at,
        }
    }

    fn runs(&self, since: u32, now: u32) -> bool {
        let has_ended = self.end.is_some() && self.ended_at < since;
        self.begin.at <= now && !has_ended && (self.end.is_none() || since < now)
    }

    fn order(&self) -> (u32, &str) {
        (self.begin.at, &self.name)
    }

    fn go_on(&mut self, now: u32, discovery: Discovery, machine: Machine) {
        self.visits += 1;
        assert!(
            self.visits < MOST_VISITS,
            "it does not end: {:?}",
            self.begin
        );
        self.next = now + self.begin.pace;
        if let Step::WaitForCapacity { seconds, .. } = &machine.step {
            self.next += seconds * 1_000;
        }
        let step = machine.step.clone();
        if is_visited(&step) && !matches!(step, Step::ContinueAsNew { .. }) {
            self.round = Some((discovery, machine));
            return;
        }
        self.rounds.push((discovery, machine));
        match step {
            Step::Discover { input } => {
                self.round_began = self.next;
                self.input = input;
            }
            last => {
                self.ended_at = now;
                self.end = Some(last.state());
            }
        }
    }

    fn ended(self) -> Course {
        Course {
            kind: self.begin.kind,
            dry_run: self.begin.dry_run,
            rounds: self.rounds,
            end: self.end.unwrap(),
        }
    }
}
