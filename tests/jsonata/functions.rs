//! The functions' part in an execution: the flow says what comes next.

use serde_json::json;
use spotmanager_domain::{
    Caught, Context, DiscoverInput, Discovery, EvaluateInput, Execution, ExecutionInput,
    ScaleInput, VerifyInput, VerifyOutput,
    capacity::CapacityStatus,
    flow::{Flow, Look, Progress, Step},
};

use crate::{player::Player, reports::nothing_decided, samples};

impl Player<'_> {
    /// *discover* with this input; `None` if it cannot be read.
    pub(crate) fn discover(&mut self, input: Option<&ExecutionInput>) -> Step {
        let sent = input.map(|input| DiscoverInput {
            context: Some(Box::new(self.context("Discover"))),
            execution: None,
            input: input.clone(),
        });
        let found = self.call("Discover", &sent, |player| {
            player.found(sent.as_ref().unwrap())
        });
        match found {
            Ok(discovery) => {
                self.discovery = discovery;
                self.failure = Caught::default();
                self.discovery.step.clone().unwrap()
            }
            Err(error) => self.fail(error, &nothing_decided()),
        }
    }

    fn found(&self, sent: &DiscoverInput) -> Discovery {
        let round = self.visits["Discover"];
        let mut discovery = self.execution.discoveries[round].clone();
        let execution = Execution::of(sent.context.as_ref().unwrap(), &sent.input);
        discovery.if_evaluation_fails = Some(discovery.if_evaluation_fails(execution.round));
        discovery.execution = Some(execution);
        discovery.step = Flow::of(&discovery).map(Flow::discovered);
        discovery
    }

    pub(crate) fn evaluate(&mut self, if_fails: &Step) -> Step {
        let discovery = self.discovery.clone();
        let input = EvaluateInput {
            execution: None,
            discovery: discovery.clone(),
            window_end: None,
        };
        let evaluated = self.call("Evaluate", input, |player| {
            samples::evaluated(Flow::of(&discovery).unwrap(), player.execution.usd)
        });
        evaluated.map(|done| done.step).unwrap_or_else(|error| {
            let verdict = discovery.if_evaluation_fails;
            self.play.tasks.last_mut().unwrap().output = json!({"verdict": verdict});
            self.fail(error, if_fails)
        })
    }

    pub(crate) fn scale(
        &mut self,
        step: &Step,
        context: Option<Box<Context>>,
        failure: Caught,
    ) -> Result<Step, Caught> {
        let discovery = self.discovery.clone();
        let input = ScaleInput {
            discovery: discovery.clone(),
            step: step.clone(),
            failure: failure.clone(),
            context,
        };
        let done = self.call(step.state(), input, |player| {
            let flow = Flow::of(&discovery).unwrap();
            let action = step.action().unwrap();
            let usual = samples::usual(action, discovery.settings.dry_run);
            let outcome = player.execution.scales.get(player.scales);
            player.scales += 1;
            let group = flow.group(action.market());
            let mut output = samples::scaled(group, action, *outcome.unwrap_or(&usual));
            output.step = flow.scaled(step, &output.scaled(), &failure, player.now);
            output
        })?;
        Ok(done.step.unwrap())
    }

    pub(crate) fn verify(&mut self, step: &Step, progress: &Progress, if_fails: &Step) -> Step {
        let discovery = self.discovery.clone();
        let input = VerifyInput {
            discovery: discovery.clone(),
            step: step.clone(),
            failure: self.failure.clone(),
        };
        let checked = self.call("VerifyCapacity", input, |player| {
            player.checked(Flow::of(&discovery).unwrap(), progress)
        });
        match checked {
            Ok(output) => {
                self.failure = output.failure;
                output.step.unwrap()
            }
            Err(error) => self.fail(error, if_fails),
        }
    }

    fn checked(&mut self, flow: Flow<'_>, progress: &Progress) -> VerifyOutput {
        let attempt = progress.attempt.as_ref().unwrap();
        let markets: Vec<_> = progress.asked_of().collect();
        let mut status = CapacityStatus::Arrived;
        if !markets.is_empty() {
            let sees = self.execution.sees.get(self.checks);
            status = *sees.unwrap_or(&status);
            self.checks += 1;
        }
        // Two groups that were asked at once fare alike.
        let found = markets.iter().map(|market| {
            let mut attempts = progress.attempt.iter().chain(&progress.in_addition);
            let attempt = attempts.find(|attempt| attempt.market == *market);
            samples::looks(flow.group(*market), attempt.unwrap(), status)
        });
        let found: Vec<_> = found.collect();
        let looks = markets.iter().zip(&found);
        let looks = looks.map(|(market, (capacity, activities))| Look {
            market: *market,
            capacity: *capacity,
            activities,
        });
        let looks: Vec<_> = looks.collect();
        let checked = flow.checked(progress.clone(), &looks, self.now);
        let failure = checked.failure;
        let (market, report) = checked.report.unzip();
        let market = market.unwrap_or(attempt.market);
        let mut looks = looks.iter();
        let look = looks.find(|look| look.market == market);
        VerifyOutput {
            market,
            auto_scaling_group_name: flow.group(market).auto_scaling_group_name.clone(),
            capacity: look.map(|look| look.capacity),
            waited_seconds: attempt.waited_seconds,
            report,
            step: Some(checked.step),
            failure: failure.map_or_else(|| self.failure.clone(), Into::into),
        }
    }
}
