//! An alarm of a test's own, which tells a topic.

use anyhow::Result;
use aws_config::SdkConfig;
use aws_sdk_cloudwatch::{
    Client,
    types::{ComparisonOperator, StateValue, Statistic},
};

/// An alarm that goes into ALARM when it is told to.
#[derive(Clone, Debug)]
pub struct TestAlarm {
    client: Client,
    name: String,
}

impl TestAlarm {
    /// Creates the alarm, whose transitions into ALARM the topic hears of.
    ///
    /// # Errors
    /// When CloudWatch refuses.
    pub async fn create(config: &SdkConfig, name: &str, topic_arn: &str) -> Result<Self> {
        let client = Client::new(config);
        client
            .put_metric_alarm()
            .alarm_name(name)
            .alarm_actions(topic_arn)
            .namespace("Tests")
            .metric_name("Jobs")
            .statistic(Statistic::Maximum)
            .period(60)
            .evaluation_periods(1)
            .threshold(0.0)
            .comparison_operator(ComparisonOperator::GreaterThanThreshold)
            .treat_missing_data("ignore")
            .send()
            .await?;
        let name = name.to_owned();
        Ok(Self { client, name })
    }

    /// Goes into ALARM anew.
    ///
    /// # Errors
    /// When CloudWatch refuses.
    pub async fn rise(&self) -> Result<()> {
        for state in [StateValue::Ok, StateValue::Alarm] {
            self.client
                .set_alarm_state()
                .alarm_name(&self.name)
                .state_value(state)
                .state_reason("the test says so")
                .send()
                .await?;
        }
        Ok(())
    }
}
