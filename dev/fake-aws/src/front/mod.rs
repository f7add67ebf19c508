//! The front: one HTTP endpoint for every service.

pub(crate) mod authorization;
pub(crate) mod cbor_reply;
pub(crate) mod empty_page;
pub(crate) mod error_reply;
pub(crate) mod exchanges;
pub(crate) mod json_reply;
pub(crate) mod page;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod wire;
pub(crate) mod xml;

use std::sync::Arc;

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Method, Request as HttpRequest, Response, StatusCode, request::Parts},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    LocalAwsError, Market,
    control::{
        calls::Calls,
        faults::{Fault, Faults, When},
        throttling::Throttling,
    },
    emulator::{EmulatorClient, functions::Functions},
    front::{exchanges::Exchanges, request::Request, wire::Wire},
    services::{auto_scaling::AutoScaling, placement_scores, price_list, spot_price_history},
};

/// What the front answers with.
#[derive(Debug)]
pub(crate) struct Front {
    pub(crate) emulator: EmulatorClient,
    pub(crate) market: Market,
    pub(crate) auto_scaling: Arc<AutoScaling>,
    pub(crate) calls: Calls,
    pub(crate) exchanges: Exchanges,
    pub(crate) faults: Faults,
    pub(crate) functions: Functions,
    pub(crate) throttling: Throttling,
    pub(crate) wire: Wire,
}

/// Why a connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut")]
struct Cut;

/// Serves connections for as long as it is polled.
pub(crate) async fn serve(listener: TcpListener, front: Arc<Front>) {
    let mut connections = JoinSet::new();
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                eprintln!("the local AWS's front: {error}");
                continue;
            }
        };
        let front = Arc::clone(&front);
        let service = service_fn(move |request| {
            let front = Arc::clone(&front);
            async move {
                let reply = front.respond(request).await;
                reply.inspect(|reply| front.wire.note(reply))
            }
        });
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        connections.spawn(async move {
            // It ends as the caller or a fault will have it.
            let _ = connection.await;
        });
        while connections.try_join_next().is_some() {}
    }
}

impl Front {
    async fn respond(&self, request: HttpRequest<Incoming>) -> Result<Response<Body>, Cut> {
        let (mut parts, body) = request.into_parts();
        let body = to_bytes(Body::new(body), usize::MAX).await;
        let body = body.map_err(|_| Cut)?;
        let mut request = Request::read(parts.uri.path(), &parts.headers, &body);
        self.calls.record(&request, &body);
        self.wire.pass().await;
        if let Some(refusal) = self.throttling.refusal(&request) {
            return Ok(refusal);
        }
        let body = match empty_page::first_page(&mut request, &body) {
            Some(first) => {
                // What is signed says otherwise.
                empty_page::sign(&mut parts.headers, &request.service);
                first
            }
            None => body,
        };
        let Some(fault) = self.faults.take(&request) else {
            return Ok(self.answer_or_say_why(&request, parts, body).await);
        };
        if fault.when() == When::Before {
            return self.strike(fault, &request).await;
        }
        let answer = self.answer_or_say_why(&request, parts, body).await;
        if fault.when() == When::After {
            return self.strike(fault, &request).await;
        }
        if let Some(function) = &request.function {
            self.functions.kill_as_it_answers(function);
        }
        Ok(answer)
    }

    async fn strike(&self, fault: Fault, request: &Request) -> Result<Response<Body>, Cut> {
        if fault.kills()
            && let Some(function) = &request.function
        {
            self.functions.kill(function);
        }
        fault.answer(request).await.ok_or(Cut)
    }

    async fn answer_or_say_why(
        &self,
        request: &Request,
        parts: Parts,
        body: Bytes,
    ) -> Response<Body> {
        let asked = self.exchanges.ask(request, &parts, &body);
        let answer = match (self.answer(request, parts, body).await, asked) {
            (Ok(answer), Some(asked)) => self.exchanges.keep(asked, answer).await,
            (answer, _) => answer,
        };
        answer.unwrap_or_else(|error| {
            let mut response = Response::new(Body::from(error.to_string()));
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            response
        })
    }

    async fn answer(
        &self,
        request: &Request,
        parts: Parts,
        body: Bytes,
    ) -> Result<Response<Body>, LocalAwsError> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        if authorization::is_asked_for(request) {
            let question = authorization::question(&parts.headers);
            let verdict = self.pass(parts.method.clone(), path, question, body.clone());
            if let Some(refusal) = authorization::refusal(verdict.await?) {
                return Ok(refusal);
            }
        }
        match (request.service.as_str(), request.action.as_str()) {
            ("autoscaling", _) => {
                if let Some(reply) = self.auto_scaling.handle(request).await? {
                    return Ok(reply.into_response());
                }
            }
            ("ec2", "DescribeSpotPriceHistory") => {
                let reply = spot_price_history::describe(&self.market, request, Timestamp::now());
                return Ok(reply.into_response());
            }
            ("ec2", "DescribeInstances") => {
                if let Some(reply) = self.auto_scaling.describe_by_token(request).await {
                    return Ok(reply.into_response());
                }
            }
            ("ec2", "GetSpotPlacementScores") => {
                let reply = placement_scores::answer(&self.emulator, &self.market, request).await?;
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
