//! EC2's GetSpotPlacementScores, for Availability Zones.
//!
//! AWS scores the types together; here they have the best score of theirs. It also scores fewer
//! than three types low, which is left out: a test with one type would always see the same.
//! See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSpotPlacementScores.html>.

use crate::{
    LocalAwsError, Market,
    emulator::{EC2_VERSION, EmulatorClient},
    front::{
        page::page,
        reply::Reply,
        request::Request,
        xml::{AvailabilityZone, DescribeAvailabilityZonesResponse},
    },
};

const ACTION: &str = "GetSpotPlacementScores";
const MOST_RECORDS: usize = 1000;

/// Answers for the emulator's zones, so that their ids are those of its subnets.
pub(crate) async fn answer(
    emulator: &EmulatorClient,
    market: &Market,
    request: &Request,
) -> Result<Reply, LocalAwsError> {
    let reply: DescribeAvailabilityZonesResponse = emulator
        .query("ec2", "DescribeAvailabilityZones", EC2_VERSION, &[])
        .await?;
    Ok(scores(market, request, &reply.availability_zone_info.item))
}

fn scores(market: &Market, request: &Request, zones: &[AvailabilityZone]) -> Reply {
    let types = request.list("InstanceType");
    if types.is_empty() || request.get("TargetCapacity").is_none() {
        return Reply::ec2_error(
            "MissingParameter",
            "The request must contain TargetCapacity and instance types.",
        );
    }
    if request.get("SingleAvailabilityZone") != Some("true") {
        return Reply::ec2_error("UnsupportedOperation", "Regions are not scored here.");
    }
    let state = market.state();
    if state.is_unscored(&types) {
        // See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html>.
        return Reply::ec2_error(
            "MaxConfigLimitExceeded",
            "You have exceeded your maximum allowed Spot placement configurations.",
        );
    }
    let regions = request.list("RegionName");
    let scored: Vec<(&AvailabilityZone, u8)> = zones
        .iter()
        .filter(|zone| regions.is_empty() || regions.contains(&zone.region_name.as_str()))
        .filter_map(|zone| {
            let scores = types
                .iter()
                .map(|instance_type| state.placement_score(instance_type, &zone.zone_name));
            Some((zone, scores.max()?))
        })
        .collect();
    let asked = request.get("MaxResults").and_then(|text| text.parse().ok());
    let size = state.page_size(asked, MOST_RECORDS);
    let Some(page) = page(&scored, request.get("NextToken"), size) else {
        return Reply::ec2_error("InvalidNextToken", "The token is not valid.");
    };
    let items: String = page
        .records
        .iter()
        .map(|(zone, score)| {
            format!(
                "<item><region>{}</region><availabilityZoneId>{}</availabilityZoneId>\
                 <score>{score}</score></item>",
                zone.region_name, zone.zone_id
            )
        })
        .collect();
    let token = page.next_token.unwrap_or_default();
    Reply::ec2(
        ACTION,
        &format!(
            "<spotPlacementScoreSet>{items}</spotPlacementScoreSet><nextToken>{token}</nextToken>"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones() -> [AvailabilityZone; 2] {
        [("us-east-1a", "use1-az1"), ("us-east-1b", "use1-az2")].map(|(name, id)| {
            AvailabilityZone {
                zone_name: name.to_owned(),
                zone_id: id.to_owned(),
                region_name: "us-east-1".to_owned(),
            }
        })
    }

    fn request(more: &[(&str, &str)]) -> Request {
        let all = [
            ("InstanceType.1", "g4dn.xlarge"),
            ("InstanceType.2", "g5.xlarge"),
            ("TargetCapacity", "1"),
            ("SingleAvailabilityZone", "true"),
        ];
        let mut request = Request::default();
        for (name, value) in all.iter().chain(more) {
            let (name, value) = ((*name).to_owned(), (*value).to_owned());
            request.parameters.insert(name, value);
        }
        request
    }

    fn score(zone_id: &str, score: u8) -> String {
        format!("<availabilityZoneId>{zone_id}</availabilityZoneId><score>{score}</score>")
    }

    #[test]
    fn a_zone_has_the_best_score_of_the_types() {
        let market = Market::default();
        market.set_placement_score("g4dn.xlarge", "us-east-1a", 1);
        market.set_placement_score("g5.xlarge", "us-east-1a", 3);
        market.set_placement_score("p3.2xlarge", "us-east-1a", 10);
        let xml = scores(&market, &request(&[]), &zones()).xml;
        assert!(xml.contains(&score("use1-az1", 3)), "{xml}");
        assert!(xml.contains(&score("use1-az2", 9)), "{xml}");
    }

    #[test]
    fn pages_follow_each_other_by_token() {
        let market = Market::default();
        market.set_page_size(1);
        let first = scores(&market, &request(&[]), &zones()).xml;
        assert!(first.contains("use1-az1"), "{first}");
        assert!(first.contains("<nextToken>1</nextToken>"), "{first}");
        let second = scores(&market, &request(&[("NextToken", "1")]), &zones()).xml;
        assert!(second.contains("use1-az2"), "{second}");
        assert!(second.contains("<nextToken></nextToken>"), "{second}");
    }

    #[test]
    fn only_the_regions_asked_for_are_scored() {
        let elsewhere = [("RegionName.1", "eu-west-1")];
        let xml = scores(&Market::default(), &request(&elsewhere), &zones()).xml;
        assert_eq!(xml.matches("<item>").count(), 0, "{xml}");
    }

    #[test]
    fn a_type_that_is_not_scored_fails_the_call() {
        let market = Market::default();
        market.fail_placement_scores("g5.xlarge");
        let xml = scores(&market, &request(&[]), &zones()).xml;
        assert!(xml.contains("MaxConfigLimitExceeded"), "{xml}");
    }
}
