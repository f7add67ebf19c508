//! Replies in AWS's shapes.

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use quick_xml::escape::escape;

/// A reply's status and XML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) xml: String,
}

const REQUEST_ID: &str = "00000000-0000-0000-0000-000000000000";

impl Reply {
    /// Success of an Auto Scaling action; `result` is the content of its result element.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html>.
    pub(crate) fn auto_scaling(action: &str, result: &str) -> Self {
        Self::auto_scaling_with(
            action,
            &format!("<{action}Result>{result}</{action}Result>"),
        )
    }

    /// Success of an Auto Scaling action that returns nothing, and so has no result element.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_SetDesiredCapacity.html>.
    pub(crate) fn auto_scaling_done(action: &str) -> Self {
        Self::auto_scaling_with(action, "")
    }

    /// Success of an Auto Scaling action, with its whole result element.
    pub(crate) fn auto_scaling_with(action: &str, result: &str) -> Self {
        Self {
            status: StatusCode::OK,
            xml: format!(
                "<{action}Response xmlns=\"http://autoscaling.amazonaws.com/doc/2011-01-01/\">\
                 {result}\
                 <ResponseMetadata><RequestId>{REQUEST_ID}</RequestId></ResponseMetadata>\
                 </{action}Response>"
            ),
        }
    }

    /// An Auto Scaling error with its code.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/CommonErrors.html>.
    pub(crate) fn auto_scaling_error(code: &str, message: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            xml: format!(
                "<ErrorResponse xmlns=\"http://autoscaling.amazonaws.com/doc/2011-01-01/\">\
                 <Error><Type>Sender</Type><Code>{code}</Code><Message>{}</Message></Error>\
                 <RequestId>{REQUEST_ID}</RequestId></ErrorResponse>",
                escape(message)
            ),
        }
    }

    /// Success of an EC2 action.
    pub(crate) fn ec2(action: &str, content: &str) -> Self {
        Self {
            status: StatusCode::OK,
            xml: format!(
                "<{action}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
                 <requestId>{REQUEST_ID}</requestId>{content}</{action}Response>"
            ),
        }
    }

    /// An EC2 error with its code.
    /// See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>.
    pub(crate) fn ec2_error(code: &str, message: &str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            xml: format!(
                "<Response><Errors><Error><Code>{code}</Code><Message>{}</Message></Error>\
                 </Errors><RequestID>{REQUEST_ID}</RequestID></Response>",
                escape(message)
            ),
        }
    }

    /// EC2 cannot answer at present.
    pub(crate) fn ec2_unavailable() -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            ..Self::ec2_error(
                "Unavailable",
                "The server is overloaded and can't handle the request.",
            )
        }
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.xml));
        *response.status_mut() = self.status;
        let xml = axum::http::HeaderValue::from_static("text/xml");
        response.headers_mut().insert("content-type", xml);
        response
    }
}
