//! What the study says between its tables.

/// Before all tables.
pub(crate) const INTRODUCTION: &str = "\
# Would jobs have waited?

Written by `cargo run --release --package spotmanager-backtest --example study FOLDER > \
docs/backtest.md`, over the traces in a folder. These were published with Wu et al., \
[Can't Be Late](https://www.usenix.org/conference/nsdi24/presentation/wu-zhanghao), NSDI 2024. Each \
zone is a separate trace. [The command](how-to/command.md) says how to probe your own account.

What is played: two groups, jobs of 240 s that come at any time alike, the alarms and timings of the \
templates, 60 s from a launch to service, 120 s of notice before an interruption, 30 s from a failed \
launch to the next one, and the deployed flow (`crates/domain/src/flow`): an execution for each \
alarm, each interruption warning, each failed launch of the spot group and each tick of \
`ReturnToSpotRate`. A job whose instance is taken back begins anew. An instance with a job is not \
scaled in by the alarm for no more jobs. Spot costs 0.918 USD per hour and on-demand 3.06.

- **The clairvoyant** is what the others are measured against. It takes spot whenever there is any, \
changes over at once, loses no work and pays for no two instances at a time.
- **The plain rule** takes spot if there is any, otherwise on-demand after 300 s, and does not return.
- **SpotManager** has its [limits](how-to/lost-capacity.md) here too: if on-demand is full the spot \
group goes on trying.
- **Spot with endless retry** is what one group with a mixed instances policy does, and what the \
2016 original does if the price is within its limit. It costs least because its jobs are not \
done.
";

/// Before the tables of one instance.
pub(crate) const ONE: &str = "\
## Groups of one instance

Each group has at most one instance, and no queue is named: an alarm brings one. The traces are of \
p3.2xlarge in four Availability Zones of us-east-1, probed every 195 s for 45 days from 2023-02-15.

- **Waited** are the minutes in which a job waited and no instance was in service or launching. Up \
to a minute passes for every policy before the alarm looks at the queue, whose metrics are taken \
to be awake: after six idle hours SQS may delay them by up to 15 minutes, see \
[deploy](how-to/deploy.md#what-to-know-before).
- **The bound** is the clairvoyant's cost. It pays for one instance from the alarm on. No policy can \
cost less without letting jobs wait, and none can reach it.
";

/// Before the tables of several instances.
pub(crate) const FLEETS: &str = "\
## Groups of several instances

Each group has at most as many instances as the trace counts nodes, and so have both together \
(`MaximumCapacityOfBothGroups`). A queue is named: `TargetBacklogPerInstance` is 10. The traces are of \
p3.2xlarge in us-east-2b and us-west-2a, where 16 nodes were probed for every 300 s from 2023-08-27, \
for 11 and 16 days.

- **Load** is how many workers' time the jobs ask for on average. They come one at a time, or so many \
at once.
- **The clairvoyant** has at each time the instances that the sizing rule wants for the same jobs: as \
many as the jobs that wait divided by the target, and never fewer than before until the alarm for no \
more jobs takes one each minute. They are spot up to the trace's count and on-demand for the rest, in \
service at once.
- **Waited** are the minutes of every job in the queue, before it is begun and after it was \
interrupted. `LaunchBy` `scaling-policy` waits for the group's cooldown of 300 s between two \
instances; here it is executed as soon as that is over.
- A group launches all that it lacks at once, as far as the trace has instances left. If the count \
falls below what runs, EC2 takes back the oldest. If a group is lowered, its newest instance goes, \
and its job begins anew.
";

/// Before the tables over traces of preemptions.
pub(crate) const PREEMPTIONS: &str = "\
## Interruptions only

Some traces count how many of a number of instances still ran. They say when EC2 took instances back, \
and not if others could be had. So here spot can always be had, and if the count falls by some, as many \
of those that run are warned. The clairvoyant is on spot all the time.
";
