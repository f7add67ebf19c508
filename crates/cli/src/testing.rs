//! Executions for the tests of what is told of them.

use jiff::Timestamp;
use serde_json::{Value, json};
use spotmanager_aws::execution_history::{ExecutionHistory, Step};

pub(crate) fn step(state: &str, second: i64, output: Value) -> Step {
    Step {
        state: state.into(),
        entered_at: Timestamp::from_second(second).unwrap(),
        exited_at: None,
        failures: Vec::new(),
        output,
    }
}

pub(crate) fn history(steps: Vec<Step>) -> ExecutionHistory {
    ExecutionHistory {
        arn: "arn:aws:states:eu-west-1:111122223333:execution:spotmanager:jobs-1".into(),
        status: "SUCCEEDED".into(),
        error: None,
        cause: None,
        input: json!({"stack_name": "render-farm"}),
        started_at: Timestamp::from_second(0).unwrap(),
        stopped_at: Timestamp::from_second(62).ok(),
        redriven: None,
        steps,
    }
}

pub(crate) fn evaluated() -> Value {
    json!({
        "verdict": {
            "choice": "spot", "reason": "SPOT_WITHIN_LIMIT",
            "sentence": "g4dn.xlarge in eu-west-1a averaged 0.2 USD per hour, within the limit."
        },
        "limit": {"maximum_price_usd": "0.5", "safety_margin_percent": "15", "limit_usd": "0.425"},
        "cheapest": null,
        "pools": [
            {"instance_type": "g4dn.xlarge", "availability_zone": "eu-west-1a", "average_usd": "0.2",
             "latest_usd": "0.21", "sample_count": 2, "covered_seconds": 3600},
            {"instance_type": "g4dn.xlarge", "availability_zone": "eu-west-1b", "average_usd": null,
             "latest_usd": null, "sample_count": 0, "covered_seconds": 0},
        ],
        "window": {"start": "2026-01-01T00:00:00Z", "end": "2026-01-01T01:00:00Z"},
        "product_description": "Linux/UNIX",
        "rejected_samples": 0
    })
}
