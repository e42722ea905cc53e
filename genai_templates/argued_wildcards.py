"""Why roles have statements with a wildcard, and a managed policy: the reason by the statement's name."""

WILDCARDS = {
    "SendTraces": "X-Ray has no resource-level permission.",
    "LogIn": "The action has no resource.",
    "WriteMetrics": "The action has no resource; a condition holds it to the namespace.",
    "FindScaling": "The action has no resource.",
    "StopScaling": "A target's ARN holds a random id; a condition holds it to SageMaker.",
    "SeeScaling": "These actions have no resource.",
    "LookUpNetwork": "These actions have no resource; a condition holds them to CloudFormation.",
    "SetScaling": "A target's ARN holds a random id; a condition holds it to CloudFormation.",
    "SetScalingAlarms": "Application Auto Scaling makes the alarms' names; a condition holds it to CloudFormation.",
    "MakeScalingRole": "The role of Application Auto Scaling for SageMaker alone.",
    "ModerateImages": "Images that come as bytes are no resource.",
    "SeeQuotas": "The action has no resource-level permission.",
    "JoinVpc": "Lambda's and SageMaker's documentation: no resource-level permission of these actions suffices.",
    "ReadArtifacts": "A model's artifacts are many objects below a prefix of AWS's public bucket.",
    "ReadCatalogue": "The model's description has a name that AWS chooses, in its public bucket.",
    "PullImage": "The registry's account differs by region; the repository is named.",
    "WriteLogs": "SageMaker names the log group after the endpoint or notebook.",
    "StoreObjects": "Each object has a name of its own below this prefix.",
    "ReadObjects": "Each object has a name of its own below this prefix.",
    "DeleteDeployment": "A deployment's id is made by API Gateway; the API is named.",
    "CallApi": "It is for every route of this one stage.",
    "DeleteVersions": "It empties this one bucket, whatever is in it.",
}
"""Why a statement has a wildcard, by its Sid."""

MANAGED = "API Gateway's documentation asks for this policy, and every API of the account logs under it."
