//! What is to be decided: the one way into the decision.

use super::{
    Demand, Evaluation, ReasonCode, Terms, Verdict,
    decide::decide,
    return_to_spot::{decide_recommended, decide_return},
    without_prices::{
        another_leads, at_maximum, decide_after_failed_launch, decide_in_doubt, leave_in_doubt,
        without_prices,
    },
};
use crate::{Group, price::PoolPrice};

/// A pair of groups, and what happened to it.
#[derive(Clone, Debug)]
pub struct Situation<'a> {
    /// The group that buys spot.
    pub spot: &'a Group,
    /// The group that buys on-demand.
    pub on_demand: &'a Group,
    /// What the deployment asks of a pool.
    pub terms: Terms,
    /// What happened.
    pub case: Case<'a>,
}

/// Why something is to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Case<'a> {
    /// Jobs wait, or EC2 takes an instance back: one of the groups scales up.
    ScaleUp(Demand),
    /// EC2 may take an instance back: spot scales up before it does.
    RebalanceRecommended(Demand),
    /// On-demand serves: spot may take over.
    ReturnToSpot,
    /// The spot group lacks an instance, and is to launch it itself.
    SpotLacksInstance,
    /// The execution of this name began before and leads this pair of groups.
    AnotherLeads(&'a str),
}

impl Situation<'_> {
    /// Whether prices may change the verdict: not if there is nothing to decide or to return from,
    /// and not without a pool or room for an instance.
    #[must_use]
    pub fn asks_for_prices(&self) -> bool {
        let is_open = match self.case {
            Case::ScaleUp(_) | Case::RebalanceRecommended(_) => self.at_maximum().is_none(),
            Case::ReturnToSpot => self.on_demand.capacity.can_give(),
            Case::SpotLacksInstance | Case::AnotherLeads(_) => false,
        };
        let has_pool =
            !self.spot.instance_types.is_empty() && !self.spot.availability_zones.is_empty();
        is_open && has_pool && self.spot.capacity.has_room()
    }

    fn at_maximum(&self) -> Option<Verdict> {
        at_maximum(self.spot, self.on_demand, &self.terms)
    }

    /// What to do at the prices of `pools`.
    #[must_use]
    pub fn decide(self, pools: Vec<PoolPrice>) -> Evaluation {
        let (spot, on_demand, terms) = (self.spot, self.on_demand, &self.terms);
        match self.case {
            Case::ScaleUp(ref demand) | Case::RebalanceRecommended(ref demand) => {
                let evaluation = match self.at_maximum().filter(|_| demand.met().is_none()) {
                    Some(verdict) => Evaluation {
                        backlog: demand.backlog().cloned(),
                        ..without_prices(verdict)
                    },
                    None => decide(spot, on_demand, terms, pools, demand.clone()),
                };
                match self.case {
                    Case::RebalanceRecommended(_) => decide_recommended(evaluation),
                    _ => evaluation,
                }
            }
            Case::ReturnToSpot => decide_return(spot, on_demand, terms, pools),
            Case::SpotLacksInstance => decide_after_failed_launch(spot),
            Case::AnotherLeads(name) => another_leads(name),
        }
    }

    /// What to do if the evaluation fails: a return to spot and a rebalance recommendation change
    /// nothing; a failed launch, another leader, a backlog within its target and both groups at their
    /// maximum choose as usual;
    /// otherwise on-demand scales up, spot if on-demand is full, neither if both are.
    #[must_use]
    pub fn if_evaluation_fails(self) -> Verdict {
        let verdict = match self.case {
            Case::ScaleUp(demand) => {
                decide_in_doubt(self.spot, self.on_demand, &self.terms, &demand)
            }
            Case::RebalanceRecommended(_) => {
                leave_in_doubt("EC2 has not taken the instance back yet.")
            }
            Case::ReturnToSpot => leave_in_doubt("In doubt spot does not take over."),
            Case::SpotLacksInstance => decide_after_failed_launch(self.spot).verdict,
            Case::AnotherLeads(name) => another_leads(name).verdict,
        };
        Verdict {
            reason: ReasonCode::EvaluationFailed,
            sentence: format!("The evaluation failed. {}", verdict.sentence),
            ..verdict
        }
    }
}
