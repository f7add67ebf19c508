//! LaunchInstances on the simulated groups: *scale* carries a plan out by the domain's walk.

use jiff::Timestamp;
use spotmanager_domain::{
    Market, ScaleOutcome,
    flow::{Flow, Launched, LaunchedOf},
    scaling::{GroupLaunches, LaunchAsked, LaunchPlan, Launching, RaisePlan, Tokens, plan_raise},
};

use super::{
    Call, Fault, Groups, SimulatedGroup,
    scale::{Answer, Done, done},
};

/// A function that was killed on its way.
struct Killed;

/// What came of a call.
enum Called {
    Came(i32),
    AskedOtherwise(i32),
    Refused,
}

/// A call that was sent under a token.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    units: i32,
    came: i32,
    /// Whether EC2 finds what it launched by the token.
    is_found: bool,
}

/// What a plan is carried out with.
struct Launcher {
    is_first: bool,
    /// What earlier attempts launched.
    found: Tokens,
    /// How many calls are made before the function is killed.
    calls_left: Option<u32>,
    is_stale: bool,
}

impl Groups {
    pub(super) fn launch(
        &mut self,
        flow: Flow<'_>,
        (plan, is_first): (&LaunchPlan, bool),
        (fault, now): (Fault, Timestamp),
    ) -> Answer<Done> {
        let first = &plan.groups[0];
        let before = [self.spot.capacity(), self.on_demand.capacity()];
        let capacity_before = self.of(first.market).capacity();
        if flow.discovery.settings.dry_run {
            let sizes = [first.from, first.from + plan.units];
            return done(None, ScaleOutcome::WouldScale, sizes, capacity_before);
        }
        let mut launcher = Launcher {
            is_first,
            found: if is_first {
                Tokens::new()
            } else {
                self.tokens_found()
            },
            calls_left: match fault {
                Fault::Lost { took_effect: true } => Some(1),
                Fault::Lost { took_effect: false } => Some(0),
                _ => None,
            },
            is_stale: plan.is_stale(now),
        };
        let carried_out = self.carry_out(plan, &mut launcher);
        let after = [self.spot.capacity(), self.on_demand.capacity()];
        let raised =
            [0, 1].map(|group| after[group].desired_capacity - before[group].desired_capacity);
        let call = (raised != [0, 0]).then_some(Call::Launch { before, raised });
        let launched = match carried_out {
            Ok(launched) => launched,
            Err(Killed) => {
                return Answer {
                    call,
                    result: Err("SpotManager.OutcomeUnknown"),
                };
            }
        };
        let asked = [launched.spot, launched.on_demand];
        let asked: i32 = asked.into_iter().flatten().map(|of| of.asked).sum();
        let outcome = match asked {
            0 if launcher.calls_left.is_none() && !capacity_before.has_room() => {
                ScaleOutcome::GroupFull
            }
            0 => ScaleOutcome::NothingLaunched,
            _ if call.is_none() => ScaleOutcome::AlreadyScaled,
            _ => ScaleOutcome::Scaled,
        };
        let mut answer = done(call, outcome, [first.from; 2], capacity_before);
        if let Ok(done) = &mut answer.result {
            done.launched = launched;
        }
        answer
    }

    fn carry_out(
        &mut self,
        plan: &LaunchPlan,
        launcher: &mut Launcher,
    ) -> Result<Launched, Killed> {
        let (mut launched, mut left) = (Launched::default(), plan.units);
        for (index, launches) in plan.groups.iter().enumerate() {
            let found = launches.came_of(&launcher.found);
            if left <= 0 && found == 0 {
                continue;
            }
            let later = plan.groups[index + 1..].iter();
            let later: i32 = later.map(|group| group.came_of(&launcher.found)).sum();
            let of = self.launch_of(launches, left - later, launcher)?;
            left -= of.asked;
            match launches.market {
                Market::Spot => launched.spot = Some(of),
                Market::OnDemand => launched.on_demand = Some(of),
            }
        }
        Ok(launched)
    }

    fn launch_of(
        &mut self,
        launches: &GroupLaunches,
        need: i32,
        launcher: &mut Launcher,
    ) -> Result<LaunchedOf, Killed> {
        let found = launcher.found.clone();
        let before = self.of(launches.market).capacity();
        let mut launching = Launching::new(launches, need, before, &found);
        let mut is_refused = false;
        while let Some(call) = Some(())
            .filter(|()| !launcher.is_stale)
            .and_then(|()| launching.next_call())
        {
            if launcher.calls_left == Some(0) {
                return Err(Killed);
            }
            match self.call(launches.market, &call) {
                Called::Came(units) => launching.came(&call, units),
                Called::AskedOtherwise(units) => launching.was_asked_otherwise(&call, units),
                Called::Refused => {
                    is_refused = true;
                    break;
                }
            }
            if let Some(calls_left) = &mut launcher.calls_left {
                *calls_left -= 1;
                if *calls_left == 0 {
                    return Err(Killed);
                }
            }
            let group = self.of_mut(launches.market);
            if !launcher.is_first {
                launching.may_be_repeated(group.capacity());
            }
            if let Some(to) = launching.lower_to(group.capacity()) {
                group.set_desired_capacity(to, "a user request");
            }
        }
        let group = self.of_mut(launches.market);
        let missing = need.min(launches.most);
        if (launcher.is_stale || is_refused) && launching.asked() < missing {
            let from = launches.from;
            let asked = match plan_raise(from, from + missing, group.capacity()) {
                RaisePlan::Raise(to) => {
                    group.set_desired_capacity(to, "a user request");
                    to - from
                }
                RaisePlan::AlreadyRaised => missing,
                RaisePlan::GroupFull => 0,
            };
            return Ok(LaunchedOf {
                baseline_capacity: from,
                asked: asked.max(launching.asked()),
            });
        }
        Ok(LaunchedOf {
            baseline_capacity: launching.baseline(),
            asked: launching.asked(),
        })
    }

    /// `LaunchInstances`, under a token that launches once.
    fn call(&mut self, market: Market, call: &LaunchAsked) -> Called {
        let hides_tokens = self.of(market).hides_tokens;
        match self.launched.get(&call.token) {
            Some(sent) if sent.units == call.units => return Called::Came(sent.came),
            Some(_) if hides_tokens => return Called::AskedOtherwise(0),
            Some(sent) => return Called::AskedOtherwise(sent.came),
            None => {}
        }
        let Some(came) = self.of_mut(market).launch_at_once(call) else {
            return Called::Refused;
        };
        let sent = Sent {
            units: call.units,
            came,
            is_found: came > 0 && !hides_tokens,
        };
        self.launched.insert(call.token.clone(), sent);
        Called::Came(came)
    }

    /// What EC2 finds by the tokens.
    fn tokens_found(&self) -> Tokens {
        let sent = self.launched.iter().filter(|(_, sent)| sent.is_found);
        sent.map(|(token, sent)| (token.clone(), sent.came))
            .collect()
    }
}

impl SimulatedGroup {
    /// Launches what the zone has, and asks for no more, or for all that was asked for. Beyond its
    /// MaxSize it refuses.
    fn launch_at_once(&mut self, call: &LaunchAsked) -> Option<i32> {
        if self.desired_capacity + call.units > self.max_size {
            // It was asked to lower DesiredCapacity, and did not.
            assert!(self.is_kept && self.failures_raise, "{call:?} in {self:?}");
            return None;
        }
        let zones = self.zone_names();
        let zone = zones
            .iter()
            .position(|zone| *zone == call.availability_zone);
        let zone = zone.unwrap();
        let came = call
            .units
            .min(i32::try_from(self.zones[zone]).unwrap_or(i32::MAX));
        self.zones[zone] -= u32::try_from(came).unwrap();
        for _ in 0..came {
            self.launching.push(self.launch_ticks);
        }
        self.desired_capacity += if self.failures_raise {
            call.units
        } else {
            came
        };
        "a user request launched instances synchronously".clone_into(&mut self.cause);
        Some(came)
    }
}
