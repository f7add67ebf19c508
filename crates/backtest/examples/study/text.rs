//! What the study says between its tables.

/// Before all tables.
pub(crate) const INTRODUCTION: &str = "\
# Would jobs have waited?

Written by `cargo run --release --package spotmanager-backtest --example study FOLDER > \
docs/backtest.md`, over the traces in a folder. These were published with Wu et al., \
[Can't Be Late](https://www.usenix.org/conference/nsdi24/presentation/wu-zhanghao), NSDI 2024. Each \
zone is played by itself, but for [the spread](#spread). [The command](how-to/command.md) says how to \
probe your own account.

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
interrupted. Who has more instances than the sizing rule wants lets jobs wait less than the clairvoyant.
- **`scaling-policy`** waits for the group's cooldown of 300 s between two instances; here it is \
executed as soon as that is over.
- **`launch-instances`** is played as the flow with `desired-capacity` whose call for spot is answered at \
once by what the zones have, so that on-demand is asked for the rest in the same moment. The second that \
the call takes is not played, and neither are its tokens, its refusals and what is not known of it. \
Losses and returns go as with the other ways.
- A group launches all that it lacks at once, as far as the trace has instances left. If the count \
falls below what runs, EC2 takes back the oldest. If a group is lowered, its newest instance goes, \
and its job begins anew.
";

/// Before the table of targets.
pub(crate) const TARGETS: &str = "\
## Targets

For loads that need more than one instance, with every load of [several \
instances](#groups-of-several-instances) and three draws of the jobs. *Cost* is a share of the \
clairvoyant's; each trace has the average of its loads. *Waiting* is how much longer jobs wait than the \
clairvoyant's, as a share of how much longer they do with `scaling-policy` under the same setting; below 0 \
they wait less than the clairvoyant's. *Both* are two changes that are not deployed: [what would meet \
the targets](#what-would-meet-the-targets). *Interruptions only* are the traces [at the \
end](#interruptions-only).
";

/// Before the table of trials.
pub(crate) const TRIALS: &str = "\
## What would meet the targets

As deployed, groups with a steady load cost far too much, and their jobs may wait for hours. Changing one \
thing after the other showed two causes:

- **An alarm asks for one instance at least**, even if there are enough for the queue. It rises again \
whenever a job waits at the end of a minute, after a minute in which none did. And as long as jobs keep \
coming nothing is scaled in, because there are no five minutes without one. So the groups grow to their \
maximum, and stay there. *The alarm asks for what the queue lacks* is the change: an alarm brings \
instances only if more jobs wait than the target allows, as each further round does. Without an instance \
one job is enough for that.
- **While the alarm lasts it sends nothing.** Once the execution that leads has ended, nobody asks for \
what jobs need that come later. Longer rounds do not help: they end when the queue is at its target, and \
not because of `MaxRounds` or `RoundsTimeoutSeconds`. *The queue is read every so many minutes* is the \
change: if more jobs wait than the target allows, an execution begins as for an alarm. It may come with \
the tick of the return.

Each change alone leaves the other cause, and the first one alone lets jobs wait even longer. With both, \
`rate(5 minutes)` and a `LaunchFailureWindowSeconds` below the tick, every target is met if spot comes and \
goes. With the default window of 900 s the cost is at the limit. More often than every five minutes \
brings nothing but executions.

*Interruptions only* stays above the cost target. The clairvoyant has spot all the time there, and an \
interruption costs it nothing. SpotManager pays for both instances in the two minutes of notice, and, \
as there is one zone, which EC2 has just taken back from, for on-demand until the next tick.

What it takes: each tick is one invocation of *start* and one call of `DescribeAutoScalingGroups`, 96 a \
day with `rate(15 minutes)` and 288 with `rate(5 minutes)`. It begins an execution only if an on-demand \
instance may go, or, with the change, if jobs wait above the target. Executions of all kinds are in the \
table; [what each costs](cost.md).
";

/// Before the tables of zones played together.
pub(crate) const SPREAD: &str = "\
## Spread

LaunchInstances names the zone, so that SpotManager chooses how instances are spread. Here zones of one \
campaign are played together, as zones of one group, up to the end of the shortest trace. Those of \
us-east-1 were probed with one instance; here each has 16 at such a time, or none. us-east-2b and \
us-west-2a have up to 16. They are of two regions, and are seldom both to be had. The traces have no \
prices: zones are 5, 15 and 30 % above the cheapest, in as many orders as there are zones, so that each \
is the cheapest once. What a zone does not give is asked of the next.

**The rule is evenly over all zones at most 10 % above the cheapest** \
(`crates/domain/src/scaling/spread.rs`):

- How many are lost in all is the same with every rule, and so are the jobs that restart. Spreading \
changes only how many go at once, and with that how long jobs wait, by a few percent. That is worth a \
little, and no more.
- A second zone halves how often all go at once. A third and a fourth add next to nothing, and cost as \
much again.
- A zone that is near costs little: of zones within 10 % half the units cost at most 10 % more. Within \
20 % fewer go at once, but for each percent of the price by much less. Two zones at any price would go \
at once least often for what they cost on this ladder, but there is no bound to what the second may \
cost.
- It needs no setting, and nothing but the prices.

In the whole flow the rules differ less. Only what an alarm asks for is spread by them: what is lost, and \
what returns, Auto Scaling launches itself, in the zone with the fewest instances.
";

/// Before the tables over traces of interruptions.
pub(crate) const INTERRUPTIONS: &str = "\
## Interruptions only

Some traces count how many of a number of instances still ran. They say when EC2 took instances back, \
and not if others could be had. So here spot can always be had, and if the count falls by some, as many \
of those that run are warned. The clairvoyant is on spot all the time.
";
