//! The `terraform` and the provider hashicorp/aws that this machine has.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde_json::Value;

/// A version: major, minor, patch.
pub(crate) type Version = (u64, u64, u64);

/// What infra/terraform/versions.tf asks for: this version of Terraform or a later one.
const TERRAFORM: Version = (1, 9, 0);
/// The same of the provider, which has to be below the second version.
const PROVIDER: [Version; 2] = [(5, 100, 0), (7, 0, 0)];
/// Where a mirror keeps the provider.
/// See <https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror>.
const PROVIDER_FOLDER: &str = "registry.terraform.io/hashicorp/aws";

/// A `terraform` with one provider.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    /// The program.
    pub(crate) terraform: PathBuf,
    /// Its version.
    pub(crate) version: Version,
    /// The provider's version.
    pub(crate) provider: Version,
    /// The filesystem mirror that has the provider.
    pub(crate) mirror: PathBuf,
}

/// The newest provider of each major version, or why there is none.
pub(crate) fn engines() -> Result<Vec<Engine>, String> {
    let terraform = on_path("terraform").ok_or("terraform is not on PATH")?;
    let (version, target) =
        version(&terraform).map_err(|error| format!("terraform does not run: {error:#}"))?;
    if version < TERRAFORM {
        let [found, wanted] = [version, TERRAFORM].map(text);
        return Err(format!(
            "terraform is {found}; it should be {wanted} or later"
        ));
    }
    let mut newest = BTreeMap::new();
    for mirror in mirrors() {
        for provider in providers(&mirror, &target) {
            let known = newest
                .entry(provider.0)
                .or_insert((provider, mirror.clone()));
            if known.0 < provider {
                *known = (provider, mirror.clone());
            }
        }
    }
    if newest.is_empty() {
        let [least, below] = PROVIDER.map(text);
        return Err(format!(
            "no mirror has hashicorp/aws from {least}, below {below}, for {target}"
        ));
    }
    let engine = |(provider, mirror)| Engine {
        terraform: terraform.clone(),
        version,
        provider,
        mirror,
    };
    Ok(newest.into_values().map(engine).collect())
}

fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// Its version and platform, such as `linux_amd64`.
fn version(terraform: &Path) -> Result<(Version, String)> {
    let output = Command::new(terraform)
        .args(["version", "-json"])
        .env("CHECKPOINT_DISABLE", "1")
        // One that does not exist would be warned of.
        .env_remove("TF_CLI_CONFIG_FILE")
        .output()?;
    let document: Value = serde_json::from_slice(&output.stdout)?;
    let version = document["terraform_version"].as_str().and_then(parsed);
    let target = document["platform"].as_str();
    Ok((
        version.context("no version")?,
        target.context("no platform")?.to_owned(),
    ))
}

/// `1.11.4`; a version with something after it, such as a pre-release, is passed over.
fn parsed(text: &str) -> Option<Version> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    let version = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(version)
}

/// As it is written.
pub(crate) fn text((major, minor, patch): Version) -> String {
    format!("{major}.{minor}.{patch}")
}

/// Terraform's own mirrors, its cache, and what a machine's image has below /opt.
/// See <https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories>.
fn mirrors() -> Vec<PathBuf> {
    let home = env::home_dir().unwrap_or_default();
    let variable = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    let data_home = variable("XDG_DATA_HOME").map(PathBuf::from);
    let data_dirs = variable("XDG_DATA_DIRS").unwrap_or("/usr/local/share:/usr/share".into());
    let mut mirrors = vec![
        home.join(".terraform.d/plugins"),
        home.join("Library/Application Support/io.terraform/plugins"),
        data_home
            .unwrap_or(home.join(".local/share"))
            .join("terraform/plugins"),
    ];
    mirrors.extend(env::split_paths(&data_dirs).map(|folder| folder.join("terraform/plugins")));
    mirrors.extend(variable("TF_PLUGIN_CACHE_DIR").map(PathBuf::from));
    mirrors.extend(entries(Path::new("/opt")));
    mirrors
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.path()))
}

/// The versions that a mirror has for a platform, of those that the module takes; unpacked in
/// folders, or packed in zip files.
pub(crate) fn providers(mirror: &Path, target: &str) -> Vec<Version> {
    let [least, below] = PROVIDER;
    entries(&mirror.join(PROVIDER_FOLDER))
        .filter_map(|path| {
            let name = path.file_name()?.to_str()?;
            let packed = name
                .strip_prefix("terraform-provider-aws_")
                .and_then(|rest| rest.strip_suffix(&format!("_{target}.zip")));
            let unpacked = path.join(target).is_dir().then_some(name);
            parsed(packed.or(unpacked)?)
        })
        .filter(|version| (least..below).contains(version))
        .collect()
}
