"""Topics of a stack: who may publish to them, and the functions that they call."""

from __future__ import annotations

import awacs.sns
from awacs.aws import PolicyDocument, Statement
from troposphere import Ref, awslambda, sns

from ..iam import tls_only
from ..scope import Scope
from .functions import Function


def add_topic_policy(scope: Scope, topic: sns.Topic, *publish: Statement, condition: str = "") -> None:
    """Add the policy of a topic: these may publish besides the account's own principals, and nobody without TLS."""
    scope.add(
        sns.TopicPolicy,
        f"{topic.title.removeprefix(scope.prefix)}Policy",
        **({"Condition": condition} if condition else {}),
        Topics=[Ref(topic)],
        PolicyDocument=PolicyDocument(
            Version="2012-10-17", Statement=[*publish, tls_only("TlsOnly", [awacs.sns.Publish], Ref(topic))]
        ),
    )


def subscribe_function(scope: Scope, topic: sns.Topic, function: Function, *, permission: str) -> None:
    """Have the topic call the function; ``permission`` is the logical id of what allows it to."""
    others = topic.properties.get("Subscription", [])
    topic.Subscription = [*others, sns.Subscription(Endpoint=function.arn, Protocol="lambda")]
    scope.add(
        awslambda.Permission,
        permission,
        Action="lambda:InvokeFunction",
        FunctionName=function.name,
        Principal="sns.amazonaws.com",
        SourceArn=Ref(topic),
    )
