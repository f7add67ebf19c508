//! Spot placement scores: how likely EC2 is to fulfil a spot request, from 1 to 10, now.
//!
//! A score is for all the given instance types together, in one zone: EC2 does not score a type
//! by itself. It guarantees neither capacity nor that an instance stays.
//!
//! * With fewer than three different instance types the score is always low, whatever the market.
//! * EC2 may limit how many new configurations (types, capacity, region) an account asks for in 24
//!   hours; beyond that it refuses with `MaxConfigLimitExceeded`, while those of the last 24 hours
//!   can still be asked for. So ask with what seldom changes.
//! * The target capacity is limited by the account's recent spot usage.
//! * At most ten zones are scored, by id: what one account calls `eu-west-1a` is another's
//!   `eu-west-1b`. [`Zone`](crate::subnets::Zone) has both.
//!
//! See <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-placement-score.html>.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::SpotPlacementScore;

pub use aws_sdk_ec2::Client;

use crate::AwsError;

/// The scores that EC2 gives.
const SCORES: std::ops::RangeInclusive<u8> = 1..=10;

/// What is to be launched.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The instance types, scored together.
    pub instance_types: &'a [String],
    /// The region whose zones are scored, such as `eu-west-1`.
    pub region: &'a str,
    /// How many instances, 1 or more.
    pub target_capacity: i32,
}

impl<'a> Query<'a> {
    /// One instance, of whichever type.
    #[must_use]
    pub fn one_instance(region: &'a str, instance_types: &'a [String]) -> Self {
        Self {
            instance_types,
            region,
            target_capacity: 1,
        }
    }
}

/// The score of each zone of the region, by the zone's id; a zone that EC2 does not score is
/// absent.
/// See <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSpotPlacementScores.html>.
///
/// # Errors
/// [`AwsError`] when a page cannot be had.
pub async fn read_scores(
    client: &Client,
    query: Query<'_>,
) -> Result<BTreeMap<String, u8>, AwsError> {
    // EC2 refuses to score nothing.
    if query.instance_types.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut scores = BTreeMap::new();
    let mut pages = client
        .get_spot_placement_scores()
        .set_instance_types(Some(query.instance_types.to_vec()))
        .target_capacity(query.target_capacity)
        .single_availability_zone(true)
        .region_names(query.region)
        .into_paginator()
        .send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| AwsError::new("ec2:GetSpotPlacementScores", error))?;
        scores.extend(page.spot_placement_scores().iter().filter_map(zone_score));
    }
    Ok(scores)
}

fn zone_score(record: &SpotPlacementScore) -> Option<(String, u8)> {
    let score = u8::try_from(record.score()?).ok()?;
    let zone_id = record.availability_zone_id()?.to_owned();
    SCORES.contains(&score).then_some((zone_id, score))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(score: i32) -> SpotPlacementScore {
        SpotPlacementScore::builder()
            .region("eu-west-1")
            .availability_zone_id("euw1-az1")
            .score(score)
            .build()
    }

    #[test]
    fn a_record_becomes_the_score_of_its_zone() {
        assert_eq!(zone_score(&record(9)), Some(("euw1-az1".to_owned(), 9)));
    }

    #[test]
    fn what_is_no_score_of_a_zone_is_none() {
        for score in [-1, 0, 11, 300] {
            assert_eq!(zone_score(&record(score)), None, "{score}");
        }
        let of_region = SpotPlacementScore::builder().score(9).build();
        assert_eq!(zone_score(&of_region), None);
    }
}
