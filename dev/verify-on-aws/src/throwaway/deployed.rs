//! The deployment's parts.

/// What is deployed, by what AWS calls it.
#[derive(Clone, Debug)]
pub(crate) struct Deployed {
    pub(crate) state_machine_arn: String,
    pub(crate) dead_letter_queue_url: String,
    pub(crate) inbox_url: String,
    pub(crate) jobs_queue_url: String,
    pub(crate) jobs_alarm: String,
    pub(crate) no_jobs_alarm: String,
    /// The spot group and the on-demand group.
    pub(crate) groups: [String; 2],
    /// A group whose maximum price for spot is below every price.
    pub(crate) low_price_group: String,
    /// The launch templates of both groups, as `LaunchTemplateArns` takes them.
    pub(crate) launch_template_arns: String,
    /// The role of their instances.
    pub(crate) instance_role_arn: String,
}
