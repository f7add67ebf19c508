//! A pair of groups, read: what the settings name in a stack, both groups as Auto Scaling describes
//! them, what they launch and the policies attached to them.

use std::{borrow::Borrow, convert::Infallible};

use spotmanager_aws::{
    AwsError,
    auto_scaling::describe_policies,
    stacks::{StackResource, list_resources},
};
use spotmanager_domain::{
    Market, ScalingPolicy, Settings,
    resources::{AutoScalingGroup, Launch, Policy, StackGroup},
};

use crate::workers::{
    Clients, NamedResource, Policies, ResourceSetting, StackTree, WorkersError, describe,
    groups::check_distinct, launch_of, select,
};

/// What there is of each group of a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair<T> {
    /// Of the group that buys spot.
    pub spot: T,
    /// Of the group that buys on-demand.
    pub on_demand: T,
}

/// What the settings name in a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resources<T> {
    /// The groups.
    pub groups: Pair<T>,
    /// The queue; `None` if the settings name none.
    pub queue: Option<T>,
}

/// The tree of a stack, by its name or ARN.
pub fn stack_tree<'a>(
    clients: &'a Clients,
    root: &'a str,
) -> StackTree<'a, impl AsyncFn(&str) -> Result<Option<Vec<StackResource>>, AwsError>> {
    let client = &clients.cloud_formation;
    StackTree::new(root, async move |stack: &str| {
        list_resources(client, stack).await
    })
}

/// Finds both groups, which have to be two, and the queue.
///
/// # Errors
/// The first refusal.
pub async fn find(
    clients: &Clients,
    stack: &str,
    settings: &Settings,
) -> Result<Resources<NamedResource>, WorkersError> {
    let mut tree = stack_tree(clients, stack);
    let wanted = Resources::named_by(settings);
    let found = find_each(&mut tree, wanted, Err::<Infallible, _>).await?;
    let Resources {
        groups: Pair {
            spot: Ok(spot),
            on_demand: Ok(on_demand),
        },
        queue,
    } = found;
    Ok(Resources {
        groups: Pair { spot, on_demand },
        queue: queue.map(|Ok(queue)| queue),
    })
}

impl<'a, N> Resources<Result<ResourceSetting<'a>, N>> {
    /// All that the settings name, to be found.
    #[must_use]
    pub fn named_by(settings: &'a Settings) -> Self {
        Self {
            groups: Pair {
                spot: Ok(ResourceSetting::spot_group(settings)),
                on_demand: Ok(ResourceSetting::on_demand_group(settings)),
            },
            queue: ResourceSetting::queue(settings).map(Ok),
        }
    }
}

/// The same for a caller who does not want all of it, or to whom a refusal is a finding. An `Err` in
/// `wanted` is not looked for, and stays. `refused` takes each refusal, and either ends the search
/// or says what stands for what was not found.
///
/// # Errors
/// What `refused` returns.
pub async fn find_each<L, N, E>(
    tree: &mut StackTree<'_, L>,
    wanted: Resources<Result<ResourceSetting<'_>, N>>,
    mut refused: impl FnMut(WorkersError) -> Result<N, E>,
) -> Result<Resources<Result<NamedResource, N>>, E>
where
    L: AsyncFn(&str) -> Result<Option<Vec<StackResource>>, AwsError>,
{
    let mut take = async |wanted: Result<ResourceSetting<'_>, N>| match wanted {
        Ok(wanted) => match tree.find(wanted).await {
            Ok(found) => Ok(Ok(found)),
            Err(error) => refused(error).map(Err),
        },
        Err(unwanted) => Ok(Err(unwanted)),
    };
    let spot = take(wanted.groups.spot).await?;
    let on_demand = take(wanted.groups.on_demand).await?;
    let queue = match wanted.queue {
        Some(queue) => Some(take(queue).await?),
        None => None,
    };
    if let (Ok(spot), Ok(on_demand)) = (&spot, &on_demand)
        && let Err(error) = check_distinct(spot, on_demand)
    {
        refused(error.into())?;
    }
    Ok(Resources {
        groups: Pair { spot, on_demand },
        queue,
    })
}

impl Pair<NamedResource> {
    /// Describes both groups in one call.
    ///
    /// # Errors
    /// [`WorkersError`] when the call fails, or a group does not exist.
    pub async fn describe(
        &self,
        clients: &Clients,
    ) -> Result<Pair<AutoScalingGroup>, WorkersError> {
        let found = [&self.spot, &self.on_demand];
        let [spot, on_demand] = describe(&clients.auto_scaling, found).await?;
        Ok(Pair {
            spot: spot?,
            on_demand: on_demand?,
        })
    }

    /// Reads what the groups launch, and their policies, all at once.
    ///
    /// # Errors
    /// [`AwsError`] when a call fails.
    pub async fn read(
        self,
        clients: &Clients,
        described: Pair<AutoScalingGroup>,
        settings: &Settings,
    ) -> Result<Pair<StackGroup>, AwsError> {
        let (launches, policies) = tokio::try_join!(
            described.launches(clients, settings),
            described.policies(clients),
        )?;
        Ok(self.with(described, launches, policies))
    }

    /// The groups, of what was read of them.
    #[must_use]
    pub fn with(
        self,
        described: Pair<AutoScalingGroup>,
        launches: Pair<Launch>,
        policies: Pair<Vec<Policy>>,
    ) -> Pair<StackGroup> {
        Pair {
            spot: StackGroup {
                market: Market::Spot,
                logical_id: self.spot.path,
                facts: described.spot,
                launch: launches.spot,
                policies: policies.spot,
            },
            on_demand: StackGroup {
                market: Market::OnDemand,
                logical_id: self.on_demand.path,
                facts: described.on_demand,
                launch: launches.on_demand,
                policies: policies.on_demand,
            },
        }
    }
}

impl Pair<AutoScalingGroup> {
    /// Reads what the groups launch.
    ///
    /// # Errors
    /// [`AwsError`] when a call fails.
    pub async fn launches(
        &self,
        clients: &Clients,
        settings: &Settings,
    ) -> Result<Pair<Launch>, AwsError> {
        let (spot, on_demand) = tokio::try_join!(
            launch_of(clients, Market::Spot, &self.spot, settings),
            launch_of(clients, Market::OnDemand, &self.on_demand, settings),
        )?;
        Ok(Pair { spot, on_demand })
    }

    /// Reads the policies attached to the groups.
    ///
    /// # Errors
    /// [`AwsError`] when a call fails.
    pub async fn policies(&self, clients: &Clients) -> Result<Pair<Vec<Policy>>, AwsError> {
        let (spot, on_demand) = tokio::try_join!(
            describe_policies(&clients.auto_scaling, &self.spot.name),
            describe_policies(&clients.auto_scaling, &self.on_demand.name),
        )?;
        Ok(Pair { spot, on_demand })
    }
}

impl<T: Borrow<StackGroup>> Pair<T> {
    /// The scale-up policy of each group, the one whose name contains `contains`.
    ///
    /// # Errors
    /// [`WorkersError`] as [`select`] says, the spot group's first.
    pub fn scale_up_policies(&self, contains: &str) -> Result<Pair<ScalingPolicy>, WorkersError> {
        let (spot, on_demand) = (self.spot.borrow(), self.on_demand.borrow());
        Ok(Pair {
            spot: select(Policies::of(spot), Policies::of(on_demand), contains)?,
            on_demand: select(Policies::of(on_demand), Policies::of(spot), contains)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workers::{AUTO_SCALING_GROUP, QUEUE};

    /// The settings whose refusals are taken, in the order in which they come.
    fn refused(settings: &Settings, is_spot_wanted: bool) -> Vec<String> {
        let resource = |id: &str, resource_type: &str| StackResource {
            logical_id: id.into(),
            physical_id: format!("{id}-id"),
            resource_type: resource_type.into(),
        };
        let mut tree = StackTree::new("root", async |_: &str| {
            let group = resource("asgGPU", AUTO_SCALING_GROUP);
            Ok(Some(vec![group, resource("queueJobs", QUEUE)]))
        });
        let mut wanted = Resources::named_by(settings);
        if !is_spot_wanted {
            wanted.groups.spot = Err(());
        }
        let mut refusals = Vec::new();
        let found = find_each(&mut tree, wanted, |error| {
            refusals.push(error.to_string());
            Ok::<_, Infallible>(())
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let Ok(found) = runtime.block_on(found);
        assert_eq!(found.groups.spot.is_ok(), is_spot_wanted);
        refusals
    }

    #[test]
    fn a_queue_is_looked_for_before_the_groups_have_to_be_two() {
        let mut settings = Settings {
            spot_group_logical_id: "asgGPU".into(),
            on_demand_group_logical_id: "asgGPU".into(),
            queue_logical_id: "queueGone".into(),
            ..Settings::default()
        };
        let refusals = refused(&settings, true);
        assert_eq!(refusals.len(), 2, "{refusals:?}");
        assert!(refusals[0].contains("queueGone"), "{refusals:?}");
        assert!(refusals[1].contains("another group"), "{refusals:?}");

        settings.queue_logical_id = "queueJobs".into();
        assert_eq!(refused(&settings, true).len(), 1);
        // One group alone has no other to differ from.
        assert_eq!(refused(&settings, false), [""; 0]);
    }
}
