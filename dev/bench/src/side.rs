//! The two that decide: SpotManager's functions one after the other, and the original.

use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};
use spotmanager_artifacts::events::Events;
use spotmanager_fake_aws::runtime_api::FunctionProcess;

use crate::{
    farm::{Farm, STACK},
    resources::peak_memory,
    step::{Step, invoke},
    subject::{ORIGINAL, Subjects, environment},
};

/// SpotManager's functions, each in a process of its own.
#[derive(Debug)]
pub(crate) struct SpotManager {
    start: FunctionProcess,
    discover: FunctionProcess,
    evaluate: FunctionProcess,
    scale: FunctionProcess,
    verify: FunctionProcess,
}

impl SpotManager {
    pub(crate) async fn spawn(subjects: &Subjects, farm: &Farm) -> Result<Self> {
        let mut environment = environment(farm.local.environment());
        let arn = farm.state_machine_arn.clone();
        environment.push(("STATE_MACHINE_ARN".to_owned(), arn));
        environment.push(("TOPIC_SUFFIX".to_owned(), "-jobs-to-do".to_owned()));
        Ok(Self {
            start: subjects.get("start")?.spawn(&environment).await?,
            discover: subjects.get("discover")?.spawn(&environment).await?,
            evaluate: subjects.get("evaluate")?.spawn(&environment).await?,
            scale: subjects.get("scale")?.spawn(&environment).await?,
            verify: subjects.get("verify")?.spawn(&environment).await?,
        })
    }

    /// From the alarm's message to the executed policy, and one look at the group.
    async fn decide(&mut self, farm: &Farm) -> Result<Vec<Step>> {
        let local = &farm.local;
        let now = Timestamp::now();
        let execution = json!({"name": STACK, "started_at": now});

        let (started, output) = invoke("start", &mut self.start, &alarm(now)?, local).await?;
        expect(&output, "/records/0/outcome", "started")?;
        let (discovered, discovery) = self.discover(farm, &execution).await?;
        let event = json!({"discovery": discovery});
        let (evaluated, output) = invoke("evaluate", &mut self.evaluate, &event, local).await?;
        expect(&output, "/verdict/choice", "spot")?;
        // The state machine reports the decision itself.
        expect(&output, "/step/then/next", "ScaleUp")?;
        let event = json!({"discovery": discovery, "step": output["step"]["then"]});
        let (scaled, output) = invoke("scale", &mut self.scale, &event, local).await?;
        expect(&output, "/outcome", "scaled")?;
        let event = json!({"discovery": discovery, "step": output["step"]});
        let (verified, _) = invoke("verify", &mut self.verify, &event, local).await?;
        Ok(vec![started, discovered, evaluated, scaled, verified])
    }

    /// The groups as *discover* finds them.
    pub(crate) async fn discover(
        &mut self,
        farm: &Farm,
        execution: &Value,
    ) -> Result<(Step, Value)> {
        let event = json!({"execution": execution, "input": {"stack_name": STACK}});
        invoke("discover", &mut self.discover, &event, &farm.local).await
    }

    fn peaks(&self) -> Result<Vec<(&'static str, f64)>> {
        [
            ("start", &self.start),
            ("discover", &self.discover),
            ("evaluate", &self.evaluate),
            ("scale", &self.scale),
            ("verify", &self.verify),
        ]
        .into_iter()
        .map(|(name, process)| Ok((name, peak_memory(process)?)))
        .collect()
    }
}

/// One of the two, started anew.
#[derive(Debug)]
pub(crate) enum Side {
    SpotManager(Box<SpotManager>),
    Original(Box<FunctionProcess>),
}

impl Side {
    pub(crate) async fn spot_manager(subjects: &Subjects, farm: &Farm) -> Result<Self> {
        let functions = SpotManager::spawn(subjects, farm).await?;
        Ok(Self::SpotManager(Box::new(functions)))
    }

    pub(crate) async fn original(subjects: &Subjects, farm: &Farm) -> Result<Self> {
        let environment = environment(farm.local.environment());
        let process = subjects.get(ORIGINAL)?.spawn(&environment).await?;
        Ok(Self::Original(Box::new(process)))
    }

    /// Decides once for the empty group, which scales up, and empties it again.
    pub(crate) async fn decide(&mut self, farm: &Farm) -> Result<Vec<Step>> {
        let steps = match self {
            Self::SpotManager(functions) => functions.decide(farm).await?,
            Self::Original(process) => {
                let event = json!({"stack_name": STACK, "vpc_id": farm.vpc_id});
                let (step, output) = invoke(ORIGINAL, process, &event, &farm.local).await?;
                let said = output.as_str().unwrap_or_default();
                ensure!(said.starts_with("Executed"), "the original says {output}");
                vec![step]
            }
        };
        farm.empty().await?;
        Ok(steps)
    }

    /// The most memory that each of its processes has had so far, MiB.
    pub(crate) fn peaks(&self) -> Result<Vec<(&'static str, f64)>> {
        match self {
            Self::SpotManager(functions) => functions.peaks(),
            Self::Original(process) => Ok(vec![(ORIGINAL, peak_memory(process)?)]),
        }
    }
}

/// The alarm of the function tests as of now: another time names another execution.
fn alarm(now: Timestamp) -> Result<Value> {
    let mut event = Events::of("start")?.event("alarm")?;
    event.move_to(now);
    Ok(event.into_value())
}

/// Checks that a function did what is to be measured.
pub(crate) fn expect(output: &Value, pointer: &str, expected: &str) -> Result<()> {
    let found = output.pointer(pointer).and_then(Value::as_str);
    ensure!(
        found == Some(expected),
        "{pointer} is not {expected} in {output}"
    );
    Ok(())
}
