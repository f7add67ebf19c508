//! HTTPS through a proxy, with errors that name the endpoint.

use std::error::Error;

use aws_smithy_http_client::{
    Builder, Connector,
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        connector_metadata::ConnectorMetadata,
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpClient, SharedHttpConnector,
        },
        orchestrator::HttpRequest,
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
};

use crate::proxy_variables::Proxies;

/// HTTPS as [`http_client`](crate::http_client) has it, through the proxies.
pub(crate) fn proxied_client(proxies: Proxies) -> SharedHttpClient {
    SharedHttpClient::new(Proxied {
        http: through(proxies.http.config.clone()),
        https: through(proxies.https.config.clone()),
        proxies,
    })
}

fn through(proxy: ProxyConfig) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder()
            .proxy_config(proxy.clone())
            .tls_provider(Provider::rustls(CryptoMode::Ring));
        connector.set_connector_settings(settings.cloned());
        connector.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        connector.build()
    })
}

/// No reply came from an endpoint.
#[derive(Debug, thiserror::Error)]
#[error("cannot reach {endpoint}{}", through_proxy(variable.as_deref()))]
pub(crate) struct Unreachable {
    /// Scheme, host and port.
    endpoint: String,
    /// What names the proxy between, if there is one.
    variable: Option<String>,
    source: BoxError,
}

/// A client for each scheme, with one proxy each.
#[derive(Debug)]
struct Proxied<T> {
    http: T,
    https: T,
    proxies: Proxies,
}

impl HttpClient for Proxied<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Proxied {
            http: self.http.http_connector(settings, components),
            https: self.https.http_connector(settings, components),
            proxies: self.proxies.clone(),
        })
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.https.connector_metadata()
    }
}

/// Its errors say whom it asked.
impl HttpConnector for Proxied<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let endpoint = endpoint(request.uri());
        let (connector, proxy) = if endpoint.starts_with("https:") {
            (&self.https, &self.proxies.https)
        } else {
            (&self.http, &self.proxies.http)
        };
        let variable = proxy.variable_for(&endpoint).map(str::to_owned);
        let reply = connector.call(request);
        HttpConnectorFuture::new(async move {
            reply
                .await
                .map_err(|error| named(endpoint, variable, error))
        })
    }
}

fn through_proxy(variable: Option<&str>) -> String {
    match variable {
        Some(variable) => format!(" through the proxy of {variable}"),
        None => String::new(),
    }
}

/// The address without path and query.
fn endpoint(uri: &str) -> String {
    uri.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

/// The same error, of the same kind, for whether a call is tried again goes by its kind.
fn named(endpoint: String, variable: Option<String>, error: ConnectorError) -> ConnectorError {
    let (is_timeout, is_user, is_io) = (error.is_timeout(), error.is_user(), error.is_io());
    let kind = error.as_other();
    let source: BoxError = error.into_source();
    let error: Box<dyn Error + Send + Sync> = Box::new(Unreachable {
        endpoint,
        variable,
        source,
    });
    if is_timeout {
        ConnectorError::timeout(error)
    } else if is_user {
        ConnectorError::user(error)
    } else if is_io {
        ConnectorError::io(error)
    } else {
        ConnectorError::other(error, kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_what_stands_before_the_path() {
        for (uri, expected) in [
            ("http://127.0.0.1:1/", "http://127.0.0.1:1"),
            (
                "https://sqs.eu-west-1.amazonaws.com/a/b?c",
                "https://sqs.eu-west-1.amazonaws.com",
            ),
            ("https://aws.invalid", "https://aws.invalid"),
        ] {
            assert_eq!(endpoint(uri), expected);
        }
    }

    #[test]
    fn an_error_keeps_its_kind() {
        let kinds = [
            (
                ConnectorError::timeout as fn(BoxError) -> ConnectorError,
                "timeout",
            ),
            (ConnectorError::io, "io"),
            (ConnectorError::user, "user"),
            (|source| ConnectorError::other(source, None), "other"),
        ];
        for (make, kind) in kinds {
            let error = named(
                "https://aws.invalid".to_owned(),
                None,
                make("refused".into()),
            );
            let is = [
                error.is_timeout(),
                error.is_io(),
                error.is_user(),
                error.is_other(),
            ];
            let expected = ["timeout", "io", "user", "other"].map(|name| name == kind);
            assert_eq!(is, expected, "{kind}");
        }
    }
}
