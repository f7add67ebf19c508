# The module beside a deployment whose topic has the name that this one's would have.

variable "workers" {
  type = string
}

provider "aws" {
  region = "eu-west-1"
}

module "spotmanager" {
  source = "./spotmanager/infra/terraform"

  name               = "adopting"
  workers_stack_name = var.workers
  artifact_bucket    = "artifacts"
}
