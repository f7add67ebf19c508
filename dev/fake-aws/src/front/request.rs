//! Which service and action a request is for.

use std::collections::HashMap;

use axum::http::HeaderMap;

/// A request, as far as the front looks into it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// The signing name in the credential scope.
    pub(crate) service: String,
    /// The action of the query or JSON protocol.
    pub(crate) action: String,
    /// The program in the user agent: the SDKs write `app/NAME`.
    pub(crate) program: Option<String>,
    /// The Lambda function in the user agent: the emulator's write `exec-env/RUNTIME.NAME`.
    pub(crate) function: Option<String>,
    /// The query protocol's parameters.
    pub(crate) parameters: HashMap<String, String>,
}

impl Request {
    /// See <https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html>.
    pub(crate) fn read(path: &str, headers: &HeaderMap, body: &[u8]) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let service = header("authorization")
            .and_then(|value| value.split("Credential=").nth(1))
            .and_then(|scope| scope.split('/').nth(3))
            .unwrap_or_default();
        let is_form = header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let parameters: HashMap<String, String> = if is_form {
            serde_urlencoded::from_bytes(body).unwrap_or_default()
        } else {
            HashMap::new()
        };
        let action = match parameters.get("Action") {
            Some(action) => action.clone(),
            // Smithy's RPC protocol, as CloudWatch speaks it, has the action in the path.
            None => header("x-amz-target")
                .and_then(|target| target.rsplit('.').next())
                .or_else(|| path.split_once("/operation/").map(|(_, action)| action))
                .unwrap_or_default()
                .to_owned(),
        };
        let agent = |prefix: &str| {
            header("user-agent")
                .into_iter()
                .flat_map(|agent| agent.split(' '))
                .find_map(|part| part.strip_prefix(prefix))
        };
        let program = agent("app/").map(str::to_owned);
        let function = agent("exec-env/")
            .and_then(|environment| environment.rsplit('.').next())
            .map(str::to_owned);
        Self {
            service: service.to_owned(),
            action,
            program,
            function,
            parameters,
        }
    }

    /// A parameter that is there and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.parameters
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// A list: `PREFIX.1`, `PREFIX.2` … where `prefix` ends in `member` for most services.
    pub(crate) fn list(&self, prefix: &str) -> Vec<&str> {
        (1..)
            .map_while(|index| self.get(&format!("{prefix}.{index}")))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_action_and_lists_are_read() {
        let mut headers = HeaderMap::new();
        let authorization =
            "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/autoscaling/aws4_request, Sig=1";
        headers.insert("authorization", authorization.parse().unwrap());
        let form = "application/x-www-form-urlencoded";
        headers.insert("content-type", form.parse().unwrap());
        headers.insert(
            "user-agent",
            "aws-sdk-rust/1 exec-env/AWS_Lambda_provided.al2023.a-function app/a-program"
                .parse()
                .unwrap(),
        );
        let request = Request::read(
            "/",
            &headers,
            b"Action=X&Names.member.1=a&Names.member.2=b%20c",
        );
        assert_eq!(request.service, "autoscaling");
        assert_eq!(request.action, "X");
        assert_eq!(request.program.as_deref(), Some("a-program"));
        assert_eq!(request.function.as_deref(), Some("a-function"));
        assert_eq!(request.list("Names.member"), ["a", "b c"]);
        let path = "/service/GraniteServiceVersion20100801/operation/ListTagsForResource";
        let request = Request::read(path, &HeaderMap::new(), b"");
        assert_eq!(request.action, "ListTagsForResource");
    }
}
