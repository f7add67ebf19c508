# The function that executes a scaling policy once.

resource "aws_cloudwatch_log_group" "scale" {
  # checkov:skip=CKV_AWS_338:log_retention_days says how long; Step Functions keeps an execution for 90 days besides.
  name              = "/aws/lambda/${var.name}-scale"
  retention_in_days = var.log_retention_days
  kms_key_id        = local.has_kms_key ? var.kms_key_arn : null
}

resource "aws_iam_role" "scale" {
  name = "${var.name}-${local.region}-scale"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "lambda.amazonaws.com"
        }
        Action = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy" "scale" {
  name = "scale"
  role = aws_iam_role.scale.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.scale.arn}:*"
      },
      {
        Effect   = "Allow"
        Action   = ["autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeScalingActivities"]
        Resource = "*"
      },
      {
        Effect = "Allow"
        Action = concat(
          ["autoscaling:DetachInstances", "autoscaling:ExecutePolicy", "autoscaling:SetDesiredCapacity"],
          local.launches_instances ? ["autoscaling:LaunchInstances"] : [],
        )
        Resource = "arn:${local.partition}:autoscaling:${local.region}:${local.account_id}:autoScalingGroup:*:autoScalingGroupName/*"
        Condition = {
          StringLike = {
            "autoscaling:ResourceTag/aws:cloudformation:stack-name" = concat(
              [var.workers_stack_name, "${var.workers_stack_name}-*"],
              local.has_further_stacks ? [var.further_stacks] : [],
            )
          }
        }
      },
    ]
  })
}

# Auto Scaling launches in scale's name, which by itself may launch nothing.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html
resource "aws_iam_role_policy" "scale_launches" {
  count = local.launches_instances ? 1 : 0

  name = "launches"
  role = aws_iam_role.scale.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect   = "Allow"
          Action   = ["ec2:DescribeInstances", "ec2:DescribeLaunchTemplateVersions"]
          Resource = "*"
        },
        {
          Effect   = "Allow"
          Action   = ["ec2:CreateFleet", "ec2:RunInstances"]
          Resource = split(",", var.launch_template_arns)
        },
        {
          Effect = "Allow"
          Action = "ec2:CreateFleet"
          Resource = [
            "arn:${local.partition}:ec2:${local.region}::image/*",
            "arn:${local.partition}:ec2:${local.region}:${local.account_id}:fleet/*",
            "arn:${local.partition}:ec2:${local.region}:${local.account_id}:instance/*",
            "arn:${local.partition}:ec2:${local.region}:*:subnet/*",
            "arn:${local.partition}:ec2:${local.region}:${local.account_id}:volume/*",
          ]
        },
        {
          Effect = "Allow"
          Action = "ec2:RunInstances"
          # Images, and subnets that are shared, are of other accounts.
          Resource = "arn:${local.partition}:ec2:${local.region}:*:*"
          Condition = {
            ArnLike = {
              "ec2:LaunchTemplate" = split(",", var.launch_template_arns)
            }
          }
        },
        {
          Effect   = "Allow"
          Action   = "ec2:CreateTags"
          Resource = "arn:${local.partition}:ec2:${local.region}:${local.account_id}:*/*"
          Condition = {
            StringEquals = {
              "ec2:CreateAction" = ["CreateFleet", "RunInstances"]
            }
          }
        },
      ],
      local.has_instance_roles ? [
        {
          Effect   = "Allow"
          Action   = "iam:PassRole"
          Resource = split(",", var.instance_role_arns)
          Condition = {
            StringLike = {
              "iam:PassedToService" = "ec2.*"
            }
          }
        },
      ] : [],
      [
        {
          Effect   = "Deny"
          Action   = ["ec2:CreateFleet", "ec2:CreateTags", "ec2:RunInstances", "iam:PassRole"]
          Resource = "*"
          Condition = {
            Bool = {
              "aws:ViaAWSService" = "false"
            }
          }
        },
      ],
    )
  })
}

resource "aws_lambda_function" "scale" {
  # checkov:skip=CKV_AWS_272:A signing profile is the account's to give; two builds of one commit are the same bytes, with their SHA-256 beside them.
  # checkov:skip=CKV_AWS_50:The execution's history has each step's input, output and time.
  # checkov:skip=CKV_AWS_115:Concurrency is the account's to give; a step that is throttled is tried again.
  # checkov:skip=CKV_AWS_117:It calls AWS's public endpoints only, and nothing in a VPC.
  # checkov:skip=CKV_AWS_116:The state machine invokes it, waits for it, and sees its error.
  function_name = "${var.name}-scale"
  description   = "Executes a scaling policy once, stands the group down, or detaches an instance."
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = [var.architecture]
  memory_size   = 128
  timeout       = 60
  role          = aws_iam_role.scale.arn
  s3_bucket     = var.artifact_bucket
  s3_key        = "${var.artifact_prefix}scale.zip"

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.scale.name
  }
}
