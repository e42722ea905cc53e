"""What options choose from: an enumeration each."""

import enum


class Hosting(enum.Enum):
    """Where the model lives."""

    NOTEBOOK = "notebook"
    """A SageMaker notebook instance of the stack deploys the JumpStart model."""
    EXISTING = "existing"
    """The endpoint is there already; its name is a parameter of the template."""
    NATIVE = "native"
    """Model, configuration and endpoint are resources of the template."""
    SCALE_TO_ZERO = "scale-to-zero"
    """No instance while there are no requests: the next one wakes the model, which takes minutes."""
    BEDROCK = "bedrock"
    """A model of Amazon Bedrock, on demand: there is no endpoint."""


class Architecture(enum.Enum):
    """Processor architecture of the Lambda functions."""

    X86_64 = "x86_64"
    ARM64 = "arm64"


class FunctionNetwork(enum.Enum):
    """Where the Lambda functions that speak to the model run."""

    PUBLIC = "public"
    """In Lambda's own network: nothing to pay for."""
    PRIVATE = "private"
    """In the private subnets of the stack's VPC, with an endpoint for every service that they call."""
    EXISTING = "existing"
    """In subnets that are there already, with security groups that let them call what they need."""


class Auth(enum.Enum):
    """Who may call the API."""

    NONE = "none"
    """Whoever knows its URL, as often as the throttle lets them."""
    API_KEY = "api-key"
    """Who has a key of the stack's usage plan."""
    COGNITO = "cognito"
    """Who signs in as a user of a Cognito user pool."""
    IAM = "iam"
    """Who signs requests as a principal of IAM that may invoke the API."""


class ApiAccess(enum.Enum):
    """By which ways the API can be called."""

    PUBLIC = "public"
    """Through the distribution, and by its own URL."""
    DISTRIBUTION = "distribution"
    """Through the distribution alone."""


class Firewall(enum.Enum):
    """What a web ACL does with requests that its rules match."""

    NONE = "none"
    """There is no web ACL."""
    COUNT = "count"
    """It counts them, which is how to begin."""
    BLOCK = "block"
    """It refuses them."""


class Encryption(enum.Enum):
    """Whose key encrypts what the stack stores."""

    AWS_KEY = "aws-key"
    """Keys of AWS: nothing to pay for, nothing to manage."""
    CUSTOMER_KEY = "customer-key"
    """A key of KMS that belongs to the stack, whose policy says who may use it."""


class ContentFilter(enum.Enum):
    """What looks at prompts, and at texts that a model made of them."""

    NONE = "none"
    """Nothing but the list of blocked terms, if there is one."""
    GUARDRAIL = "guardrail"
    """A guardrail of Amazon Bedrock."""


class Budget(enum.Enum):
    """What happens when a month costs more than it may."""

    NONE = "none"
    """Nothing: there is no budget."""
    NOTIFY = "notify"
    """E-mail says so."""
    PAUSE = "pause"
    """E-mail says so, and the model is paused, until somebody resumes it."""


class Dispatch(enum.Enum):
    """How a job comes to the function that works on it."""

    EVENT = "event"
    """As an asynchronous invocation: at once, as many as there are."""
    QUEUE = "queue"
    """Through a queue, at most as many at once as the endpoint carries."""
