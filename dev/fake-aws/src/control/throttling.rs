//! Throttling at AWS's rates, once it is switched on.
//!
//! Each account has, in each region, buckets of tokens of which every call takes one, and which
//! fill again by the second. Seconds are those of the local AWS.

use std::{
    collections::BTreeMap,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{body::Body, http::Response, http::StatusCode};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::front::{error_reply::error_reply, request::Request};

/// A bucket of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// The service's signing name.
    pub service: &'static str,
    /// The action whose calls take tokens; `None` where all of the service share the bucket.
    pub action: Option<&'static str>,
    /// The most tokens in it.
    pub bucket: u32,
    /// How many are added in a second.
    pub per_second: u32,
    /// The page that says so; `None` where AWS gives no figure, and this one is assumed.
    pub documented_in: Option<&'static str>,
}

const EC2: &str = "https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html";
const STEP_FUNCTIONS: &str =
    "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html";
const CLOUD_WATCH: &str =
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html";

const fn limit(
    service: &'static str,
    action: &'static str,
    bucket: u32,
    per_second: u32,
    documented_in: Option<&'static str>,
) -> RateLimit {
    RateLimit {
        service,
        action: Some(action),
        bucket,
        per_second,
        documented_in,
    }
}

/// The limits of what the functions call, in us-east-1. SQS and the price list have none that is
/// documented, and EventBridge's and Lambda's are far above what is asked of them.
///
/// Auto Scaling documents that all of its actions share one bucket, and not how large it is:
/// <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/Welcome.html>. Assumed is what EC2
/// gives to five actions that read, for so many are called; for CloudFormation's what it gives to
/// one.
pub const RATE_LIMITS: &[RateLimit] = &[
    limit("ec2", "DescribeLaunchTemplateVersions", 100, 20, Some(EC2)),
    limit("ec2", "DescribeSpotPriceHistory", 100, 20, Some(EC2)),
    limit("ec2", "DescribeSubnets", 100, 20, Some(EC2)),
    limit("ec2", "GetSpotPlacementScores", 100, 20, Some(EC2)),
    limit("states", "StartExecution", 1300, 300, Some(STEP_FUNCTIONS)),
    limit("states", "DescribeExecution", 300, 15, Some(STEP_FUNCTIONS)),
    limit("states", "ListExecutions", 200, 5, Some(STEP_FUNCTIONS)),
    limit(
        "monitoring",
        "ListTagsForResource",
        10,
        10,
        Some(CLOUD_WATCH),
    ),
    limit("cloudformation", "ListStackResources", 100, 20, None),
    RateLimit {
        service: "autoscaling",
        action: None,
        bucket: 500,
        per_second: 100,
        documented_in: None,
    },
];

impl RateLimit {
    fn is_of(&self, request: &Request) -> bool {
        self.service == request.service && self.action.is_none_or(|action| action == request.action)
    }

    /// The bucket where this share of AWS's rate holds, and a second of AWS lasts `time_scale`
    /// seconds.
    fn filled(self, share: f64, time_scale: f64) -> Option<Bucket> {
        let interval = time_scale / (f64::from(self.per_second) * share);
        let quota = Quota::with_period(Duration::try_from_secs_f64(interval).ok()?)?;
        let size = (f64::from(self.bucket) * share).round() as u32;
        let size = NonZeroU32::new(size).unwrap_or(NonZeroU32::MIN);
        Some(Bucket {
            limit: self,
            tokens: RateLimiter::direct(quota.allow_burst(size)),
        })
    }

    /// How the service refuses a call.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/CommonErrors.html>.
    fn refusal(self, request: &Request) -> Response<Body> {
        let (status, code, message) = match self.service {
            "ec2" => (
                StatusCode::SERVICE_UNAVAILABLE,
                "RequestLimitExceeded",
                "Request limit exceeded.",
            ),
            "states" => (
                StatusCode::BAD_REQUEST,
                "ThrottlingException",
                "Rate exceeded",
            ),
            _ => (StatusCode::BAD_REQUEST, "Throttling", "Rate exceeded"),
        };
        error_reply(request, status, code, message)
    }
}

#[derive(Debug)]
struct Bucket {
    limit: RateLimit,
    tokens: DefaultDirectRateLimiter,
}

/// How often a program's calls of an action came, and how many of them were throttled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThrottledCalls {
    /// The service's signing name.
    pub service: String,
    /// The action.
    pub action: String,
    /// Calls that came.
    pub calls: u64,
    /// Those of them that were refused.
    pub throttled: u64,
}

#[derive(Debug, Default)]
struct State {
    buckets: Vec<Bucket>,
    counts: BTreeMap<(String, String), (u64, u64)>,
}

/// The buckets, and what was counted since they were filled; none of it until then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Throttling(Arc<Mutex<State>>);

impl Throttling {
    /// Fills the buckets, and counts from here on.
    pub(crate) fn switch_on(&self, share: f64, time_scale: f64) {
        let buckets = RATE_LIMITS
            .iter()
            .filter_map(|limit| limit.filled(share, time_scale))
            .collect();
        *self.lock() = State {
            buckets,
            counts: BTreeMap::new(),
        };
    }

    /// Refuses nothing any more, and keeps what was counted.
    pub(crate) fn switch_off(&self) {
        self.lock().buckets.clear();
    }

    /// What a program's call is refused with that finds no token. Whoever has no name is a test, and
    /// takes none.
    pub(crate) fn refusal(&self, request: &Request) -> Option<Response<Body>> {
        request.program.as_ref()?;
        let mut state = self.lock();
        if state.buckets.is_empty() {
            return None;
        }
        let mut buckets = state.buckets.iter();
        let empty = buckets
            .find(|bucket| bucket.limit.is_of(request))
            .filter(|bucket| bucket.tokens.check().is_err())
            .map(|bucket| bucket.limit);
        let action = (request.service.clone(), request.action.clone());
        let (calls, throttled) = state.counts.entry(action).or_default();
        *calls += 1;
        *throttled += u64::from(empty.is_some());
        empty.map(|limit| limit.refusal(request))
    }

    pub(crate) fn counted(&self) -> Vec<ThrottledCalls> {
        let state = self.lock();
        let counts = state.counts.iter();
        counts
            .map(|((service, action), (calls, throttled))| ThrottledCalls {
                service: service.clone(),
                action: action.clone(),
                calls: *calls,
                throttled: *throttled,
            })
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing is added while a test runs.
    const STANDSTILL: f64 = 1e6;

    fn request(service: &str, action: &str) -> Request {
        Request {
            service: service.into(),
            action: action.into(),
            program: Some("spotmanager-discover".into()),
            ..Request::default()
        }
    }

    /// How many calls came before the first that was refused, of so many.
    fn refused_after(throttling: &Throttling, request: &Request, calls: usize) -> Option<usize> {
        (0..calls).find(|_| throttling.refusal(request).is_some())
    }

    #[test]
    fn a_bucket_is_of_one_action_or_of_all() {
        let throttling = Throttling::default();
        throttling.switch_on(1.0, STANDSTILL);
        let prices = request("ec2", "DescribeSpotPriceHistory");
        assert_eq!(refused_after(&throttling, &prices, 200), Some(100));
        let refusal = throttling.refusal(&prices).unwrap();
        assert_eq!(refusal.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(
            throttling
                .refusal(&request("ec2", "DescribeSubnets"))
                .is_none()
        );
        let groups = request("autoscaling", "DescribeAutoScalingGroups");
        assert_eq!(refused_after(&throttling, &groups, 600), Some(500));
        let policy = request("autoscaling", "ExecutePolicy");
        assert_eq!(refused_after(&throttling, &policy, 1), Some(0));
        let jobs = request("sqs", "GetQueueAttributes");
        assert_eq!(refused_after(&throttling, &jobs, 5000), None);
        let counted = throttling.counted();
        let prices = counted
            .iter()
            .find(|counted| counted.action == prices.action)
            .unwrap();
        assert_eq!((prices.calls, prices.throttled), (102, 2));
    }

    #[test]
    fn a_share_of_the_rate_has_a_share_of_the_bucket() {
        let throttling = Throttling::default();
        throttling.switch_on(0.1, STANDSTILL);
        let prices = request("ec2", "DescribeSpotPriceHistory");
        assert_eq!(refused_after(&throttling, &prices, 200), Some(10));
        let tags = request("monitoring", "ListTagsForResource");
        assert_eq!(refused_after(&throttling, &tags, 200), Some(1));
    }

    #[test]
    fn nothing_is_refused_or_counted_before_and_nothing_refused_after() {
        let throttling = Throttling::default();
        let prices = request("ec2", "DescribeSpotPriceHistory");
        assert_eq!(refused_after(&throttling, &prices, 200), None);
        assert!(throttling.counted().is_empty());
        throttling.switch_on(1.0, STANDSTILL);
        assert_eq!(refused_after(&throttling, &prices, 200), Some(100));
        throttling.switch_off();
        assert_eq!(refused_after(&throttling, &prices, 200), None);
        assert_eq!(throttling.counted().len(), 1);
    }
}
