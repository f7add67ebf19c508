//! A rule of EventBridge, as it is.

use spotmanager_aws::{SdkConfig, event_rules};
use spotmanager_doctor::{Named, Read};
use spotmanager_domain::resources::EventRule;

use super::{
    resources::{Resources, missing, named, unread},
    unread::found,
};

/// The rule of the stack with this logical id.
pub(super) async fn event_rule(
    config: &SdkConfig,
    resources: &Resources,
    logical_id: &str,
) -> Named<EventRule> {
    let name = match named(resources, "AWS::Events::Rule", logical_id) {
        Read::Found(name) => name,
        Read::NotRead(why) => return unread(logical_id, why),
        Read::Missing => return missing(logical_id),
    };
    let client = event_rules::Client::new(config);
    let read = found(event_rules::describe_rule(&client, &name).await);
    Named { name, read }
}
