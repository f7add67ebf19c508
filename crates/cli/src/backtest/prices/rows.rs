//! The rows of a backtest, which terminal, JSON and page share, and their cells.

use rust_decimal::Decimal;

use super::{Backtested, Compared};

/// The hours of a month, as AWS's own calculator counts them.
/// See <https://docs.aws.amazon.com/pricing-calculator/latest/userguide/ec2-estimates.html>.
const HOURS_OF_A_MONTH: Decimal = Decimal::from_parts(730, 0, 0, false, 0);

/// Always on-demand, or a setting, with what it came to.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    /// Absent for always on-demand.
    pub(super) setting: Option<&'a Compared>,
    /// Its place among the settings.
    pub(super) index: Option<usize>,
    /// What the on-demand group launches.
    pub(super) on_demand_type: &'a str,
    /// Whether other rows are compared with another type.
    pub(super) has_other_types: bool,
    pub(super) spot_seconds: Decimal,
    pub(super) on_demand_seconds: Decimal,
    /// USD, to the cent.
    pub(super) usd: Decimal,
    /// USD for 730 hours, to the cent.
    pub(super) usd_per_month: Decimal,
    /// USD less than always on-demand, to the cent.
    pub(super) saving_usd: Decimal,
    /// The same in percent, to a tenth.
    pub(super) saving_percent: Decimal,
    pub(super) switches: u64,
    pub(super) interruptions: u64,
    pub(super) failed_launches: u64,
    pub(super) decisions: u64,
    /// Whether it costs least of the settings for all pools.
    pub(super) is_best: bool,
}

/// Always on-demand for each type that a setting is compared with, then every setting.
pub(super) fn of(backtested: &Backtested) -> Vec<Row<'_>> {
    let Backtested {
        compared,
        question,
        answer,
        ..
    } = backtested;
    let length = question.period.seconds();
    let mut types: Vec<(&str, Decimal)> = Vec::new();
    for one in compared {
        if !types.iter().any(|(name, _)| *name == one.on_demand_type) {
            types.push((&one.on_demand_type, one.setting.on_demand_usd));
        }
    }
    let has_other_types = types.len() > 1;
    let always = types.into_iter().map(|(on_demand_type, usd)| {
        let exact = of_hours(usd, length);
        Row {
            on_demand_seconds: length,
            ..costing(on_demand_type, exact, exact, length)
        }
    });
    let settings = compared.iter().zip(&answer.settings).enumerate();
    let settings = settings.map(|(index, (one, replayed))| {
        let outcome = replayed.outcome;
        let always = of_hours(one.setting.on_demand_usd, length);
        Row {
            setting: Some(one),
            index: Some(index),
            spot_seconds: outcome.spot_seconds,
            on_demand_seconds: outcome.on_demand_seconds,
            switches: outcome.switches,
            interruptions: outcome.interruptions,
            failed_launches: outcome.failed_launches,
            decisions: outcome.decisions,
            ..costing(&one.on_demand_type, outcome.usd(), always, length)
        }
    });
    let mut rows: Vec<_> = always.chain(settings).collect();
    for row in &mut rows {
        row.has_other_types = has_other_types;
    }
    if let Some(best) = best(&rows)
        && let Some(row) = rows.get_mut(best)
    {
        row.is_best = true;
    }
    rows
}

fn costing(on_demand_type: &str, usd: Decimal, always: Decimal, seconds: Decimal) -> Row<'_> {
    let saving = always - usd;
    let share = saving.checked_div(always).unwrap_or_default();
    let hours = seconds / Decimal::from(3_600);
    let month = (usd * HOURS_OF_A_MONTH).checked_div(hours);
    Row {
        setting: None,
        index: None,
        on_demand_type,
        has_other_types: false,
        spot_seconds: Decimal::ZERO,
        on_demand_seconds: Decimal::ZERO,
        usd: usd.round_dp(2),
        usd_per_month: month.unwrap_or_default().round_dp(2),
        saving_usd: saving.round_dp(2),
        saving_percent: (share * Decimal::ONE_HUNDRED).round_dp(1),
        switches: 0,
        interruptions: 0,
        failed_launches: 0,
        decisions: 0,
        is_best: false,
    }
}

fn of_hours(usd: Decimal, seconds: Decimal) -> Decimal {
    usd * seconds / Decimal::from(3_600)
}

/// The place of the cheapest setting for all pools. Of several at the same cost to the cent it is the
/// safest: the largest margin, then the lowest limit, then the longest window.
fn best(rows: &[Row<'_>]) -> Option<usize> {
    let places = rows.iter().enumerate();
    let settings = places.filter_map(|(place, row)| Some((place, row, row.setting?)));
    let choices = settings.filter(|(_, _, one)| one.pool.is_none() && !one.is_original());
    let best = choices.min_by_key(|(_, row, one)| {
        let margin = one.setting.terms.safety_margin_percent;
        let window = std::cmp::Reverse(one.setting.window_seconds);
        (row.usd, std::cmp::Reverse(margin), one.limit_usd(), window)
    });
    best.map(|(place, ..)| place)
}

/// The best setting in a sentence, as it stands above the table.
pub(super) fn headline(rows: &[Row<'_>]) -> String {
    let best = rows
        .iter()
        .find_map(|row| row.is_best.then_some((row, row.setting?)));
    let Some((row, setting)) = best else {
        return String::new();
    };
    let name = row.on_demand_type;
    if row.saving_usd <= Decimal::ZERO {
        return format!(
            "No setting costs less than always on-demand {name}; the best one costs {:.2} USD more: {setting}.",
            -row.saving_usd
        );
    }
    let always = rows
        .iter()
        .find(|one| one.setting.is_none() && one.on_demand_type == name);
    let always = always
        .map(|always| always.usd_per_month)
        .unwrap_or_default();
    format!(
        "{:.1} % less than always on-demand {name}: {:.2} USD per month of {HOURS_OF_A_MONTH} hours in place of {always:.2}, with {setting}.",
        row.saving_percent, row.usd_per_month
    )
}

/// Seconds as hours, to a tenth.
pub(super) fn hours(seconds: Decimal) -> Decimal {
    (seconds / Decimal::from(3_600)).round_dp(1)
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{HISTORY, backtested, replayed},
        *,
    };

    #[test]
    fn always_on_demand_comes_first_and_a_month_is_730_hours() {
        let backtested = backtested();
        let rows = of(&backtested);
        assert_eq!(rows[0].cells()[0], "always on-demand");
        // 47 hours at 0.579.
        assert_eq!(rows[0].cells()[4], "27.21");
        assert_eq!(rows[0].usd_per_month, "422.67".parse().unwrap());
        assert_eq!(rows.iter().filter(|row| row.is_best).count(), 1);
    }

    #[test]
    fn of_settings_at_the_same_cost_the_safest_is_the_best() {
        let more = [
            "--on-demand-price",
            "0.579",
            "--maximum-spot-price",
            "0.9,0.8",
        ];
        let more = [&more[..], &["--safety-margin-percent", "0,10,5"]].concat();
        let backtested = replayed(HISTORY, &more);
        let rows = of(&backtested);
        let cents: Vec<_> = rows[1..].iter().map(|row| row.usd).collect();
        assert!(cents.iter().all(|usd| *usd == cents[0]), "{cents:?}");
        let best = rows.iter().find(|row| row.is_best).unwrap();
        assert_eq!(best.cells()[..3], ["0.8", "10 %", "0.72"]);
    }

    #[test]
    fn the_headline_says_so_if_nothing_is_saved() {
        let saving = headline(&of(&backtested()));
        assert!(
            saving.contains("% less than always on-demand g4dn.xlarge"),
            "{saving}"
        );
        assert!(
            saving.contains("per month of 730 hours in place of 422.67"),
            "{saving}"
        );
        let more = ["--on-demand-price", "0.1", "--maximum-spot-price", "0.9"];
        let dear = headline(&of(&replayed(HISTORY, &more)));
        assert!(dear.starts_with("No setting costs less"), "{dear}");
    }
}
