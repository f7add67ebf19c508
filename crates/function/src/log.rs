//! Log lines as Lambda's logging controls ask for them.

use std::env;

use tracing_subscriber::filter::LevelFilter;

/// Writes log lines to standard output, as JSON where the function's log format is JSON, from the
/// function's log level on, else from INFO on.
///
/// A level for each module, as `lambda_runtime` offers, would bring a regular expression engine.
/// See <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html>.
pub(crate) fn init_log() {
    let level = env::var("AWS_LAMBDA_LOG_LEVEL")
        .ok()
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    let lines = tracing_subscriber::fmt()
        .with_target(false)
        .without_time()
        .with_max_level(level);
    match env::var("AWS_LAMBDA_LOG_FORMAT") {
        Ok(format) if format.eq_ignore_ascii_case("json") => lines.json().init(),
        _ => lines.init(),
    }
}
