//! The functions' part in an execution: the flow says what comes next.

use serde_json::json;
use spotmanager_domain::{
    Caught, Context, DiscoverInput, Discovery, EvaluateInput, Execution, ExecutionInput, Market,
    ScaleInput, VerifyInput, VerifyOutput,
    capacity::CapacityStatus,
    flow::{Event, Flow, Look, Others, Progress, Replacement, Scaled, Step},
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
            let flow = Flow::of(&discovery).unwrap();
            let mut output = samples::evaluated(flow, player.execution.usd);
            output.reported = player.sends(&mut output.step);
            output
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
        let is_first = input.is_first();
        let done = self.call(step.state(), input, |player| {
            let flow = Flow::of(&discovery).unwrap();
            let action = step.action().unwrap();
            let usual = samples::usual(action, discovery.settings.dry_run);
            let outcome = player.execution.scales.get(player.scales);
            player.scales += 1;
            let mut output = samples::scaled(flow, action, *outcome.unwrap_or(&usual));
            let scaled = Scaled {
                is_first,
                ..output.scaled()
            };
            output.step = flow.scaled(step, &scaled, &failure, player.now);
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
            let mut output = player.checked(Flow::of(&discovery).unwrap(), progress);
            output.reported = player.sends(output.step.as_mut().unwrap());
            output
        });
        match checked {
            Ok(output) => {
                self.failure = output.failure;
                output.step.unwrap()
            }
            Err(error) => self.fail(error, if_fails),
        }
    }

    /// What a function sends of the events that come next.
    fn sends(&self, step: &mut Step) -> Vec<Event> {
        let mut reported = Vec::new();
        while let Some((events, then)) = step.sendable().filter(|_| self.execution.is_heard) {
            reported.extend_from_slice(events);
            *step = then.clone();
        }
        reported
    }

    fn checked(&mut self, flow: Flow<'_>, progress: &Progress) -> VerifyOutput {
        if progress.recommended.is_some() {
            return self.looked_at_recommended(flow, progress);
        }
        let attempt = progress.attempt.as_ref().unwrap();
        let markets: Vec<_> = flow.looks_at(progress).collect();
        let mut status = CapacityStatus::Arrived;
        if !markets.is_empty() {
            let sees = self.execution.sees.get(self.checks);
            status = *sees.unwrap_or(&status);
            self.checks += 1;
        }
        let found = markets.iter();
        let found = found.map(|market| samples::looks(flow.group(*market), progress, status));
        let found: Vec<_> = found.collect();
        let looks = markets.iter().zip(&found);
        let looks = looks.map(|(market, (capacity, activities))| Look {
            market: *market,
            capacity: *capacity,
            activities,
        });
        let looks: Vec<_> = looks.collect();
        let others = match flow.depends_on_others(progress, &looks) {
            true => self.execution.others,
            false => Others::default(),
        };
        let checked = flow.checked(progress.clone(), &looks, &others, self.now);
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
            reported: Vec::new(),
            step: Some(checked.step),
            failure: failure.map_or_else(|| self.failure.clone(), Into::into),
        }
    }

    fn looked_at_recommended(&mut self, flow: Flow<'_>, progress: &Progress) -> VerifyOutput {
        let found = self.execution.replacements.get(self.checks);
        let replacement = found.copied().unwrap_or(Replacement::Came);
        self.checks += 1;
        let step = flow.after_recommendation(progress.clone(), replacement, self.now);
        let market = Market::Spot;
        VerifyOutput {
            market,
            auto_scaling_group_name: flow.group(market).auto_scaling_group_name.clone(),
            capacity: None,
            waited_seconds: 0,
            report: None,
            reported: Vec::new(),
            step: Some(step),
            failure: self.failure.clone(),
        }
    }
}
