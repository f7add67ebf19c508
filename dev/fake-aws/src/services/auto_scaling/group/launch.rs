//! How a group launches an instance, and why EC2 refuses one.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Group, Kind, Launched, Place, later};
use crate::{Market, Purchase, services::auto_scaling::activity::Status};

/// What came of trying a group's types in a zone.
#[derive(Debug)]
pub(super) struct Taken {
    /// The type of which EC2 had an instance.
    pub(super) kind: Option<Kind>,
    /// Why the types that were tried before are none.
    pub(super) refusals: Vec<Refusal>,
}

/// Why EC2 has no instance of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) instance_type: String,
    zone: String,
    purchase: Purchase,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    NoCapacity,
    /// USD per instance-hour.
    MaximumPrice {
        most: Decimal,
        price: Decimal,
    },
}

impl Refusal {
    /// The code with which LaunchInstances reports it. AWS names the first alone; the other is what
    /// a fleet of type `instant` reports.
    /// See <https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_LaunchInstancesError.html>.
    pub(crate) fn code(&self) -> &'static str {
        match self.reason {
            Reason::NoCapacity => "InsufficientInstanceCapacity",
            Reason::MaximumPrice { .. } => "SpotMaxPriceTooLow",
        }
    }

    /// Why, in EC2's words.
    pub(crate) fn message(&self) -> String {
        match self.reason {
            Reason::MaximumPrice { most, price } => format!(
                "Your Spot request price of {most} is lower than the minimum required Spot request fulfillment price of {price}."
            ),
            Reason::NoCapacity => format!(
                "We currently do not have sufficient {} capacity in the Availability Zone you requested ({}). Our system will be working on provisioning additional capacity.",
                self.instance_type, self.zone
            ),
        }
    }

    /// The message of the activity that failed.
    fn status_message(&self) -> String {
        match (self.reason, self.purchase) {
            (Reason::MaximumPrice { .. }, _) => format!(
                "Could not launch Spot Instances. SpotMaxPriceTooLow - {} Launching EC2 instance failed.",
                self.message()
            ),
            (Reason::NoCapacity, Purchase::Spot) => "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2 instance failed.".to_owned(),
            (Reason::NoCapacity, Purchase::OnDemand) => {
                format!("{} Launching EC2 instance failed.", self.message())
            }
        }
    }
}

impl Group {
    /// Launches one into the next place; whether EC2 had it.
    pub(super) fn launch(&mut self, now: Timestamp, market: &Market, time_scale: f64) -> bool {
        let places = self.definition.places.len().max(1);
        let place = self.definition.places.get(self.attempts % places);
        let place = place.cloned().unwrap_or_default();
        self.attempts += 1;
        let Taken { kind, refusals } = self.take(&place.zone, market, now);
        let replaces = self.unhealthy > 0;
        self.unhealthy = self.unhealthy.saturating_sub(1);
        let tried = kind
            .clone()
            .or_else(|| self.definition.kinds.first().cloned());
        let cause = if replaces {
            "an instance was launched in response to an unhealthy instance needing to be replaced."
                .to_owned()
        } else {
            self.started(tried.as_ref().map_or(1, Kind::units))
        };
        if let Some(kind) = kind {
            self.add(kind, &place, cause, now, market, time_scale);
            return true;
        }
        let message = refusals
            .first()
            .map(Refusal::status_message)
            .unwrap_or_default();
        self.record(
            now,
            "Launching a new EC2 instance.  Status Reason: ".to_owned() + &message,
            cause,
            &place.zone,
            Status::Failed,
            Some(message),
        );
        false
    }

    /// Why an instance of so many units is started.
    pub(super) fn started(&self, units: i32) -> String {
        let have = self.units();
        format!(
            "an instance was started in response to a difference between desired and actual capacity, increasing the capacity from {have} to {}.",
            have + units
        )
    }

    /// Adds an instance that EC2 has, which boots, and returns its id.
    pub(super) fn add(
        &mut self,
        kind: Kind,
        place: &Place,
        cause: String,
        now: Timestamp,
        market: &Market,
        time_scale: f64,
    ) -> String {
        self.serial += 1;
        let id = format!("i-{:017x}", self.serial_number());
        let description = format!("Launching a new EC2 instance: {id}");
        self.record(
            now,
            description,
            cause,
            &place.zone,
            Status::InProgress,
            None,
        );
        let launch = market.launch_seconds(&kind.instance_type);
        self.launched.push(Launched {
            id: id.clone(),
            kind,
            zone: place.zone.clone(),
            in_service_at: later(now, launch * time_scale),
            lost_at: None,
            is_protected: false,
        });
        id
    }

    /// Takes an instance in the zone: of the first of the group's types of which EC2 has one.
    pub(super) fn take(&self, zone: &str, market: &Market, now: Timestamp) -> Taken {
        let mut refusals = Vec::new();
        for kind in self.definition.preferred(zone, market, now) {
            let Some(reason) = self.refusal(&kind.instance_type, zone, market, now) else {
                let kind = Some(kind);
                return Taken { kind, refusals };
            };
            refusals.push(Refusal {
                instance_type: kind.instance_type,
                zone: zone.to_owned(),
                purchase: self.definition.purchase,
                reason,
            });
        }
        let kind = None;
        Taken { kind, refusals }
    }

    /// Takes an instance of the type in the zone, or says why it cannot be had.
    fn refusal(
        &self,
        instance_type: &str,
        zone: &str,
        market: &Market,
        now: Timestamp,
    ) -> Option<Reason> {
        let purchase = self.definition.purchase;
        if purchase == Purchase::Spot
            && let (Some(most), Some(price)) = (
                self.definition.maximum_price,
                market.price(instance_type, zone, now),
            )
            && price > most
        {
            return Some(Reason::MaximumPrice { most, price });
        }
        (!market.take(instance_type, zone, purchase)).then_some(Reason::NoCapacity)
    }
}
