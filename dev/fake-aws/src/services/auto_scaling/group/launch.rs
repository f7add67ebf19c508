//! How a group launches an instance, and why EC2 refuses one.

use jiff::Timestamp;

use super::{Definition, Group, Launched, later};
use crate::{Market, Purchase, services::auto_scaling::activity::Status};

impl Group {
    /// Launches one into the next place; whether EC2 had it.
    pub(super) fn launch(&mut self, now: Timestamp, market: &Market, time_scale: f64) -> bool {
        let places = self.definition.places.len().max(1);
        let zone = self
            .definition
            .places
            .get(self.attempts % places)
            .map(|(zone, _)| zone.clone())
            .unwrap_or_default();
        self.attempts += 1;
        self.serial += 1;
        let have = self.launched.len();
        let cause = if self.unhealthy > 0 {
            "an instance was launched in response to an unhealthy instance needing to be replaced."
                .to_owned()
        } else {
            format!(
                "an instance was started in response to a difference between desired and actual capacity, increasing the capacity from {have} to {}.",
                have + 1
            )
        };
        self.unhealthy = self.unhealthy.saturating_sub(1);
        if let Some(message) = self.refusal(&zone, market, now) {
            self.record(
                now,
                "Launching a new EC2 instance.  Status Reason: ".to_owned() + &message,
                cause,
                &zone,
                Status::Failed,
                Some(message),
            );
            return false;
        }
        let id = format!("i-{:017x}", self.serial_number());
        let description = format!("Launching a new EC2 instance: {id}");
        self.record(now, description, cause, &zone, Status::InProgress, None);
        let launch = market.launch_seconds(&self.definition.instance_type);
        self.launched.push(Launched {
            id,
            zone,
            in_service_at: later(now, launch * time_scale),
            lost_at: None,
        });
        true
    }

    /// Takes an instance in the zone, or says in EC2's words why it cannot be had.
    fn refusal(&self, zone: &str, market: &Market, now: Timestamp) -> Option<String> {
        let Definition {
            instance_type,
            purchase,
            maximum_price,
            ..
        } = &self.definition;
        if *purchase == Purchase::Spot
            && let (Some(most), Some(price)) =
                (maximum_price, market.price(instance_type, zone, now))
            && price > *most
        {
            return Some(format!(
                "Could not launch Spot Instances. SpotMaxPriceTooLow - Your Spot request price of {most} is lower than the minimum required Spot request fulfillment price of {price}. Launching EC2 instance failed."
            ));
        }
        if market.take(instance_type, zone, *purchase) {
            return None;
        }
        Some(match purchase {
            Purchase::Spot => "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2 instance failed.".to_owned(),
            Purchase::OnDemand => format!(
                "We currently do not have sufficient {instance_type} capacity in the Availability Zone you requested ({zone}). Our system will be working on provisioning additional capacity. Launching EC2 instance failed."
            ),
        })
    }
}
