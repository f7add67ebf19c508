//! Endpoints that the environment names in place of AWS's own.

use std::env;

use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

/// The variables of a service's endpoint, `AWS_ENDPOINT_URL_AUTO_SCALING` such as it is for Auto
/// Scaling; what holds for all services, `AWS_ENDPOINT_URL`, comes after it.
/// See <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>.
#[derive(Debug)]
pub(crate) struct EndpointVariables;

impl LoadServiceConfig for EndpointVariables {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let general = key.env();
        env::var(variable(&key)).or_else(|_| env::var(general)).ok()
    }
}

fn variable(key: &ServiceConfigKey<'_>) -> String {
    let service = key.service_id().replace([' ', '-'], "_").to_uppercase();
    format!("{}_{service}", key.env())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_a_variable_of_its_own() {
        let key = ServiceConfigKey::builder()
            .service_id("Auto Scaling")
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .unwrap();
        assert_eq!(variable(&key), "AWS_ENDPOINT_URL_AUTO_SCALING");
    }
}
