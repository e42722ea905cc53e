"""The options of a stack, declared once."""

from typing import Annotated, TypedDict

from ..network_ranges import NetworkRanges
from .artifacts import ArtifactKeys, InlineArtifacts
from .declaration import Option, declare
from .enumerations import (
    ApiAccess,
    Architecture,
    Auth,
    Budget,
    ContentFilter,
    Dispatch,
    Encryption,
    Firewall,
    FunctionNetwork,
    Hosting,
)


class StackOptionFields(TypedDict, total=False):
    """The options of a stack: each is said here, and nowhere else.

    The checks, the flags of the command line, the keyword arguments of the stacks and the table in ``docs/options.md``
    come from these lines.
    """

    hosting: Annotated[
        Hosting,
        Option(
            Hosting.NOTEBOOK,
            "where the model lives: at an endpoint that a notebook instance of the stack deploys, at one that is there "
            "already and whose name is a parameter, at one that is a resource of the template, at one that has no "
            "instance while there are no requests, or on Amazon Bedrock",
            adds="existing: the parameter `ExistingEndpointName`, and neither notebook nor janitor; native: model, "
            "endpoint configuration, endpoint and scaling in their place, and alarms that take an update back; "
            "scale-to-zero: the same with an inference component (text), or an asynchronous endpoint with its bucket "
            "and topics (image), and alarms that put it to sleep and wake it; "
            "bedrock: the parameter `ModelId`, and no SageMaker",
            costs="existing: no endpoint of its own; native: no notebook, and twice the instances during an update; "
            "scale-to-zero: no instance while idle, and about ten minutes for the first request; "
            "bedrock: each use, and nothing while idle",
        ),
    ]
    instance_type: Annotated[
        str, Option("", "what the endpoint runs on: the default of a parameter; empty for the model's own")
    ]
    fallback_instance_types: Annotated[
        tuple[str, ...],
        Option((), "what the deployment tries next, in this order, when there is no capacity or quota"),
    ]
    architecture: Annotated[Architecture, Option(Architecture.X86_64, "the processor of the Lambda functions")]
    function_network: Annotated[
        FunctionNetwork,
        Option(
            FunctionNetwork.PUBLIC,
            "where the functions that call the model run: in Lambda's own network, in a VPC of the stack without the "
            "internet, or in one that is there already",
            adds="private: a VPC with subnets in two zones, its parameters, and an endpoint for each service that is "
            "called, which lets through what the functions may do; existing: the parameters `VpcId`, `SubnetIds` and "
            "`SecurityGroupIds`, and a security group if none is given",
            costs="private: about 15 USD a month for each interface endpoint, of which text has 3 and image has 4, and "
            "1 cent a gigabyte",
        ),
    ]
    network: Annotated[NetworkRanges, Option(NetworkRanges(), "address ranges of that VPC: the defaults of parameters")]
    artifacts: Annotated[
        ArtifactKeys | InlineArtifacts | None,
        Option(
            None,
            "where the artifacts are: their S3 keys in a bucket that is a parameter, or themselves, in the template; "
            "without them, keys without a hash",
            adds="InlineArtifacts: a bucket and the function that fills it, and no parameter of the artifacts",
            flag=False,
        ),
    ]
    auth: Annotated[
        Auth,
        Option(
            Auth.NONE,
            "who may call the API: everybody, who has a key, who signs in, or who signs requests",
            adds="api-key: a usage plan with its parameters, and a first key; "
            "cognito: a user pool with its parameters, domain and sign-in pages, a scope, and the page as a client; "
            "iam: a policy for those who may call",
            costs="api-key, iam: nothing; cognito: nothing for the first 10,000 users a month who sign in, then "
            "0.015 USD each",
        ),
    ]
    daily_limit: Annotated[
        bool,
        Option(
            False,
            "limits the requests a day of each user, key or principal, to a number that is a parameter: those that "
            "reach the model, and not those that only look at a job or a status",
            adds="the parameter `DailyRequests`, and a table of DynamoDB that counts",
            costs="a write to DynamoDB for each request",
        ),
    ]
    api_access: Annotated[
        ApiAccess,
        Option(
            ApiAccess.PUBLIC,
            "whether the API can be called by its own URL, or through CloudFront alone",
            adds="distribution: a secret that is an API key, its usage plan, and the parameter "
            "`DistributionSecretNumber`, which makes another one",
            costs="distribution: 0.40 USD a month for the secret",
        ),
    ]
    firewall: Annotated[
        Firewall,
        Option(
            Firewall.NONE,
            "what a web ACL does with requests that match its rules: count, or block",
            adds="a web ACL before the API, and in us-east-1 one before the distribution, elsewhere by the parameter "
            "`CloudFrontWebAclArn`; a rate for each address by the parameter `FirewallRate`; a log group with its "
            "policy; a secret by which the API knows the distribution; block: alarms on many refusals",
            costs="10 USD a month for the API's, 9 for the distribution's, 0.40 for the secret, and 0.60 for a million "
            "requests at each",
        ),
    ]
    model_in_vpc: Annotated[
        bool,
        Option(
            False,
            "runs the model in the VPC of the functions",
            adds="the model's place in the subnets, EC2's permissions for its role and, in a VPC of the stack, a "
            "security group and an endpoint of S3 that leads to the model's artifacts alone",
            costs="nothing: an endpoint of S3 is free",
        ),
    ]
    flow_logs: Annotated[
        bool,
        Option(
            False,
            "logs the connections of the stack's VPC",
            adds="a flow log with its role and its log group, kept for `LogRetentionDays`",
            costs="50 cents a gigabyte of logs",
        ),
    ]
    own_domain: Annotated[
        bool,
        Option(
            False,
            "serves the page under a domain name of your own",
            adds="the parameters `DomainName`, `CertificateArn` and `HostedZoneId`, and two records if a zone is given",
            costs="nothing of the stack; the domain, and 0.50 USD a month for a hosted zone, are yours",
        ),
    ]
    encryption: Annotated[
        Encryption,
        Option(
            Encryption.AWS_KEY,
            "whose key encrypts what the stack stores: AWS's, or one of KMS that is the stack's or already there",
            adds="customer-key: a key of KMS, or the parameter `KmsKeyArn` for one that is there; it encrypts buckets "
            "other than that of access logs, job table, queue, topics, logs, environments of functions, schedules and "
            "the notebook's volume, and each role may use it by way of the services that its data is in. The image "
            "application's key stays with its images when the stack goes",
            costs="customer-key: 1 USD a month for the key, 2 and then 3 after its first two yearly rotations, and "
            "0.03 USD for 10,000 uses",
        ),
    ]
    blocked_terms: Annotated[
        tuple[str, ...],
        Option(
            (),
            "terms that neither prompts nor generated texts may have: the default of a parameter; on the command line, "
            "@FILE stands for the lines of a file",
            adds="the parameter `BlockedTerms`, which the functions have in their environment",
        ),
    ]
    content_filter: Annotated[
        ContentFilter,
        Option(
            ContentFilter.NONE,
            "what looks at prompts before the model does, and at texts of the model before anybody does",
            adds="guardrail: a guardrail of Amazon Bedrock and a version of it, or parameters of one that is there "
            "already; a parameter of its strength, and one for personal data",
            costs="guardrail: 0.15 USD for 1,000 units of up to 1,000 characters (0.25 with personal data)",
        ),
    ]
    image_moderation: Annotated[
        bool,
        Option(
            False,
            "has Amazon Rekognition look at images before they are stored",
            adds="the parameter `ModerationConfidence`, and the permission to have images looked at",
            costs="0.001 USD an image",
            apps=("image",),
        ),
    ]
    budget: Annotated[
        Budget,
        Option(
            Budget.NONE,
            "what happens when a month costs more than it may: nothing, an e-mail, or that and a pause of the model",
            adds="notify: the parameters `MonthlyBudget` and `BudgetCovers`, a budget of AWS Budgets, its topic with "
            "`AlarmEmail`, and in us-east-1 an alarm on the account's charges; pause: another topic, and a function "
            "that sets `BudgetState` to USED_UP",
            costs="nothing for the budget; the alarm as every other",
        ),
    ]
    dispatch: Annotated[
        Dispatch,
        Option(
            Dispatch.EVENT,
            "how a job comes to the function that works on it: as an event, at once and as many as there are, or "
            "through a queue, of which the model is given so many at once as it carries",
            adds="queue: a queue of jobs, one behind it for those that were given up (`genai-templates redrive` tries "
            "them again), alarms on both, a widget, and the parameter `JobConcurrency`; where no response of the "
            "model comes later, the queue of failed jobs and the function that marks them go",
            costs="queue: nothing more: a stack has as many queues that Lambda polls as before",
            apps=("image",),
        ),
    ]
    accept_license: Annotated[bool, Option(False, "accepts the licence of a model that has one")]


OPTIONS = {name: declare(name, annotation) for name, annotation in StackOptionFields.__annotations__.items()}
"""Every option by its name."""
