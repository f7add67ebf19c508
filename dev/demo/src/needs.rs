//! What a scene needs deployed.

/// A parameter of a template, with its value.
type Parameter = (&'static str, &'static str);

/// What holds for every scene that does not say otherwise.
const PARAMETERS: [Parameter; 2] = [
    // A schedule would start executions that no scene has asked for.
    ("ReturnToSpot", "off"),
    // A quarter of an hour, as long as it lasts here.
    ("LaunchFailureWindowSeconds", "18"),
];

/// Workers, and the SpotManager that answers their alarm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Needs {
    /// The workers' stack; scenes that name the same one share it.
    pub(crate) workers: &'static str,
    /// What the workers launch, which has a market of its own.
    pub(crate) instance_type: &'static str,
    /// The most instances in each group.
    pub(crate) max_size: &'static str,
    /// The scene's own parameters for `infra/spotmanager.yaml`.
    pub(crate) parameters: &'static [Parameter],
}

impl Needs {
    /// What the usual scenes share.
    pub(crate) const USUAL: Self = Self {
        workers: "render-farm",
        instance_type: "g4dn.xlarge",
        max_size: "1",
        parameters: &[],
    };

    /// SpotManager's stack.
    pub(crate) fn spot_manager(&self) -> String {
        format!("spotmanager-{}", self.workers)
    }

    /// The scene's own parameters, with what holds for every scene.
    pub(crate) fn all_parameters(&self) -> Vec<Parameter> {
        let mut all = PARAMETERS.to_vec();
        all.retain(|(name, _)| self.parameters.iter().all(|(own, _)| own != name));
        all.extend_from_slice(self.parameters);
        all
    }

    /// The scene's own parameters as the viewer sees them: nothing, or ` with NAME=VALUE`.
    pub(crate) fn told(&self) -> String {
        let own = self.parameters.iter();
        let own: Vec<_> = own.map(|(name, value)| format!("{name}={value}")).collect();
        if own.is_empty() {
            String::new()
        } else {
            format!(" with {}", own.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_parameters_come_before_those_of_every_scene() {
        let needs = Needs {
            parameters: &[("ReturnToSpot", "on")],
            ..Needs::USUAL
        };
        assert_eq!(
            needs.all_parameters(),
            [("LaunchFailureWindowSeconds", "18"), ("ReturnToSpot", "on")]
        );
        assert_eq!(needs.told(), " with ReturnToSpot=on");
        assert_eq!(Needs::USUAL.told(), "");
    }
}
