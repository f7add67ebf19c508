//! HTTPS, for every client.

use std::sync::OnceLock;

use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    connector_metadata::ConnectorMetadata,
    http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector},
    runtime_components::RuntimeComponents,
};

/// HTTPS with the machine's root certificates.
///
/// *ring* encrypts, in place of the SDK's default aws-lc, which is larger and longer to build.
pub fn http_client() -> SharedHttpClient {
    static HTTP_CLIENT: OnceLock<SharedHttpClient> = OnceLock::new();
    HTTP_CLIENT
        .get_or_init(|| SharedHttpClient::new(AtFirstCall::default()))
        .clone()
}

/// A client that is made at the first call. The SDK makes its own at the start, and reads all root
/// certificates then: three quarters of what a function does before it asks for its first event.
#[derive(Debug, Default)]
struct AtFirstCall(OnceLock<SharedHttpClient>);

impl AtFirstCall {
    fn client(&self) -> &SharedHttpClient {
        self.0.get_or_init(|| {
            Builder::new()
                .tls_provider(Provider::rustls(CryptoMode::Ring))
                .build_https()
        })
    }
}

impl HttpClient for AtFirstCall {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.client().http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.client().connector_metadata()
    }
}
