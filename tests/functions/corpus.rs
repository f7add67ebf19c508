//! Events that nobody should send, as fuzzing found them or made by hand: a function answers each,
//! with its output or with an error that the state machine knows.

use std::{fs, time::Duration};

use anyhow::{Context, Result, ensure};
use jiff::{SignedDuration, Timestamp};
use spotmanager_artifacts::events::Events;
use spotmanager_domain::ErrorName;
use spotmanager_fake_aws::{LocalAws, runtime_api::invoke};
use spotmanager_testbed::{Checkout, Suite, local_aws_options};

const TIME_SCALE: f64 = 0.02;
const INVOCATION: Duration = Duration::from_secs(60);
/// A message cites what it refuses, and is shorter than this.
const MOST_OF_A_MESSAGE: usize = 5_000;
const MEGABYTE: usize = 1_000_000;

pub(crate) fn add(suite: &mut Suite) {
    suite.test("corpus: every event is answered", async |stage| {
        let functions = Functions::start(&stage.checkout).await?;
        let events = |of: &'static str| functions.answer_kept(of, of, str::to_owned);
        let settings = functions.answer_kept("settings", "discover", |settings| {
            format!(
                r#"{{"execution": {{"name": "corpus", "started_at": "2026-01-01T00:00:00Z"}},
                    "input": {{"stack_name": "corpus", "settings": {settings}}}}}"#
            )
        });
        let answered = tokio::join!(
            events("start"),
            events("discover"),
            events("evaluate"),
            events("scale"),
            events("verify"),
            settings,
            functions.answer_prices(),
            functions.answer_what_is_too_long_to_keep(),
        );
        let (start, discover, evaluate, scale, verify, settings, prices, long) = answered;
        let all = [
            start, discover, evaluate, scale, verify, settings, prices, long,
        ];
        let failures: Vec<_> = all
            .into_iter()
            .filter_map(Result::err)
            .map(|error| format!("{error:#}"))
            .collect();
        ensure!(failures.is_empty(), "{}", failures.join("\n"));
        Ok(())
    });
}

/// The functions, on a local AWS of their own: an event may name the groups of other tests.
struct Functions<'a> {
    checkout: &'a Checkout,
    local: LocalAws,
    environment: Vec<(String, String)>,
}

impl<'a> Functions<'a> {
    async fn start(checkout: &'a Checkout) -> Result<Self> {
        let local = LocalAws::start(local_aws_options(checkout, "corpus", TIME_SCALE)?).await?;
        // What the corpus sends is wrong on purpose.
        local.stop_recording_exchanges();
        let mut environment = local.environment();
        for (name, value) in [
            // There is none, so that no event starts anything.
            (
                "STATE_MACHINE_ARN",
                "arn:aws:states:us-east-1:000000000000:stateMachine:none",
            ),
            ("TOPIC_SUFFIX", "-jobs-to-do"),
            ("WORKERS_STACK_NAME", "corpus"),
        ] {
            environment.push((name.to_owned(), value.to_owned()));
        }
        Ok(Self {
            checkout,
            local,
            environment,
        })
    }

    /// Hands each file of a target's corpus to a function, as `event` makes an event of it.
    async fn answer_kept(
        &self,
        target: &str,
        function: &str,
        event: impl Fn(&str) -> String,
    ) -> Result<()> {
        for (file, text) in self.kept(target)? {
            self.answer(function, &event(&text)).await.context(file)?;
        }
        Ok(())
    }

    /// Hands lists of price texts to *evaluate*, as the prices of a pool over its window.
    async fn answer_prices(&self) -> Result<()> {
        let event = event("evaluate", "prices-not-numbers")?;
        let first: Timestamp = "2025-12-31T23:20:00Z".parse()?;
        for (file, text) in self.kept("spot_price")? {
            // A file that is no list of texts is no list of prices.
            let texts: Vec<String> = serde_json::from_str(&text).unwrap_or_default();
            let records: Vec<_> = (0..)
                .zip(texts)
                // XML does not hold the others.
                .filter(|(_, text)| !text.contains(|c: char| c < ' '))
                .map(|(minute, text)| (first + SignedDuration::from_mins(minute), text))
                .collect();
            let market = self.local.market();
            market.set_price_texts("t.none", "us-east-1a", records);
            self.answer("evaluate", &event).await.context(file)?;
        }
        Ok(())
    }

    async fn answer_what_is_too_long_to_keep(&self) -> Result<()> {
        let zeros = "0".repeat(MEGABYTE);
        for (function, case, part) in [
            ("start", "alarm", "jobs to do"),
            ("discover", "tags", "discover-tags"),
            ("discover", "price-of-this-execution", "0.10"),
            ("evaluate", "within-limit", "by-hand"),
            ("evaluate", "within-limit", "0.35"),
            ("scale", "scale-up", "scale-up-spot"),
            ("verify", "arrived", "verify-arrived-spot"),
        ] {
            let text = event(function, case)?;
            ensure!(text.contains(part), "no {part:?} in {text}");
            let long = text.replacen(part, &zeros, 1);
            let what = format!("{case} for {function} with a megabyte of zeros for {part:?}");
            self.answer(function, &long).await.context(what)?;
        }
        let deep = "[".repeat(MEGABYTE / 2) + &"]".repeat(MEGABYTE / 2);
        for function in ["start", "discover", "evaluate", "scale", "verify"] {
            let what = format!("lists in lists for {function}");
            self.answer(function, &deep).await.context(what)?;
        }
        Ok(())
    }

    async fn answer(&self, function: &str, event: &str) -> Result<()> {
        let binary = self.checkout.function(function);
        let invocation = invoke(&binary, &self.environment, event, INVOCATION).await?;
        if let Err(error) = invocation.outcome {
            let is_known = ErrorName::ALL
                .iter()
                .any(|name| name.as_str() == error.error_type);
            ensure!(is_known, "{}: {}", error.error_type, error.error_message);
            let length = error.error_message.chars().count();
            ensure!(
                length < MOST_OF_A_MESSAGE,
                "a message of {length} characters"
            );
        }
        Ok(())
    }

    /// The files of a target's corpus, with what stands in them.
    fn kept(&self, target: &str) -> Result<Vec<(String, String)>> {
        let folder = format!("tests/corpus/{target}");
        let entries = fs::read_dir(self.checkout.root().join(&folder))
            .with_context(|| format!("cannot read {folder}"))?;
        let mut files = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            let path = format!("{folder}/{}", name.to_string_lossy());
            let text = self.checkout.read(&path)?;
            files.push((path, text));
        }
        ensure!(!files.is_empty(), "{folder} is empty");
        files.sort();
        Ok(files)
    }
}

/// A test event as text.
fn event(function: &str, case: &str) -> Result<String> {
    Ok(Events::of(function)?.event(case)?.into_value().to_string())
}
