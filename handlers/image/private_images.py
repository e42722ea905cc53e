"""URLs of private images: each leads to one object of the bucket, for a while, and whoever has it needs nothing else.

They are signed without a client of S3, which would take longer to make than everything else in a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import urlencode

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest

from handlers.common.aws import session

SECONDS = 900
"""For so long a URL works: enough for a page that is looked at, which can get new ones with the job; little enough for
one that somebody passes on. It ends earlier where the function's credentials do, which have signed it.
"""

# The objects themselves say that everybody may keep them, as they may where images are public.
_CACHING = f"private, max-age={SECONDS}, immutable"


def sign_url(url: str, *, file_name: str = "") -> str:
    """Return the URL of an object of S3 as one that may be followed; with ``file_name`` it is downloaded under that."""
    query = {"response-cache-control": _CACHING}
    if file_name:
        query["response-content-disposition"] = f'attachment; filename="{file_name}"'
    request = AWSRequest("GET", f"{url}?{urlencode(query)}")
    credentials = session.get_credentials()
    assert credentials is not None  # Lambda gives every function those of its role
    S3SigV4QueryAuth(credentials, "s3", session.get_config_variable("region"), SECONDS).add_auth(request)
    return str(request.url)


def sign_urls(bucket_url: str, result: Mapping[str, str], *, file_name: str) -> dict[str, str]:
    """Return the URLs of an image and its thumbnail, and one that downloads it: a page cannot, from another origin.

    The file's name has no extension yet, and nothing of the prompt: URLs are in the access logs.
    """
    url = f"{bucket_url}/{result['key']}"
    return {
        "url": sign_url(url),
        "thumbnail_url": sign_url(f"{bucket_url}/{result['thumbnail_key']}"),
        "download_url": sign_url(url, file_name=file_name + PurePosixPath(result["key"]).suffix),
    }
