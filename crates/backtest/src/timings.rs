//! How long things take.

/// What AWS takes, and what a deployment waits for; all in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timings {
    /// From the launch of an instance until it is in service.
    pub launch: u32,
    /// From one failed launch to Auto Scaling's next attempt.
    pub next_attempt: u32,
    /// How long before it takes an instance back EC2 warns.
    /// See <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html>.
    pub interruption_notice: u32,
    /// `AlarmPeriodSeconds`.
    pub alarm_period: u32,
    /// `NoJobsEvaluationPeriods`.
    pub no_jobs_periods: u32,
    /// `VerifyIntervalSeconds`.
    pub verify_interval: u32,
    /// `SpotCapacityTimeoutSeconds`, the fallback time.
    pub spot_capacity_timeout: u32,
    /// `LaunchFailureWindowSeconds`.
    pub launch_failure_window: u32,
    /// `ReturnToSpotRate`; 0 for never.
    pub return_to_spot: u32,
}

impl Default for Timings {
    /// The templates' defaults, and what is usual of AWS.
    fn default() -> Self {
        Self {
            launch: 60,
            next_attempt: 30,
            interruption_notice: 120,
            alarm_period: 60,
            no_jobs_periods: 5,
            verify_interval: 15,
            spot_capacity_timeout: 300,
            launch_failure_window: 900,
            return_to_spot: 900,
        }
    }
}
