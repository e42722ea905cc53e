"""Quick-create links: the console's form for a new stack, with the template and its parameters filled in.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode

from .account import Account
from .artifacts.publish import Upload, artifact_bucket, object_url, publish
from .deployment import Deployment
from .preflight import new_stack_parameters

_CONSOLES = {
    "aws": "https://{region}.console.aws.amazon.com",
    "aws-cn": "https://{region}.console.amazonaws.cn",
    "aws-us-gov": "https://{region}.console.amazonaws-us-gov.com",
}


def publish_link(account: Account, deployment: Deployment, progress: Callable[[str], None]) -> str:
    """Send the artifacts and the template, and return the link. Raises AwsError."""
    bucket = artifact_bucket(account, deployment.bucket)
    digest = hashlib.sha256(deployment.template).hexdigest()[:12]
    template = Upload(f"genai-templates/{deployment.app}/{digest}.template.json", deployment.template)
    publish(account, bucket, [*deployment.artifacts, template], lambda upload: progress(f"sent {upload.key}"))
    values = deployment.parameters_over(account, None, new_stack_parameters(deployment.surroundings(account)))
    return quick_create_link(
        account,
        template_url=object_url(account, bucket, template.key),
        stack=deployment.stack,
        parameters={name: value for name, value in values.items() if value},
    )


def quick_create_link(account: Account, *, template_url: str, stack: str, parameters: Mapping[str, str]) -> str:
    """Return the link to the form, in the account's partition and region.

    A space is ``%20`` in it: what stands behind ``#`` is no query, in which it could be a plus sign.
    """
    console = _CONSOLES.get(account.identity.partition, _CONSOLES["aws"]).format(region=account.region)
    fields = {
        "templateURL": template_url,
        "stackName": stack,
        **{f"param_{name}": parameters[name] for name in parameters},
    }
    form = urlencode(fields, quote_via=quote)
    return f"{console}/cloudformation/home?region={account.region}#/stacks/quickcreate?{form}"
