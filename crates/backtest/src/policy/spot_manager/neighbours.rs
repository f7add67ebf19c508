//! The executions of the pair that run next to one, or have ended.

use std::collections::VecDeque;

use jiff::Timestamp;
use spotmanager_domain::{Discovery, LossKind, flow::Others};

use super::execution::Running;

/// An execution that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    pub(super) at: Timestamp,
    /// Whether it was a return to spot.
    pub(super) returns: bool,
}

/// The executions next to one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Neighbours<'a> {
    /// Those that began before it and run, the oldest first.
    pub(super) before: &'a [Running],
    /// Those that began after it and run.
    pub(super) after: &'a VecDeque<Running>,
    /// Those that have ended.
    pub(super) ended: &'a [Ended],
}

impl Neighbours<'_> {
    /// Those that run, and those that have ended since then, as *verify* finds them.
    pub(super) fn others(self, since: Timestamp) -> Others {
        let running = |executions: &mut dyn Iterator<Item = &Running>| {
            let (returns, others) = executions.partition(|one| one.returns());
            counted(returns, others)
        };
        let [returns_before, before] = running(&mut self.before.iter());
        let [returns_after, after] = running(&mut self.after.iter());
        let ended = self.ended.iter().filter(|one| one.at >= since);
        let (returns, others): (Vec<&Ended>, Vec<_>) = ended.partition(|one| one.returns);
        let [ended_returns, ended] = counted(returns, others);
        Others {
            before,
            after,
            returns: returns_before.saturating_add(returns_after),
            ended,
            ended_returns,
            ..Others::default()
        }
    }

    /// Which of those that run leads, as *discover* finds it: an alarm's execution gives way to another
    /// alarm's if there is a queue, and what EC2 takes back is replaced whatever else runs. One that
    /// has replaced what was lost, and looks at the queue now (`follows_a_loss`), is led by any
    /// alarm's, and by an older one that does the same.
    pub(super) fn lead(self, discovery: &mut Discovery, is_for_alarm: bool, follows_a_loss: bool) {
        let alarms_only = is_for_alarm || follows_a_loss;
        let kind = discovery.loss.as_ref().map(|loss| loss.kind);
        let asks_nobody = match kind {
            _ if alarms_only => discovery.queue.is_none(),
            Some(LossKind::InterruptionWarning | LossKind::RebalanceRecommendation) => true,
            _ => false,
        };
        if asks_nobody {
            return;
        }
        let before = self.before.iter().map(|other| (other, true));
        let after = self.after.iter().map(|other| (other, false));
        for (other, is_older) in before.chain(after.filter(|_| follows_a_loss)) {
            discovery.return_runs |= other.returns();
            let is_ahead = follows_a_loss && is_older && other.replaces();
            if other.is_for_alarm() || !alarms_only || is_ahead {
                discovery.leader = Some(other.as_leader());
                return;
            }
        }
    }
}

fn counted<T>(returns: Vec<T>, others: Vec<T>) -> [u32; 2] {
    [returns, others].map(|found| u32::try_from(found.len()).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use spotmanager_domain::{ExecutionInput, Purpose, settings::LaunchBy};

    use super::*;
    use crate::{
        Fleet, Jobs, Scene, Timings, Trace, TraceKind, Trial,
        policy::spot_manager::{deployment::Deployment, input, lost},
        world::World,
    };

    static TRACES: LazyLock<[Trace; 1]> =
        LazyLock::new(|| [Trace::new("a", TraceKind::Availability, 300, vec![8; 10]).unwrap()]);

    fn alarm() -> ExecutionInput {
        input(Purpose::ScaleUp, None)
    }

    fn back() -> ExecutionInput {
        input(Purpose::ReturnToSpot, None)
    }

    fn loss(kind: LossKind) -> ExecutionInput {
        input(Purpose::ScaleUp, Some(lost(kind, Timestamp::UNIX_EPOCH)))
    }

    /// Groups of so many instances, and what begins next to nothing.
    struct Played {
        world: World<'static>,
        deployment: Deployment,
    }

    impl Played {
        fn of(max_size: u32) -> Self {
            let world = World::new(
                Scene {
                    traces: &*TRACES,
                    jobs: Jobs {
                        load: 1.0,
                        job_seconds: 240,
                        at_once: 1,
                        seed: 1,
                    },
                    timings: Timings::default(),
                    fleet: Fleet::of(max_size),
                },
                Vec::new(),
            );
            Self {
                deployment: Deployment::new(&world, LaunchBy::Automatic, Trial::default()),
                world,
            }
        }

        fn begin(&self, name: &str, input: ExecutionInput) -> Running {
            let none = Neighbours {
                before: &[],
                after: &VecDeque::new(),
                ended: &[],
            };
            Running::begin(name.to_owned(), input, none, &self.deployment, &self.world)
        }

        /// Who leads an execution of this input next to an older and a younger one, and whether it knows of
        /// a return.
        fn found(
            &self,
            own: ExecutionInput,
            follows_a_loss: bool,
            [older, younger]: [ExecutionInput; 2],
        ) -> (Option<String>, bool) {
            let neighbours = Neighbours {
                before: &[self.begin("older", older)],
                after: &[self.begin("younger", younger)].into(),
                ended: &[],
            };
            let is_for_alarm = own.purpose == Purpose::ScaleUp && own.loss.is_none();
            let mut discovery = self.deployment.discover(own, &self.world);
            neighbours.lead(
                &mut discovery,
                is_for_alarm && !follows_a_loss,
                follows_a_loss,
            );
            let leader = discovery.leader.map(|leader| leader.execution_name);
            (leader, discovery.return_runs)
        }
    }

    #[test]
    fn an_alarm_gives_way_to_an_older_alarm_and_what_is_not_urgent_to_all() {
        let warning = || loss(LossKind::InterruptionWarning);
        let failed = || loss(LossKind::LaunchUnsuccessful);
        let played = Played::of(8);
        for (own, others, leads, return_runs) in [
            (alarm(), [alarm(), alarm()], true, false),
            (alarm(), [warning(), alarm()], false, false),
            (alarm(), [back(), alarm()], false, true),
            (back(), [warning(), alarm()], true, false),
            (failed(), [back(), alarm()], true, true),
            (failed(), [warning(), alarm()], true, false),
        ] {
            let found = played.found(own.clone(), false, others);
            let leader = leads.then(|| "older".to_owned());
            assert_eq!(found, (leader, return_runs), "{own:?}");
        }
    }

    #[test]
    fn what_ec2_takes_back_gives_way_to_nobody() {
        // Its instance is in service, so that it has not left its group.
        let mut played = Played::of(8);
        played.world.scale(spotmanager_domain::Market::Spot, 1);
        while played.world.spot.capacity(played.world.now).in_service == 0 {
            played.world.step();
            played.world.count();
        }
        let mut warning = loss(LossKind::InterruptionWarning);
        if let Some(loss) = &mut warning.loss {
            loss.instance_id = Some("i-1".to_owned());
        }
        let found = played.found(warning, false, [alarm(), alarm()]);
        assert_eq!(found, (None, false));
    }

    #[test]
    fn without_a_queue_no_alarm_gives_way() {
        let found = Played::of(1).found(alarm(), false, [alarm(), alarm()]);
        assert_eq!(found, (None, false));
    }

    #[test]
    fn one_that_has_replaced_what_was_lost_is_led_by_any_alarm_and_by_an_older_one_like_it() {
        let warning = || loss(LossKind::InterruptionWarning);
        for (others, leader) in [
            ([alarm(), warning()], Some("older")),
            ([back(), alarm()], Some("younger")),
            ([warning(), alarm()], Some("older")),
            ([back(), warning()], None),
        ] {
            let (found, _) = Played::of(8).found(alarm(), true, others.clone());
            assert_eq!(found.as_deref(), leader, "{others:?}");
        }
    }

    #[test]
    fn a_check_counts_those_that_run_and_those_that_have_ended_since() {
        let played = Played::of(8);
        let at = |second| Timestamp::from_second(second).unwrap();
        let ended = |second, returns| Ended {
            at: at(second),
            returns,
        };
        let neighbours = Neighbours {
            before: &[played.begin("a", alarm()), played.begin("b", back())],
            after: &[played.begin("c", loss(LossKind::LaunchUnsuccessful))].into(),
            ended: &[ended(9, false), ended(10, false), ended(11, true)],
        };
        let expected = Others {
            before: 1,
            after: 1,
            returns: 1,
            ended: 1,
            ended_returns: 1,
            ..Others::default()
        };
        assert_eq!(neighbours.others(at(10)), expected);
    }
}
