//! A pair of groups, read: what the settings name in a stack, both groups as Auto Scaling describes
//! them, what they launch and the policies attached to them.

use std::{borrow::Borrow, convert::Infallible};

use spotmanager_aws::{
    AwsError,
    auto_scaling::describe_policies,
    stacks::{StackResource, list_resources},
};
use spotmanager_domain::{Market, ScalingPolicy, Settings, resources::AutoScalingGroup};

use crate::workers::{
    Clients, NamedResource, ResourceSetting, StackGroup, StackTree, WorkersError, check_distinct,
    describe, launch_of, select,
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
    let found = find_each(&mut tree, settings, Err::<Infallible, _>).await?;
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

/// The same for a caller to whom a refusal is a finding: `refused` takes each, and either ends the
/// search or says what stands for what was not found.
///
/// # Errors
/// What `refused` returns.
pub async fn find_each<L, N, E>(
    tree: &mut StackTree<'_, L>,
    settings: &Settings,
    mut refused: impl FnMut(WorkersError) -> Result<N, E>,
) -> Result<Resources<Result<NamedResource, N>>, E>
where
    L: AsyncFn(&str) -> Result<Option<Vec<StackResource>>, AwsError>,
{
    let mut take = |found: Result<NamedResource, WorkersError>| match found {
        Ok(found) => Ok(Ok(found)),
        Err(error) => refused(error).map(Err),
    };
    let spot = take(tree.find(ResourceSetting::spot_group(settings)).await)?;
    let on_demand = take(tree.find(ResourceSetting::on_demand_group(settings)).await)?;
    if let (Ok(spot), Ok(on_demand)) = (&spot, &on_demand)
        && let Err(error) = check_distinct(spot, on_demand)
    {
        take(Err(error.into()))?.ok();
    }
    let queue = match ResourceSetting::queue(settings) {
        Some(queue) => Some(take(tree.find(queue).await)?),
        None => None,
    };
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
        let (spot, on_demand) = (&described.spot, &described.on_demand);
        let (spot_launch, on_demand_launch, spot_policies, on_demand_policies) = tokio::try_join!(
            launch_of(clients, Market::Spot, spot, settings),
            launch_of(clients, Market::OnDemand, on_demand, settings),
            describe_policies(&clients.auto_scaling, &spot.name),
            describe_policies(&clients.auto_scaling, &on_demand.name),
        )?;
        Ok(Pair {
            spot: StackGroup {
                market: Market::Spot,
                logical_id: self.spot.path,
                facts: described.spot,
                launch: spot_launch,
                policies: spot_policies,
            },
            on_demand: StackGroup {
                market: Market::OnDemand,
                logical_id: self.on_demand.path,
                facts: described.on_demand,
                launch: on_demand_launch,
                policies: on_demand_policies,
            },
        })
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
            spot: select(spot.policies(), on_demand.policies(), contains)?,
            on_demand: select(on_demand.policies(), spot.policies(), contains)?,
        })
    }
}
