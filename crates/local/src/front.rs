//! The front: one HTTP endpoint for every service.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::State,
    http::{HeaderMap, Method, Request as HttpRequest, Response, StatusCode},
};
use jiff::Timestamp;

use crate::{
    Fault, LocalAwsError, Market, authorization, auto_scaling::AutoScaling, calls::Calls,
    emulator::EmulatorClient, faults::Faults, placement_scores, price_list, request::Request,
    spot_price_history,
};

/// What the front answers with.
#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) emulator: EmulatorClient,
    pub(crate) market: Market,
    pub(crate) auto_scaling: Arc<AutoScaling>,
    pub(crate) calls: Calls,
    pub(crate) faults: Faults,
}

pub(crate) async fn serve(
    State(front): State<Arc<Front>>,
    request: HttpRequest<Body>,
) -> Response<Body> {
    match front.answer(request).await {
        Ok(response) => response,
        Err(error) => {
            let mut response = Response::new(Body::from(error.to_string()));
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            response
        }
    }
}

impl Front {
    async fn answer(&self, request: HttpRequest<Body>) -> Result<Response<Body>, LocalAwsError> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX)
            .await
            .map_err(|error| LocalAwsError::call("request", error))?;
        let request = Request::read(parts.uri.path(), &parts.headers, &body);
        self.calls.record(&request, &body);
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        if authorization::is_asked_for(&request) {
            let question = authorization::question(&parts.headers);
            let verdict = self.pass(parts.method.clone(), path, question, body.clone());
            if let Some(refusal) = authorization::refusal(verdict.await?) {
                return Ok(refusal);
            }
        }
        match (request.service.as_str(), request.action.as_str()) {
            ("autoscaling", _) => {
                let fault = self.faults.take(&request);
                if fault == Some(Fault::AccessDenied) {
                    return Ok(Fault::AccessDenied.reply().into_response());
                }
                if let Some(reply) = self.auto_scaling.handle(&request).await? {
                    let reply = fault.map_or(reply, Fault::reply);
                    return Ok(reply.into_response());
                }
            }
            ("ec2", "DescribeSpotPriceHistory") => {
                let reply = spot_price_history::describe(&self.market, &request, Timestamp::now());
                return Ok(reply.into_response());
            }
            ("ec2", "GetSpotPlacementScores") => {
                let reply =
                    placement_scores::answer(&self.emulator, &self.market, &request).await?;
                return Ok(reply.into_response());
            }
            ("pricing", "GetProducts") => {
                let reply = price_list::get_products(&self.market, &body);
                return Ok(reply.into_response());
            }
            _ => {}
        }
        self.pass(parts.method, path, parts.headers, body).await
    }

    /// Hands the request to the emulator as it came.
    async fn pass(
        &self,
        method: Method,
        path: &str,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response<Body>, LocalAwsError> {
        // The client writes the length of what it sends itself.
        headers.remove("content-length");
        headers.remove("transfer-encoding");
        headers.remove("expect");
        let failed = |error: reqwest::Error| LocalAwsError::call("reply", error);
        let reply = self
            .emulator
            .http
            .request(method, format!("{}{path}", self.emulator.url))
            .headers(headers)
            .body(body)
            .send()
            .await
            .map_err(failed)?;
        let mut response = Response::new(Body::empty());
        *response.status_mut() = reply.status();
        for (name, value) in reply.headers() {
            if name != "transfer-encoding" && name != "content-length" && name != "connection" {
                response.headers_mut().append(name, value.clone());
            }
        }
        *response.body_mut() = Body::from(reply.bytes().await.map_err(failed)?);
        Ok(response)
    }
}
