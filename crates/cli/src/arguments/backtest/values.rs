//! What the values of a backtest's options may be.

use jiff::Timestamp;
use rust_decimal::Decimal;
use spotmanager_backtest::STEP_SECONDS;
use spotmanager_domain::{
    SETTINGS,
    settings::{Setting, SettingValue},
};

/// A value of `--on-demand-price`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GivenPrice {
    /// Absent if there is one type only.
    pub(crate) instance_type: Option<String>,
    /// USD per instance-hour.
    pub(crate) usd: Decimal,
}

/// `0.526`, or `g4dn.xlarge=0.526`.
pub(super) fn on_demand_price(text: &str) -> Result<GivenPrice, String> {
    let (instance_type, usd) = match text.split_once('=') {
        Some((name, usd)) => (Some(name.trim().to_owned()), usd),
        None => (None, text),
    };
    if instance_type.as_deref() == Some("") {
        return Err("the instance type before = should be a name such as g4dn.xlarge".to_owned());
    }
    let usd = price(usd.trim())?;
    Ok(GivenPrice { instance_type, usd })
}

/// A time, or a date for its first moment in UTC.
pub(super) fn time(text: &str) -> Result<Timestamp, String> {
    let of_date = || format!("{text}T00:00:00Z").parse().ok();
    text.parse().ok().or_else(of_date).ok_or_else(|| {
        "it should be a date such as 2026-10-01, which begins at 00:00 UTC, or a time such as \
         2026-10-01T12:00:00Z"
            .to_owned()
    })
}

/// A value that SpotManager's parameter takes too.
pub(super) fn of<T: SettingValue>(
    setting: &'static Setting,
) -> impl Fn(&str) -> Result<T, String> + Clone {
    |text| {
        let read = setting.read(text);
        read.map_err(|refused| format!("it should be {}", refused.expected))
    }
}

/// The window of prices. A replay costs nothing and calls nothing, so what it takes may be out of
/// the range of a deployment.
pub(super) fn at_least_a_second(text: &str) -> Result<u32, String> {
    whole(text, 1)
}

/// A length that may be none.
pub(super) fn any_seconds(text: &str) -> Result<u32, String> {
    whole(text, 0)
}

/// Seconds that the replay of availability tells apart.
pub(super) fn seconds(text: &str) -> Result<u32, String> {
    whole(text, 0).and_then(|seconds| {
        if seconds.is_multiple_of(STEP_SECONDS) {
            Ok(seconds)
        } else {
            Err(format!("it should be a multiple of {STEP_SECONDS} seconds"))
        }
    })
}

/// The same, and some.
pub(super) fn some_seconds(text: &str) -> Result<u32, String> {
    match seconds(text)? {
        0 => Err(format!(
            "it should be a multiple of {STEP_SECONDS} seconds, at least {STEP_SECONDS}"
        )),
        seconds => Ok(seconds),
    }
}

pub(super) fn share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if share > 0.0 && f64::is_finite(share) => Ok(share),
        _ => Err("it should be a number above 0, such as 0.6".to_owned()),
    }
}

/// So long that a replay of years ends.
pub(super) fn at_least_a_minute(text: &str) -> Result<u32, String> {
    whole(text, 60)
}

/// Never, or so seldom that a replay of years ends.
pub(super) fn never_or_at_least_a_minute(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(seconds @ (0 | 60..)) => Ok(seconds),
        _ => Err("it should be a whole number of seconds, 0 for never or at least 60".to_owned()),
    }
}

/// So few that a replay of months ends soon.
pub(super) fn instances(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(count @ 1..=1_000) => Ok(count),
        _ => Err("it should be a whole number from 1 to 1000".to_owned()),
    }
}

/// Jobs, or periods of an alarm, which CloudWatch evaluates one of at least.
/// See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>.
pub(super) fn at_least_one(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(count @ 1..) => Ok(count),
        _ => Err("it should be a whole number, at least 1".to_owned()),
    }
}

fn whole(text: &str, least: u32) -> Result<u32, String> {
    match text.parse() {
        Ok(seconds) if seconds >= least => Ok(seconds),
        _ => Err(format!(
            "it should be a whole number of seconds, at least {least}"
        )),
    }
}

/// A price of either market, as the setting of a maximum price takes it.
pub(super) fn price(text: &str) -> Result<Decimal, String> {
    of(&SETTINGS.maximum_spot_price_usd)(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_its_first_moment_in_utc() {
        let midnight: Timestamp = "2026-10-01T00:00:00Z".parse().unwrap();
        assert_eq!(time("2026-10-01"), Ok(midnight));
        assert_eq!(time("2026-10-01T02:00:00+02:00"), Ok(midnight));
        for text in ["yesterday", "2026-10", "2026-10-01 12:00", ""] {
            let error = time(text).unwrap_err();
            assert!(error.contains("2026-10-01T12:00:00Z"), "{error}");
        }
    }

    #[test]
    fn a_price_may_name_its_type() {
        let usd = Decimal::new(526, 3);
        let given = |instance_type: Option<&str>| GivenPrice {
            instance_type: instance_type.map(str::to_owned),
            usd,
        };
        assert_eq!(on_demand_price("0.526"), Ok(given(None)));
        let named = Ok(given(Some("g4dn.xlarge")));
        assert_eq!(on_demand_price("g4dn.xlarge=0.526"), named);
        for text in ["=0.526", "g4dn.xlarge=", "g4dn.xlarge=0", "-1"] {
            assert!(on_demand_price(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_refusal_says_what_the_value_may_be() {
        let margin = of::<Decimal>(&SETTINGS.safety_margin_percent);
        for (refused, part) in [
            (margin("99.5").unwrap_err(), "from 0 to 99"),
            (price("-1").unwrap_err(), "above 0 and up to 1000000 USD"),
            (at_least_a_second("0").unwrap_err(), "seconds, at least 1"),
            (any_seconds("-1").unwrap_err(), "seconds, at least 0"),
            (at_least_a_minute("0").unwrap_err(), "seconds, at least 60"),
            (
                never_or_at_least_a_minute("1").unwrap_err(),
                "0 for never or at least 60",
            ),
            (at_least_one("0").unwrap_err(), "a whole number, at least 1"),
            (instances("0").unwrap_err(), "from 1 to 1000"),
            (seconds("7").unwrap_err(), "a multiple of 5 seconds"),
            (some_seconds("0").unwrap_err(), "at least 5"),
            (share("0").unwrap_err(), "above 0"),
        ] {
            assert!(refused.contains(part), "{part} in {refused}");
        }
        assert_eq!(margin("99"), Ok(Decimal::from(99)));
    }
}
