# The module in two regions of one account, of which one has a key of its own. The schedule fires
# after more time than a test takes, in the local AWS.

variable "name" {
  type = string
}

variable "architecture" {
  type = string
}

variable "bucket" {
  type = string
}

variable "bucket_elsewhere" {
  type = string
}

variable "with_key" {
  type = string

  validation {
    condition     = contains(["here", "elsewhere"], var.with_key)
    error_message = "with_key should be one of here, elsewhere."
  }
}

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "elsewhere"
  region = "us-west-2"
}

resource "aws_kms_key" "here" {
  deletion_window_in_days = 7
}

resource "aws_kms_key" "elsewhere" {
  provider = aws.elsewhere

  deletion_window_in_days = 7
}

module "here" {
  source = "./spotmanager/infra/terraform"

  name                = var.name
  workers_stack_name  = "${var.name}-farm"
  artifact_bucket     = var.bucket
  architecture        = var.architecture
  operations_email    = "operations@example.com"
  return_to_spot_rate = "rate(1 days)"
  kms_key_arn         = var.with_key == "here" ? aws_kms_key.here.arn : ""

  launch_by            = "launch-instances"
  launch_template_arns = "arn:aws:ec2:us-east-1:000000000000:launch-template/lt-1,arn:aws:ec2:us-east-1:000000000000:launch-template/lt-2"
  instance_role_arns   = "arn:aws:iam::000000000000:role/workers"
}

module "elsewhere" {
  source = "./spotmanager/infra/terraform"

  providers = {
    aws = aws.elsewhere
  }

  name                = var.name
  workers_stack_name  = "${var.name}-farm"
  artifact_bucket     = var.bucket_elsewhere
  architecture        = var.architecture
  operations_email    = "operations@example.com"
  return_to_spot_rate = "rate(1 days)"
  kms_key_arn         = var.with_key == "elsewhere" ? aws_kms_key.elsewhere.arn : ""
}

output "jobs_topic_arn" {
  value = module.here.jobs_topic_arn
}

output "state_machine_arn" {
  value = module.here.state_machine_arn
}

output "state_machine_arn_elsewhere" {
  value = module.elsewhere.state_machine_arn
}
