//! The proxies that the environment names.

use std::{env, sync::Arc};

use aws_smithy_http_client::proxy::{ProxyConfig, ProxyError};
use hyper_util::client::proxy::matcher::Matcher;

/// A variable does not name a proxy.
#[derive(Debug, thiserror::Error)]
#[error(
    "{variable} cannot be used ({reason}); it should be the address of a proxy, such as http://proxy.example.com:8080"
)]
pub struct ProxyVariableError {
    variable: String,
    reason: String,
}

/// Which proxy is asked for an address of each scheme.
#[derive(Clone, Debug)]
pub(crate) struct Proxies {
    pub(crate) http: Proxy,
    pub(crate) https: Proxy,
}

/// What is asked for the addresses of one scheme.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    pub(crate) config: ProxyConfig,
    /// The variable that names it, and the addresses for which it is asked.
    asked: Option<(String, Arc<Matcher>)>,
}

impl Proxy {
    /// The variable that names the proxy through which an address is reached, if there is one.
    pub(crate) fn variable_for(&self, address: &str) -> Option<&str> {
        let (variable, matcher) = self.asked.as_ref()?;
        let is_asked = matcher.intercept(&address.parse().ok()?).is_some();
        is_asked.then_some(variable)
    }
}

impl Proxies {
    /// What `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` say, small letters before capitals. `ALL_PROXY`
    /// is left alone: the AWS CLI does not read it, and it often names a proxy of another kind.
    /// See <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html>.
    ///
    /// # Errors
    /// [`ProxyVariableError`] if a variable holds no address.
    pub(crate) fn of_environment() -> Result<Self, ProxyVariableError> {
        Self::of(|name| env::var(name).ok())
    }

    fn of(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ProxyVariableError> {
        let given = |name: &str| {
            [name.to_lowercase(), name.to_owned()]
                .into_iter()
                .find_map(|name| Some((variable(&name).filter(|value| !value.is_empty())?, name)))
        };
        let (excluded, _) = given("NO_PROXY").unwrap_or_default();
        let proxy = |name: &str, make: fn(String) -> Result<ProxyConfig, ProxyError>| {
            let Some((address, variable)) = given(name) else {
                return Ok(Proxy {
                    config: ProxyConfig::disabled(),
                    asked: None,
                });
            };
            let address = with_scheme(address);
            let config = make(address.clone()).map_err(|error| ProxyVariableError {
                variable: variable.clone(),
                reason: error.to_string(),
            })?;
            let matcher = Matcher::builder().all(address).no(excluded.as_str());
            Ok(Proxy {
                config: config.no_proxy(&excluded),
                asked: Some((variable, Arc::new(matcher.build()))),
            })
        };
        Ok(Self {
            http: proxy("HTTP_PROXY", ProxyConfig::http)?,
            https: proxy("HTTPS_PROXY", ProxyConfig::https)?,
        })
    }
}

/// A bare `host:port` is one of HTTP, as the AWS CLI takes it.
fn with_scheme(address: String) -> String {
    if address.contains("://") {
        address
    } else {
        format!("http://{address}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(given: &[(&str, &str)]) -> Result<Proxies, ProxyVariableError> {
        Proxies::of(|name| {
            let found = given.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn each_scheme_has_a_variable_of_its_own() {
        let proxies = of(&[("HTTPS_PROXY", "proxy.example.com:8080")]).unwrap();
        assert_eq!(proxies.http.variable_for("http://aws.invalid"), None);
        let asked = proxies.https.variable_for("https://aws.invalid");
        assert_eq!(asked, Some("HTTPS_PROXY"));
        let proxies = of(&[("ALL_PROXY", "socks5://127.0.0.1:1"), ("HTTP_PROXY", "")]).unwrap();
        assert!(proxies.http.config.is_disabled() && proxies.https.config.is_disabled());
    }

    #[test]
    fn hosts_of_no_proxy_are_asked_themselves() {
        let given = [
            ("http_proxy", "127.0.0.1:1"),
            ("NO_PROXY", "aws.invalid,10.0.0.1"),
        ];
        let proxies = of(&given).unwrap();
        for (address, variable) in [
            ("http://aws.invalid", None),
            ("http://sqs.aws.invalid", None),
            ("http://10.0.0.1:4566", None),
            ("http://other.invalid", Some("http_proxy")),
        ] {
            assert_eq!(proxies.http.variable_for(address), variable, "{address}");
        }
    }

    #[test]
    fn what_is_no_address_is_named_by_the_variable_that_counts() {
        let given = [
            ("https_proxy", "not an address"),
            ("HTTPS_PROXY", "http://127.0.0.1:1"),
        ];
        let refused = of(&given).unwrap_err().to_string();
        assert!(
            refused.starts_with("https_proxy cannot be used"),
            "{refused}"
        );
    }
}
