//! How the clients of a person are configured, as the AWS CLI does it.

use aws_config::{
    AppName, BehaviorVersion, Region, SdkConfig, ecs::EcsCredentialsProvider,
    imds::credentials::ImdsCredentialsProvider, meta::credentials::CredentialsProviderChain,
    profile::ProfileFileCredentialsProvider, provider_config::ProviderConfig,
    web_identity_token::WebIdentityTokenCredentialsProvider,
};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::{
    config::{retry_config, timeout_config},
    profiles::{self, ProfileError},
    proxied::proxied_client,
    proxy_variables::{Proxies, ProxyVariableError},
};

/// What a person chooses otherwise than the environment and the configuration files say, as the
/// AWS CLI's options of the same names do.
/// See <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html>.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// The profile in the configuration files. Its credentials win over keys in the environment.
    pub profile: Option<String>,
    /// Such as `eu-west-1`.
    pub region: Option<String>,
    /// The endpoint of every service.
    pub endpoint_url: Option<String>,
}

/// The options, the environment or the configuration files do not say whom to ask, and where.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// A profile or a pair of keys is missing, or a file is malformed.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// A variable names no proxy.
    #[error(transparent)]
    Proxy(#[from] ProxyVariableError),
    /// The region cannot be part of an endpoint's name.
    #[error("the region is {found:?}; it should be letters, digits and hyphens, such as eu-west-1")]
    Region {
        /// As the option, the environment or the profile says.
        found: String,
    },
    /// The endpoint is no address.
    #[error("the endpoint is {found:?}; it should begin with http:// or https://")]
    Endpoint {
        /// As the option, `AWS_ENDPOINT_URL` or the profile says.
        found: String,
    },
}

/// The configuration of a person, whose profiles, environment and proxies it reads as the AWS CLI
/// does, with the retries and timeouts of [`load`](crate::load).
///
/// A profile that is given wins over keys in the environment; one that the environment names does
/// not. See <https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-authentication.html>.
///
/// # Errors
/// [`AccessError`], before anything is asked.
pub async fn load_as(program: &'static str, access: Access) -> Result<SdkConfig, AccessError> {
    let selected = profiles::selected(access.profile.as_deref()).await?;
    let http_client = proxied_client(Proxies::of_environment()?);
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .retry_config(retry_config())
        .timeout_config(timeout_config())
        .http_client(http_client.clone());
    if let Some(profile) = &selected {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = access.region.filter(|region| !region.is_empty()) {
        loader = loader.region(Region::new(region));
    }
    if let Some(endpoint_url) = access.endpoint_url {
        loader = loader.endpoint_url(endpoint_url);
    }
    // The name serves the reader of a trail: without it the calls work as well.
    if let Ok(name) = AppName::new(program) {
        loader = loader.app_name(name);
    }
    let config = loader.load().await;
    check(&config)?;
    Ok(match access.profile {
        Some(profile) => {
            let credentials = of_profile(&profile, config.region().cloned(), http_client);
            let credentials = SharedCredentialsProvider::new(credentials);
            let config = config.into_builder();
            config.credentials_provider(credentials).build()
        }
        None => config,
    })
}

/// The default chain without the environment's keys.
fn of_profile(
    profile: &str,
    region: Option<Region>,
    http_client: SharedHttpClient,
) -> CredentialsProviderChain {
    let config = ProviderConfig::without_region()
        .with_region(region)
        .with_http_client(http_client);
    let of_file = ProfileFileCredentialsProvider::builder()
        .profile_name(profile)
        .configure(&config)
        .build();
    let web_identity = WebIdentityTokenCredentialsProvider::builder()
        .configure(&config)
        .build();
    let container = EcsCredentialsProvider::builder().configure(&config).build();
    let instance = ImdsCredentialsProvider::builder()
        .configure(&config)
        .build();
    CredentialsProviderChain::first_try("Profile", of_file)
        .or_else("WebIdentityToken", web_identity)
        .or_else("EcsContainer", container)
        .or_else("Ec2InstanceMetadata", instance)
}

/// What the SDK would refuse at each call, in terms of its own. An empty region is none.
fn check(config: &SdkConfig) -> Result<(), AccessError> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    if let Some(region) = config.region()
        && !region.as_ref().chars().all(is_part)
    {
        let found = region.to_string();
        return Err(AccessError::Region { found });
    }
    if let Some(endpoint) = config.endpoint_url()
        && !["http://", "https://"]
            .iter()
            .any(|scheme| endpoint.starts_with(scheme))
    {
        let found = endpoint.to_owned();
        return Err(AccessError::Endpoint { found });
    }
    Ok(())
}
