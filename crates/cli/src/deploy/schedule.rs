//! Schedule expressions, as EventBridge Scheduler reads them.
//! See <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>.

use spotmanager_domain::SettingError;

/// Checks a rate, such as `rate(15 minutes)`.
///
/// # Errors
/// [`SettingError`] if it is none.
pub(super) fn check_rate(field: &str, expression: &str) -> Result<(), SettingError> {
    if is_rate(expression) {
        return Ok(());
    }
    let expected = "a rate such as rate(15 minutes), in minutes, hours or days";
    Err(SettingError::new(field, expression, expected))
}

/// Checks a cron expression, such as `cron(0/15 2-4 * * ? *)`.
///
/// # Errors
/// [`SettingError`] if it is none.
pub(super) fn check_cron(field: &str, expression: &str) -> Result<(), SettingError> {
    if is_cron(expression) {
        return Ok(());
    }
    let expected = "a cron expression of six fields such as cron(0/15 2-4 * * ? *), with ? for the day of the month or of the week";
    Err(SettingError::new(field, expression, expected))
}

fn is_rate(expression: &str) -> bool {
    let Some(inner) = inner(expression, "rate(") else {
        return false;
    };
    let mut words = inner.split_whitespace();
    let (Some(value), Some(unit), None) = (words.next(), words.next(), words.next()) else {
        return false;
    };
    let is_unit = ["minute", "hour", "day"].contains(&unit.strip_suffix('s').unwrap_or(unit));
    is_unit && value.parse::<u32>().is_ok_and(|value| value > 0)
}

fn is_cron(expression: &str) -> bool {
    let Some(inner) = inner(expression, "cron(") else {
        return false;
    };
    let fields: Vec<_> = inner.split_whitespace().collect();
    let [minutes, hours, day, month, weekday, year] = fields[..] else {
        return false;
    };
    let is_allowed = |field: &str| {
        let mut all = field.chars();
        all.all(|c| c.is_ascii_alphanumeric() || ",-*/?#".contains(c))
    };
    // Hours and minutes are numbers, and neither day may follow from the other.
    let times = [minutes, hours, year];
    fields.iter().all(|field| is_allowed(field))
        && times
            .iter()
            .all(|field| !field.contains(|c: char| c.is_ascii_alphabetic() || c == '?'))
        && month != "?"
        && (day == "?") != (weekday == "?")
}

fn inner<'a>(expression: &'a str, name: &str) -> Option<&'a str> {
    expression.strip_prefix(name)?.strip_suffix(')')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_positive_number_of_a_unit() {
        for rate in ["rate(15 minutes)", "rate(1 hour)", "rate(2 days)"] {
            assert!(check_rate("ReturnToSpotRate", rate).is_ok(), "{rate}");
        }
        for other in [
            "",
            "often",
            "15 minutes",
            "rate(15)",
            "rate(0 minutes)",
            "rate(-1 hours)",
            "rate(1.5 hours)",
            "rate(15 seconds)",
            "rate(15 minutes",
            "rate(15 minutes or so)",
            "cron(0 2 * * ? *)",
        ] {
            let refused = check_rate("ReturnToSpotRate", other).unwrap_err();
            assert_eq!(refused.field, "ReturnToSpotRate", "{other}");
        }
    }

    #[test]
    fn a_cron_expression_has_six_fields_and_one_question_mark() {
        for cron in [
            "cron(0/15 2-4 * * ? *)",
            "cron(0 2 ? * MON-FRI 2026-2028)",
            "cron(15,45 2 L JAN ? *)",
            "cron(0 2 ? * 6#3 *)",
        ] {
            assert!(check_cron("MaintenanceWindow", cron).is_ok(), "{cron}");
        }
        for other in [
            "",
            "0 2 * * ? *",
            "cron(0 2 * * ?)",
            "cron(0 2 * * * *)",
            "cron(0 2 ? * ? *)",
            "cron(0 two * * ? *)",
            "cron(0 2 * * ? * *)",
            "cron(0 2; * * ? *)",
            "rate(15 minutes)",
        ] {
            assert!(check_cron("MaintenanceWindow", other).is_err(), "{other}");
        }
    }
}
