//! What a LaunchInstances call asks for.

use crate::{front::request::Request, services::auto_scaling::group::Place};

/// The longest client token, characters.
const LONGEST_TOKEN: usize = 64;

/// The parameters of a call. A token stands for all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) group: String,
    pub(super) token: String,
    /// How much of the group's size.
    pub(super) units: i32,
    zone: Option<String>,
    zone_id: Option<String>,
    subnet: Option<String>,
    /// Whether the group goes on trying for what EC2 does not have now.
    pub(super) retries: bool,
}

impl Asked {
    /// Reads a request.
    ///
    /// # Errors
    /// The message with which Auto Scaling refuses it.
    pub(super) fn read(request: &Request) -> Result<Self, String> {
        let required = |name: &str| {
            let value = request.get(name);
            value.ok_or_else(|| format!("{name} is required"))
        };
        let token = required("ClientToken")?;
        let is_word = |char: char| char.is_ascii_alphanumeric() || "-_/".contains(char);
        if token.len() > LONGEST_TOKEN || !token.chars().all(is_word) {
            return Err(format!(
                "ClientToken should be at most {LONGEST_TOKEN} letters, digits, - _ and /"
            ));
        }
        let units = required("RequestedCapacity")?.parse().ok();
        let units = units.filter(|units| *units > 0);
        let asked = Self {
            group: required("AutoScalingGroupName")?.to_owned(),
            token: token.to_owned(),
            units: units.ok_or("RequestedCapacity should be an integer of at least 1")?,
            zone: one(request, "AvailabilityZones")?,
            zone_id: one(request, "AvailabilityZoneIds")?,
            subnet: one(request, "SubnetIds")?,
            retries: match request.get("RetryStrategy") {
                None | Some("none") => false,
                Some("retry-with-group-configuration") => true,
                Some(_) => {
                    return Err(
                        "RetryStrategy should be one of [none, retry-with-group-configuration]"
                            .to_owned(),
                    );
                }
            },
        };
        if asked.zone.is_some() && asked.zone_id.is_some() {
            return Err(
                "AvailabilityZones and AvailabilityZoneIds cannot be given together".to_owned(),
            );
        }
        Ok(asked)
    }

    /// The place of the group that the call names. If the zone has several, the group's first: AWS
    /// does not say which.
    ///
    /// # Errors
    /// The message with which Auto Scaling refuses the call.
    pub(super) fn place<'a>(&self, places: &'a [Place]) -> Result<&'a Place, String> {
        let is_named = |place: &Place| {
            [
                (&self.zone, &place.zone),
                (&self.zone_id, &place.zone_id),
                (&self.subnet, &place.subnet),
            ]
            .into_iter()
            .all(|(asked, is)| asked.as_ref().is_none_or(|asked| asked == is))
        };
        let mut named = places.iter().filter(|place| is_named(place));
        let first = named.next().ok_or_else(|| {
            let named = [&self.zone, &self.zone_id, &self.subnet];
            let named: Vec<_> = named.into_iter().flatten().map(String::as_str).collect();
            format!("the group has no subnet that is {}", named.join(" and "))
        })?;
        if named.any(|other| other.zone != first.zone) {
            return Err(
                "the group has several Availability Zones: a zone or a subnet is required"
                    .to_owned(),
            );
        }
        Ok(first)
    }
}

/// The only value of a list, if it has one.
fn one(request: &Request, name: &str) -> Result<Option<String>, String> {
    match request.list(&format!("{name}.member"))[..] {
        [] => Ok(None),
        [one] => Ok(Some(one.to_owned())),
        _ => Err(format!("{name} should have one member at most")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn read(parameters: &[(&str, &str)]) -> Result<Asked, String> {
        let all = [
            ("AutoScalingGroupName", "workers"),
            ("ClientToken", "jobs/1_a-B"),
            ("RequestedCapacity", "2"),
        ];
        let given = all.iter().chain(parameters);
        let parameters: HashMap<_, _> = given
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Asked::read(&Request {
            parameters,
            ..Request::default()
        })
    }

    fn place(zone: &str, subnet: &str) -> Place {
        Place {
            zone: format!("us-east-1{zone}"),
            zone_id: format!("use1-{zone}"),
            subnet: subnet.to_owned(),
        }
    }

    const ZONE: &str = "AvailabilityZones.member.1";
    const ZONE_ID: &str = "AvailabilityZoneIds.member.1";
    const SUBNET: &str = "SubnetIds.member.1";

    #[test]
    fn a_call_is_read() {
        let asked = read(&[]).unwrap();
        assert_eq!((asked.units, asked.retries), (2, false));
        assert!(!read(&[("RetryStrategy", "none")]).unwrap().retries);
        let retries = ("RetryStrategy", "retry-with-group-configuration");
        assert!(read(&[retries]).unwrap().retries);
    }

    #[test]
    fn a_call_that_is_wrong_is_refused() {
        let long = "a".repeat(65);
        for (parameters, part) in [
            (&[("ClientToken", "")][..], "ClientToken is required"),
            (&[("ClientToken", "a b")], "at most 64"),
            (&[("ClientToken", &long)], "at most 64"),
            (
                &[("RequestedCapacity", "")],
                "RequestedCapacity is required",
            ),
            (&[("RequestedCapacity", "0")], "at least 1"),
            (&[("RequestedCapacity", "one")], "at least 1"),
            (&[("AutoScalingGroupName", "")], "is required"),
            (&[("RetryStrategy", "NONE")], "[none, retry"),
            (
                &[(ZONE, "a"), ("AvailabilityZones.member.2", "b")],
                "one member",
            ),
            (&[(ZONE, "us-east-1a"), (ZONE_ID, "use1-a")], "together"),
        ] {
            let message = read(parameters).unwrap_err();
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn the_place_is_the_one_that_is_named() {
        let places = [place("a", "s-1"), place("b", "s-2"), place("b", "s-3")];
        for (named, subnet) in [
            (&[(ZONE, "us-east-1a")][..], "s-1"),
            (&[(ZONE_ID, "use1-b")], "s-2"),
            (&[(SUBNET, "s-3")], "s-3"),
            (&[(ZONE, "us-east-1b"), (SUBNET, "s-3")], "s-3"),
        ] {
            let asked = read(named).unwrap();
            assert_eq!(asked.place(&places).unwrap().subnet, subnet);
        }
        let nowhere = read(&[]).unwrap();
        assert_eq!(nowhere.place(&places[1..]).unwrap().subnet, "s-2");
        for (named, part) in [
            (&[][..], "is required"),
            (&[(ZONE, "us-east-1c")], "no subnet that is us-east-1c"),
            (&[(SUBNET, "s-4")], "no subnet that is s-4"),
            (
                &[(ZONE, "us-east-1a"), (SUBNET, "s-3")],
                "us-east-1a and s-3",
            ),
        ] {
            let message = read(named).unwrap().place(&places).unwrap_err();
            assert!(message.contains(part), "{message}");
        }
    }
}
