//! An Auto Scaling group that launches where there is capacity, and takes its time.

use jiff::Timestamp;
use spotmanager_domain::{Capacity, ScalingPolicy, activity::Activity, testing};

use super::Change;

/// A group. A tick is the time between two checks.
#[derive(Clone, Debug)]
pub(crate) struct SimulatedGroup {
    pub(crate) min_size: i32,
    pub(crate) max_size: i32,
    pub(crate) desired_capacity: i32,
    pub(crate) in_service: i32,
    /// How many ticks each instance that launches still takes.
    pub(crate) launching: Vec<u32>,
    /// How many ticks a launch takes.
    pub(crate) launch_ticks: u32,
    /// How many instances each zone has left.
    pub(crate) zones: Vec<u32>,
    /// How much its scale-up policy adds.
    pub(crate) adds: i32,
    /// Whether Auto Scaling refuses to lower it, as during a zonal shift.
    pub(crate) is_kept: bool,
    /// Whether DesiredCapacity rises also by what a launch does not bring.
    pub(crate) failures_raise: bool,
    /// Whether EC2 does not find what was launched by the token of the call.
    pub(crate) hides_tokens: bool,
    pub(crate) activities: Vec<Activity>,
    /// Why it asked for more or less last.
    pub(crate) cause: String,
}

impl SimulatedGroup {
    pub(crate) fn capacity(&self) -> Capacity {
        Capacity {
            min_size: self.min_size,
            max_size: self.max_size,
            desired_capacity: self.desired_capacity,
            in_service: self.in_service,
            pending: self.pending(),
            unhealthy: 0,
        }
    }

    pub(crate) fn zone_names(&self) -> Vec<String> {
        (0..self.zones.len())
            .map(|zone| format!("zone-{zone}"))
            .collect()
    }

    pub(crate) fn scale_up_policy(&self) -> ScalingPolicy {
        testing::scaling_policy("ScaleUp", self.adds)
    }

    /// What it did since then.
    pub(crate) fn activities_since(&self, since: Timestamp) -> Vec<Activity> {
        let activities = self.activities.iter();
        activities
            .filter(|activity| activity.started_at >= since)
            .cloned()
            .collect()
    }

    /// `ExecutePolicy` of a policy of this name that changes the group by so many.
    pub(crate) fn execute(&mut self, policy_name: &str, by: i32) {
        let cause = format!("a user request executed policy {policy_name} changing");
        let desired_capacity = (self.desired_capacity + by).clamp(self.min_size, self.max_size);
        self.set_desired_capacity(desired_capacity, &cause);
    }

    /// Another client asks for more or less, as far as the group's sizes allow, which it may change.
    pub(crate) fn change(
        &mut self,
        Change {
            by,
            lowers_max_size_by,
            ..
        }: Change,
    ) {
        self.max_size = (self.max_size - lowers_max_size_by).max(self.min_size);
        let desired_capacity = (self.desired_capacity + by).clamp(self.min_size, self.max_size);
        self.set_desired_capacity(desired_capacity, "a user request");
    }

    /// `SetDesiredCapacity`, which refuses a size beyond the group's.
    pub(crate) fn set_desired_capacity(&mut self, desired_capacity: i32, cause: &str) {
        let sizes = self.min_size..=self.max_size;
        assert!(
            sizes.contains(&desired_capacity),
            "{desired_capacity} of {sizes:?}"
        );
        if self.is_kept && desired_capacity < self.desired_capacity {
            return;
        }
        self.desired_capacity = desired_capacity;
        self.cause = cause.to_owned();
        self.terminate_surplus();
    }

    /// `DetachInstances` of one that is in service, with or without a replacement; `false` if the
    /// group's MinSize forbids it.
    pub(crate) fn detach(&mut self, decrements: bool) -> bool {
        if decrements && self.desired_capacity <= self.min_size {
            return false;
        }
        self.in_service -= 1;
        self.desired_capacity -= i32::from(decrements);
        true
    }

    /// EC2 takes an instance back, and the group asks for as many as before.
    pub(crate) fn loses_instance(&mut self) {
        self.in_service = (self.in_service - 1).max(0);
    }

    /// The time until the next check goes by.
    pub(crate) fn tick(&mut self, now: Timestamp) {
        for ticks in &mut self.launching {
            *ticks = ticks.saturating_sub(1);
        }
        self.arrive();
        let mut failures = 0;
        while self.in_service + self.pending() < self.desired_capacity
            && failures < self.zones.len()
        {
            let zone = self.activities.len() % self.zones.len();
            let has_capacity = self.zones[zone] > 0;
            self.activities.push(Activity {
                started_at: now,
                status_code: if has_capacity { "InProgress" } else { "Failed" }.into(),
                status_message: (!has_capacity).then(|| "There is no capacity.".into()),
                cause: self.cause.clone(),
                availability_zone: Some(format!("zone-{zone}")),
                launches: true,
            });
            if has_capacity {
                self.zones[zone] -= 1;
                self.launching.push(self.launch_ticks);
            } else {
                failures += 1;
            }
        }
        self.arrive();
    }

    fn pending(&self) -> i32 {
        i32::try_from(self.launching.len()).unwrap()
    }

    fn arrive(&mut self) {
        let before = self.pending();
        self.launching.retain(|ticks| *ticks > 0);
        self.in_service += before - self.pending();
    }

    fn terminate_surplus(&mut self) {
        while self.in_service + self.pending() > self.desired_capacity {
            if self.launching.pop().is_none() {
                self.in_service -= 1;
            }
        }
    }
}
