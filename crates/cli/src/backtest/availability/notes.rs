//! What is to be said of the traces and the prices.

use jiff::SignedDuration;
use spotmanager_backtest::Trace;

use crate::arguments::Availability;

/// The prices that are paid, and which part of the traces is replayed.
pub(super) fn of(traces: &[Trace], wanted: &Availability) -> Vec<String> {
    let prices = format!(
        "spot {} and on-demand {} USD per hour; the defaults of --spot-price and --on-demand-price are those of p3.2xlarge in us-east-1",
        wanted.spot_price, wanted.on_demand_price
    );
    let shortest = traces.iter().min_by_key(|trace| trace.seconds());
    let cut = shortest.and_then(|shortest| {
        let seconds = shortest.seconds();
        let longer = traces.iter().filter(|trace| trace.seconds() > seconds);
        let longer: Vec<_> = longer.map(Trace::zone).collect();
        (!longer.is_empty()).then(|| {
            format!(
                "only the first {} are replayed, as long as the trace of {} is; those of {} are longer",
                length(seconds),
                shortest.zone(),
                longer.join(", ")
            )
        })
    });
    let no_bound = (!has_bound(wanted)).then(|| {
        "spot costs more than on-demand: the clairvoyant, which takes spot whenever there is any, is no lower bound"
            .to_owned()
    });
    [prices].into_iter().chain(no_bound).chain(cut).collect()
}

/// Whether the clairvoyant costs least, which takes spot whenever there is any.
pub(super) fn has_bound(wanted: &Availability) -> bool {
    wanted.spot_price <= wanted.on_demand_price
}

/// A length in hours, minutes and seconds.
pub(super) fn length(seconds: u64) -> String {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    format!("{:#}", SignedDuration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use spotmanager_backtest::TraceKind;

    use super::{super::report::tests::wanted, *};

    #[test]
    fn traces_of_different_length_are_said_to_be_cut() {
        let trace = |zone: &str, probes| {
            let kind = TraceKind::Availability;
            Trace::new(zone, kind, 600, vec![1; probes]).unwrap()
        };
        let alike = of(&[trace("a", 3), trace("b", 3)], &wanted());
        assert_eq!(alike.len(), 1, "{alike:?}");
        let notes = of(&[trace("a", 3), trace("b", 2), trace("c", 9)], &wanted());
        let cut = "only the first 20m are replayed, as long as the trace of b is; those of a, c are longer";
        assert_eq!(notes[1], cut);
    }

    #[test]
    fn spot_dearer_than_on_demand_is_said_to_leave_no_lower_bound() {
        let traces = [Trace::new("a", TraceKind::Availability, 600, vec![1; 3]).unwrap()];
        let notes = |spot_price| {
            let wanted = wanted();
            of(
                &traces,
                &Availability {
                    spot_price,
                    ..wanted
                },
            )
        };
        let dear = notes("3.07".parse().unwrap());
        assert!(dear[1].ends_with("is no lower bound"), "{dear:?}");
        assert_eq!(notes("3.06".parse().unwrap()).len(), 1);
    }

    #[test]
    fn a_length_is_never_none() {
        assert_eq!(length(585), "9m 45s");
        assert_eq!(length(45 * 86_400), "1080h");
    }
}
