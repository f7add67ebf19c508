//! The local AWS as a whole.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use crate::{
    Fault, LaunchRules, LocalAwsError, Market, RecordedCall, ThrottledCalls,
    control::{
        calls::Calls,
        faults::{self, Faults},
        throttling::Throttling,
    },
    emulator::{Emulator, REGION, functions::Functions},
    front::{Front, exchanges::Exchanges, serve, wire::Wire},
    services::{alarms::AlarmEvaluator, auto_scaling::AutoScaling},
};

/// How often groups and alarms are looked at.
const TICK: Duration = Duration::from_millis(50);

/// How to start the local AWS.
#[derive(Clone, Debug)]
pub struct LocalAwsOptions {
    /// A Python that has the emulator installed.
    pub python: PathBuf,
    /// Where the emulator's output is kept.
    pub log_dir: PathBuf,
    /// How long a second of AWS lasts here, in seconds: 0.02 is fifty times as fast.
    pub time_scale: f64,
}

/// A running local AWS. It ends, with the emulator and its functions, when it is dropped.
#[derive(Debug)]
pub struct LocalAws {
    endpoint_url: String,
    market: Market,
    calls: Calls,
    exchanges: Exchanges,
    faults: Faults,
    functions: Functions,
    throttling: Throttling,
    time_scale: f64,
    wire: Wire,
    auto_scaling: Arc<AutoScaling>,
    // Dropped before the emulator, so that nothing calls what is gone.
    tasks: JoinSet<()>,
    emulator: Emulator,
}

impl LocalAws {
    /// Starts emulator and front on free ports of the loopback interface.
    ///
    /// # Errors
    /// [`LocalAwsError`] when the emulator cannot be started or does not answer.
    pub async fn start(options: LocalAwsOptions) -> Result<Self, LocalAwsError> {
        let exchanges = Exchanges::from_environment()?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let endpoint_url = format!("http://{}", listener.local_addr()?);
        let (emulator, client) = Emulator::start(
            &options.python,
            &options.log_dir,
            &endpoint_url,
            options.time_scale,
        )
        .await?;
        let market = Market::default();
        let calls = Calls::default();
        let faults = Faults::default();
        let functions = emulator.functions();
        let throttling = Throttling::default();
        let wire = Wire::default();
        let auto_scaling = Arc::new(AutoScaling::new(
            client.clone(),
            market.clone(),
            options.time_scale,
        ));
        let front = Arc::new(Front {
            emulator: client.clone(),
            market: market.clone(),
            auto_scaling: Arc::clone(&auto_scaling),
            calls: calls.clone(),
            exchanges: exchanges.clone(),
            faults: faults.clone(),
            functions: functions.clone(),
            throttling: throttling.clone(),
            wire: wire.clone(),
        });

        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, front));
        let groups = Arc::clone(&auto_scaling);
        tasks.spawn(async move {
            let mut ticks = ticks();
            loop {
                ticks.tick().await;
                groups.tick().await;
            }
        });
        // Apart from the groups, which a bus that does not answer must not hold up.
        let failing = Arc::clone(&auto_scaling);
        tasks.spawn(async move {
            let mut ticks = ticks();
            loop {
                ticks.tick().await;
                failing.tell_failed_launches().await;
            }
        });
        let mut alarms = AlarmEvaluator::new(client, options.time_scale);
        let alarmed = Arc::clone(&auto_scaling);
        tasks.spawn(async move {
            let mut ticks = ticks();
            loop {
                ticks.tick().await;
                if let Err(error) = alarms.tick(&alarmed).await {
                    eprintln!("the local AWS's alarms: {error}");
                }
            }
        });
        Ok(Self {
            endpoint_url,
            market,
            calls,
            exchanges,
            faults,
            functions,
            throttling,
            time_scale: options.time_scale,
            wire,
            auto_scaling,
            tasks,
            emulator,
        })
    }

    /// The endpoint of every service.
    #[must_use]
    pub fn endpoint_url(&self) -> &str {
        &self.endpoint_url
    }

    /// The environment in which the AWS CLI or an SDK finds the local AWS.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("AWS_ENDPOINT_URL", self.endpoint_url.as_str()),
            ("AWS_REGION", REGION),
            ("AWS_DEFAULT_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// The market.
    #[must_use]
    pub fn market(&self) -> &Market {
        &self.market
    }

    /// Every call so far, in its order.
    #[must_use]
    pub fn calls(&self) -> Vec<RecordedCall> {
        self.calls.list()
    }

    /// Records no exchange from now on, because what programs send is wrong on purpose. Recorded
    /// exchanges must agree with the service models of AWS.
    pub fn stop_recording_exchanges(&self) {
        self.exchanges.stop();
    }

    /// From now on every call takes so much longer, in real time.
    pub fn delay_calls(&self, by: Duration) {
        self.wire.delay(by);
    }

    /// How many bytes of replies went out so far, without headers.
    #[must_use]
    pub fn replied_bytes(&self) -> u64 {
        self.wire.replied_bytes()
    }

    /// Lets the next calls of an Auto Scaling action on a group go wrong, so many of them.
    pub fn fail(&self, action: &str, auto_scaling_group_name: &str, fault: Fault, times: usize) {
        let calls = faults::Calls::OnGroup(auto_scaling_group_name.to_owned());
        self.faults.plan(action, calls, fault, [0, times]);
    }

    /// Lets the next calls of any action by a Lambda function go wrong, so many of them.
    pub fn fail_function(&self, function_name: &str, action: &str, fault: Fault, times: usize) {
        self.fail_function_after(function_name, action, fault, [0, times]);
    }

    /// The same after so many calls that go right: `[after, times]`.
    pub fn fail_function_after(
        &self,
        function_name: &str,
        action: &str,
        fault: Fault,
        after_and_times: [usize; 2],
    ) {
        let calls = faults::Calls::OfFunction(function_name.to_owned());
        self.faults.plan(action, calls, fault, after_and_times);
    }

    /// Takes back what is to go wrong with calls on a group, and says how many have.
    #[must_use]
    pub fn mend(&self, auto_scaling_group_name: &str) -> usize {
        let calls = faults::Calls::OnGroup(auto_scaling_group_name.to_owned());
        self.faults.cancel(&calls)
    }

    /// Takes back what is to go wrong with a function's calls, and says how many have.
    #[must_use]
    pub fn mend_function(&self, function_name: &str) -> usize {
        let calls = faults::Calls::OfFunction(function_name.to_owned());
        self.faults.cancel(&calls)
    }

    /// Kills a function's processes, whatever they do.
    pub fn kill(&self, function_name: &str) {
        self.functions.kill(function_name);
    }

    /// Throttles every call from now on as [`crate::RATE_LIMITS`] say, at this share of AWS's rates
    /// (1.0 for AWS's own), and counts the calls of programs.
    pub fn throttle(&self, share: f64) {
        self.throttling.switch_on(share, self.time_scale);
    }

    /// Throttles no call any more.
    pub fn stop_throttling(&self) {
        self.throttling.switch_off();
    }

    /// How many calls of each action came from programs since calls are throttled, and how many
    /// of them were.
    #[must_use]
    pub fn throttled_calls(&self) -> Vec<ThrottledCalls> {
        self.throttling.counted()
    }

    /// Interrupts a spot instance of the group and returns its id: EC2 warns of it on EventBridge's
    /// default bus and takes it two minutes of AWS later, whether it is in the group still or
    /// detached. A group that has it still replaces it.
    /// See <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html>.
    ///
    /// # Errors
    /// [`LocalAwsError::NoInstance`] when no spot instance is in service; [`LocalAwsError::Call`]
    /// when the warning cannot be published, with the instance taken all the same.
    pub async fn interrupt(&self, auto_scaling_group_name: &str) -> Result<String, LocalAwsError> {
        let interrupted = self
            .interrupt_several(auto_scaling_group_name, 1, 1)
            .await?;
        Ok(interrupted.concat())
    }

    /// Interrupts so many spot instances of the group at once, and returns their ids. Each warning is
    /// delivered so many times, as EventBridge may, and they are taken later the more they are.
    ///
    /// # Errors
    /// [`LocalAwsError::NoInstance`] when not so many are in service; [`LocalAwsError::Call`] when the
    /// warnings cannot be published, with the instances taken all the same.
    pub async fn interrupt_several(
        &self,
        auto_scaling_group_name: &str,
        instances: u32,
        deliveries: u32,
    ) -> Result<Vec<String>, LocalAwsError> {
        let groups = &self.auto_scaling;
        groups
            .interrupt(auto_scaling_group_name, instances, deliveries)
            .await
    }

    /// Publishes a rebalance recommendation for a spot instance of the group and returns its id;
    /// the instance stays.
    /// See <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html>.
    ///
    /// # Errors
    /// [`LocalAwsError::NoInstance`] when no spot instance is in service; [`LocalAwsError::Call`]
    /// when the recommendation cannot be published.
    pub async fn recommend_rebalance(
        &self,
        auto_scaling_group_name: &str,
    ) -> Result<String, LocalAwsError> {
        let name = auto_scaling_group_name;
        let recommended = self.recommend_rebalance_of_several(name, 1, 1).await?;
        Ok(recommended.concat())
    }

    /// Publishes rebalance recommendations for so many spot instances of the group, those that are
    /// interrupted next, and returns their ids. Each is delivered so many times.
    ///
    /// # Errors
    /// [`LocalAwsError::NoInstance`] when not so many are in service; [`LocalAwsError::Call`] when the
    /// recommendations cannot be published.
    pub async fn recommend_rebalance_of_several(
        &self,
        auto_scaling_group_name: &str,
        instances: u32,
        deliveries: u32,
    ) -> Result<Vec<String>, LocalAwsError> {
        let groups = &self.auto_scaling;
        groups
            .recommend_rebalance(auto_scaling_group_name, instances, deliveries)
            .await
    }

    /// Takes an instance of the group at once, and returns its id: EC2 gives the warning on a best
    /// effort basis only. The group has noticed the loss when this returns.
    ///
    /// # Errors
    /// [`LocalAwsError::NoInstance`] when no instance is in service.
    pub async fn reclaim(&self, auto_scaling_group_name: &str) -> Result<String, LocalAwsError> {
        self.auto_scaling.reclaim(auto_scaling_group_name).await
    }

    /// Sets what a group does if LaunchInstances is called on it, where AWS does not say.
    pub fn set_launch_rules(&self, auto_scaling_group_name: &str, rules: LaunchRules) {
        self.auto_scaling
            .set_launch_rules(auto_scaling_group_name, rules);
    }

    /// Makes the client tokens of a group's LaunchInstances calls older, by so many seconds of AWS.
    /// AWS keeps a token for eight hours.
    pub async fn age_launch_tokens(&self, auto_scaling_group_name: &str, seconds: f64) {
        self.auto_scaling
            .age_launch_tokens(auto_scaling_group_name, seconds)
            .await;
    }

    /// Ends front and emulator.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
        drop(self.emulator);
    }
}

fn ticks() -> tokio::time::Interval {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
