//! How long things take.

use spotmanager_domain::Settings;

/// `ReturnToSpotRate`, as the template has it.
pub(crate) const RETURN_TO_SPOT_SECONDS: u32 = 900;

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
    /// `ScaleUpCooldownSeconds`. Only groups of several instances are played with cooldowns.
    pub scale_up_cooldown: u32,
    /// `ScaleDownCooldownSeconds`.
    pub scale_down_cooldown: u32,
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
        let settings = Settings::default();
        Self {
            launch: 60,
            next_attempt: 30,
            interruption_notice: 120,
            alarm_period: 60,
            no_jobs_periods: 5,
            scale_up_cooldown: 300,
            scale_down_cooldown: 60,
            verify_interval: settings.verify_interval_seconds,
            spot_capacity_timeout: settings.spot_capacity_timeout_seconds,
            launch_failure_window: settings.launch_failure_window_seconds,
            return_to_spot: RETURN_TO_SPOT_SECONDS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_of_parameters_that_are_no_settings_are_the_templates() {
        let timings = Timings::default();
        let spotmanager = include_str!("../../../infra/spotmanager.yaml");
        let workers = include_str!("../../../infra/workers.yaml");
        for (template, parameter, default) in [
            (
                spotmanager,
                "ReturnToSpotRate",
                format!("rate({} minutes)", timings.return_to_spot / 60),
            ),
            (
                workers,
                "AlarmPeriodSeconds",
                timings.alarm_period.to_string(),
            ),
            (
                workers,
                "NoJobsEvaluationPeriods",
                timings.no_jobs_periods.to_string(),
            ),
            (
                workers,
                "ScaleUpCooldownSeconds",
                timings.scale_up_cooldown.to_string(),
            ),
            (
                workers,
                "ScaleDownCooldownSeconds",
                timings.scale_down_cooldown.to_string(),
            ),
        ] {
            let (_, rows) = template.split_once(&format!("\n  {parameter}:\n")).unwrap();
            let found = rows
                .lines()
                .find_map(|row| row.trim().strip_prefix("Default: "));
            assert_eq!(found, Some(&*default), "{parameter}");
        }
    }
}
