//! The programs that are measured.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use spotmanager_artifacts::FUNCTIONS;
use spotmanager_fake_aws::runtime_api::FunctionProcess;
use tokio::process::Command;

/// The 2016 original.
pub(crate) const ORIGINAL: &str = "original";
/// `lambda_runtime` and nothing besides.
pub(crate) const EMPTY: &str = "empty runtime";
/// What no function can be less than: name, and binary.
const FLOORS: [(&str, &str); 3] = [
    (EMPTY, "spotmanager-floor-runtime"),
    ("runtime and client", "spotmanager-floor-client"),
    ("poll without runtime", "spotmanager-floor-poll"),
];

/// A program that asks the runtime API for events.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) program: PathBuf,
    arguments: Vec<OsString>,
}

impl Subject {
    fn binary(name: &'static str, program: PathBuf) -> Self {
        Self {
            name,
            program,
            arguments: Vec::new(),
        }
    }

    /// Runs it, with nothing of this process's environment.
    pub(crate) async fn spawn(&self, environment: &[(String, String)]) -> Result<FunctionProcess> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        let process = FunctionProcess::spawn(command, environment).await;
        process.with_context(|| format!("{} cannot be run", self.name))
    }
}

/// Every program: the functions, the original, the floors.
#[derive(Clone, Debug)]
pub(crate) struct Subjects(Vec<Subject>);

impl Subjects {
    /// The functions and the floors from the folder `binaries`, the original with `python`.
    pub(crate) fn find(binaries: &Path, python: &Path, original: &Path) -> Self {
        let Self(mut all) = Self::built(binaries);
        let original = Subject {
            name: ORIGINAL,
            program: python.to_owned(),
            arguments: vec![original.join("runtime.py").into(), "spotmanager".into()],
        };
        all.insert(FUNCTIONS.len(), original);
        Self(all)
    }

    /// The functions and the floors, without the original.
    pub(crate) fn built(binaries: &Path) -> Self {
        let binary = |name, binary| Subject::binary(name, binaries.join(binary));
        let functions = FUNCTIONS.map(|name| binary(name, format!("spotmanager-{name}")));
        let floors = FLOORS.map(|(name, program)| binary(name, program.to_owned()));
        Self(functions.into_iter().chain(floors).collect())
    }

    pub(crate) fn all(&self) -> &[Subject] {
        &self.0
    }

    pub(crate) fn get(&self, name: &str) -> Result<&Subject> {
        let mut all = self.0.iter();
        all.find(|subject| subject.name == name)
            .with_context(|| format!("there is no program {name}"))
    }
}

/// What Lambda sets for a function whose `LoggingConfig` is as in `infra/spotmanager.yaml`.
const LAMBDA: [(&str, &str); 3] = [
    ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
    ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
    // A function's own folder cannot be written on Lambda.
    ("PYTHONDONTWRITEBYTECODE", "1"),
];

/// An account that nobody calls.
const UNCALLED: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "uncalled"),
    ("AWS_SECRET_ACCESS_KEY", "uncalled"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_DEFAULT_REGION", "us-east-1"),
];

/// A program's environment in the account that these variables tell of.
pub(crate) fn environment(account: Vec<(String, String)>) -> Vec<(String, String)> {
    account.into_iter().chain(owned(&LAMBDA)).collect()
}

/// A program's environment where it calls nothing.
pub(crate) fn environment_without_calls() -> Vec<(String, String)> {
    environment(owned(&UNCALLED).collect())
}

fn owned(variables: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
}
