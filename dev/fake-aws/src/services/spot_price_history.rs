//! EC2's DescribeSpotPriceHistory.
//!
//! It answers with the changes within the window and, per pool, the last one before it, in no
//! order that a caller may rely on, page by page.
//! See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html>.

use jiff::Timestamp;
use quick_xml::escape::escape;

use crate::{
    Market,
    control::market::HistoryKey,
    front::{page::page, reply::Reply, request::Request},
};

const ACTION: &str = "DescribeSpotPriceHistory";
const MOST_RECORDS: usize = 1000;

pub(crate) fn describe(market: &Market, request: &Request, now: Timestamp) -> Reply {
    let time = |name: &str| match request.get(name) {
        None => Ok(now),
        Some(text) => text.parse::<Timestamp>().map_err(|_| {
            Reply::ec2_error(
                "InvalidParameterValue",
                &format!("{text} is no valid time for {name}"),
            )
        }),
    };
    let (start, end) = match (time("StartTime"), time("EndTime")) {
        (Ok(start), Ok(end)) => (start, end),
        (Err(refusal), _) | (_, Err(refusal)) => return refusal,
    };
    let types = request.list("InstanceType");
    let products = request.list("ProductDescription");
    let zone = request.get("AvailabilityZone");
    let asked = |(instance_type, in_zone, product): &HistoryKey| {
        (types.is_empty() || types.contains(&instance_type.as_str()))
            && (products.is_empty() || products.contains(&product.as_str()))
            && zone.is_none_or(|zone| zone == in_zone)
    };

    let state = market.state();
    if state.is_unreadable(&types) {
        return Reply::ec2_unavailable();
    }
    let mut records: Vec<(Timestamp, String, &HistoryKey)> = Vec::new();
    for (key, changes) in state.histories.iter().filter(|(key, _)| asked(key)) {
        let before = changes
            .iter()
            .filter(|change| change.at <= start)
            .max_by_key(|change| change.at);
        let within = changes
            .iter()
            .filter(|change| change.at > start && change.at <= end);
        records.extend(
            before
                .into_iter()
                .chain(within)
                .map(|change| (change.at, format!("{:.6}", change.usd), key)),
        );
    }
    for (key, texts) in state.texts.iter().filter(|(key, _)| asked(key)) {
        let escaped = texts
            .iter()
            .map(|(at, text)| (*at, escape(text).into_owned(), key));
        records.extend(escaped);
    }
    // Newest first across all pools: within one pool's records others stand between.
    records.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));

    let asked = request.get("MaxResults").and_then(|text| text.parse().ok());
    let size = state.page_size(asked, MOST_RECORDS);
    let Some(page) = page(&records, request.get("NextToken"), size) else {
        return Reply::ec2_error("InvalidNextToken", "The token is not valid.");
    };
    let items: String = page
        .records
        .iter()
        .map(|(at, usd, (instance_type, zone, product))| {
            format!(
                "<item><instanceType>{instance_type}</instanceType>\
                 <productDescription>{product}</productDescription>\
                 <spotPrice>{usd}</spotPrice><timestamp>{at:.3}</timestamp>\
                 <availabilityZone>{zone}</availabilityZone></item>"
            )
        })
        .collect();
    let token = page.next_token.unwrap_or_default();
    Reply::ec2(
        ACTION,
        &format!(
            "<spotPriceHistorySet>{items}</spotPriceHistorySet><nextToken>{token}</nextToken>"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PriceChange;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn request(parameters: &[(&str, &str)]) -> Request {
        let mut request = Request::default();
        for (name, value) in parameters {
            request
                .parameters
                .insert((*name).to_owned(), (*value).to_owned());
        }
        request
    }

    fn market() -> Market {
        let market = Market::default();
        let changes = [(100, 1), (200, 2), (300, 3)];
        for zone in ["us-east-1a", "us-east-1b"] {
            let changes = changes.map(|(second, usd)| PriceChange {
                at: at(second),
                usd: usd.into(),
            });
            market.set_price_history("g4dn.xlarge", zone, changes.to_vec());
        }
        market
    }

    #[test]
    fn the_last_change_before_the_window_belongs_to_it() {
        let window = [
            ("StartTime", "1970-01-01T00:04:00Z"),
            ("EndTime", "1970-01-01T00:10:00Z"),
            ("AvailabilityZone", "us-east-1a"),
        ];
        let xml = describe(&market(), &request(&window), at(600)).xml;
        assert!(!xml.contains("<spotPrice>1"), "{xml}");
        assert!(xml.contains("<spotPrice>2.000000"), "{xml}");
        assert!(xml.contains("<timestamp>1970-01-01T00:05:00.000Z"), "{xml}");
    }

    #[test]
    fn pages_follow_each_other_by_token() {
        let market = market();
        market.set_page_size(4);
        let all = ("StartTime", "1970-01-01T00:00:00Z");
        let first = describe(&market, &request(&[all]), at(600)).xml;
        assert_eq!(first.matches("<item>").count(), 4);
        assert!(first.contains("<nextToken>4</nextToken>"), "{first}");
        let second = describe(&market, &request(&[all, ("NextToken", "4")]), at(600)).xml;
        assert_eq!(second.matches("<item>").count(), 2);
        assert!(second.contains("<nextToken></nextToken>"), "{second}");
    }

    #[test]
    fn what_stands_in_place_of_a_price_is_sent_as_it_is() {
        let market = market();
        let texts = vec![(at(900), "<NaN>".to_owned())];
        market.set_price_texts("g4dn.xlarge", "us-east-1a", texts);
        let xml = describe(&market, &request(&[]), at(600)).xml;
        assert!(xml.contains("<spotPrice>&lt;NaN&gt;</spotPrice>"), "{xml}");
    }

    #[test]
    fn an_unknown_type_has_no_prices() {
        let types = [("InstanceType.1", "x1.nothing")];
        let xml = describe(&market(), &request(&types), at(600)).xml;
        assert_eq!(xml.matches("<item>").count(), 0);
    }
}
