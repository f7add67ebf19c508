//! The local AWS as a whole.

use std::{path::PathBuf, sync::Arc, time::Duration};

use axum::Router;
use tokio::{
    net::TcpListener,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use crate::{
    Fault, LocalAwsError, Market, RecordedCall,
    alarms::AlarmEvaluator,
    auto_scaling::AutoScaling,
    calls::Calls,
    emulator::{Emulator, REGION},
    faults::Faults,
    front::{Front, serve},
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
    faults: Faults,
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
            faults: faults.clone(),
        });

        let mut tasks = JoinSet::new();
        let router = Router::new().fallback(serve).with_state(front);
        tasks.spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                eprintln!("the local AWS's front ended: {error}");
            }
        });
        let groups = Arc::clone(&auto_scaling);
        tasks.spawn(async move {
            let mut ticks = ticks();
            loop {
                ticks.tick().await;
                groups.tick().await;
            }
        });
        let mut alarms = AlarmEvaluator::new(client, options.time_scale);
        tasks.spawn(async move {
            let mut ticks = ticks();
            loop {
                ticks.tick().await;
                if let Err(error) = alarms.tick(&auto_scaling).await {
                    eprintln!("the local AWS's alarms: {error}");
                }
            }
        });
        Ok(Self {
            endpoint_url,
            market,
            calls,
            faults,
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

    /// Lets the next calls of an Auto Scaling action on a group go wrong, so many of them.
    pub fn fail(&self, action: &str, auto_scaling_group_name: &str, fault: Fault, times: usize) {
        self.faults
            .plan(action, auto_scaling_group_name, fault, times);
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
