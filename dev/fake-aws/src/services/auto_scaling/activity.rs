//! Scaling activities.
//! See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Activity.html>.

use std::fmt::Write;

use jiff::Timestamp;
use quick_xml::escape::escape;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    InProgress,
    Successful,
    Failed,
}

#[derive(Clone, Debug)]
pub(crate) struct Activity {
    pub(crate) id: String,
    pub(crate) group: String,
    pub(crate) description: String,
    pub(crate) cause: String,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) status: Status,
    pub(crate) message: Option<String>,
    pub(crate) zone: String,
    pub(crate) subnet: String,
}

impl Activity {
    /// Ends the activity, if it is the launch of the instance.
    pub(crate) fn succeed_launch_of(&mut self, instance_id: &str, at: Timestamp) {
        if self.status == Status::InProgress && self.description.ends_with(instance_id) {
            self.succeed(at);
        }
    }

    /// Ends the activity.
    pub(crate) fn succeed(&mut self, at: Timestamp) {
        self.status = Status::Successful;
        self.ended_at = Some(at);
    }

    /// As DescribeScalingActivities shows it.
    pub(crate) fn write(&self, xml: &mut String) {
        let details = serde_json::json!({
            "Subnet ID": self.subnet,
            "Availability Zone": self.zone,
        });
        let progress = if self.status == Status::InProgress {
            30
        } else {
            100
        };
        let optional = |name: &str, value: Option<String>| {
            value
                .map(|value| format!("<{name}>{}</{name}>", escape(value)))
                .unwrap_or_default()
        };
        // Writing to a string does not fail.
        let _ = write!(
            xml,
            "<member><ActivityId>{}</ActivityId>\
             <AutoScalingGroupName>{}</AutoScalingGroupName>\
             <Description>{}</Description><Cause>{}</Cause><StartTime>{:.3}</StartTime>{}\
             <StatusCode>{:?}</StatusCode>{}<Progress>{progress}</Progress>\
             <Details>{}</Details></member>",
            self.id,
            escape(self.group.as_str()),
            escape(self.description.as_str()),
            escape(self.cause.as_str()),
            self.started_at,
            optional("EndTime", self.ended_at.map(|at| format!("{at:.3}"))),
            self.status,
            optional("StatusMessage", self.message.clone()),
            escape(details.to_string()),
        );
    }
}
