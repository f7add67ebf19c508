# Where it is deployed, and what the variables mean.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  dns_suffix = data.aws_partition.current.dns_suffix
  partition  = data.aws_partition.current.partition
  # Not name, which provider 6 deprecates, nor region, which provider 5 does not have.
  region = data.aws_region.current.id

  has_further_stacks     = var.further_stacks != ""
  has_instance_roles     = var.instance_role_arns != ""
  has_kms_key            = var.kms_key_arn != ""
  has_maintenance_window = var.return_to_spot == "maintenance-window"
  has_operations_email   = var.operations_email != ""
  launches_instances     = var.launch_by == "launch-instances" && var.launch_template_arns != ""
  returns_to_spot        = var.return_to_spot != "off"
}
