//! The two groups before and after a scene.

use anyhow::Result;
use comfy_table::{Table, presets};
use spotmanager_testbed::{GroupSize, group_size};

use crate::stage::Stage;

/// The sizes of both groups at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    pub(crate) spot: GroupSize,
    pub(crate) on_demand: GroupSize,
}

impl Sizes {
    pub(crate) async fn now(stage: &Stage<'_>) -> Result<Self> {
        Ok(Self {
            spot: group_size(&stage.cloud.config, &stage.workers.spot_group).await?,
            on_demand: group_size(&stage.cloud.config, &stage.workers.on_demand_group).await?,
        })
    }
}

/// Both groups before and after.
pub(crate) fn table(stage: &Stage<'_>, before: Sizes, after: Sizes) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for (market, name, before, after) in [
        ("spot", &stage.workers.spot_group, before.spot, after.spot),
        (
            "on-demand",
            &stage.workers.on_demand_group,
            before.on_demand,
            after.on_demand,
        ),
    ] {
        table.add_row([
            format!("{market} group"),
            name.clone(),
            format!("{} → {} in service", before.in_service, after.in_service),
            format!("desired {} → {}", before.desired, after.desired),
        ]);
    }
    table
}
