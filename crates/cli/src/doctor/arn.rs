//! ARNs that follow from another one.

/// The ARN of a resource of another service in the same partition, region and account.
pub(super) fn sibling(arn: &str, service: &str, resource: &str) -> String {
    let mut parts = arn.split(':');
    let mut next = || parts.next().unwrap_or_default();
    let (scheme, partition, _, region, account) = (next(), next(), next(), next(), next());
    format!("{scheme}:{partition}:{service}:{region}:{account}:{resource}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sibling_lies_in_the_same_partition_region_and_account() {
        let machine = "arn:aws-cn:states:cn-north-1:111122223333:stateMachine:sm";
        let function = sibling(machine, "lambda", "function:sm-start");
        assert_eq!(
            function,
            "arn:aws-cn:lambda:cn-north-1:111122223333:function:sm-start"
        );
    }
}
