"""Publishes the page that lies beside this code: files, configuration, and the refresh of CloudFront."""

from __future__ import annotations

import json
from pathlib import Path

from handlers.common.aws import make_client
from handlers.common.context import LambdaContext

from .buckets import delete_keys, empty
from .response import CustomResourceError, Event, Outcome, run_and_respond

s3 = make_client("s3")
cloudfront = make_client("cloudfront")

SITE = Path(__file__).parents[2] / "site"

# Python's own table differs with what the system has installed.
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
_FOREVER = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"


def handler(event: Event, context: LambdaContext) -> None:
    """Serve Custom::SitePublisher."""
    run_and_respond(event, context, _work, physical_id="site-publisher")


def _work(event: Event, context: LambdaContext) -> Outcome:
    properties = event["ResourceProperties"]
    bucket = properties["Bucket"]
    if event["RequestType"] == "Delete":
        empty(s3, bucket)
    else:
        _publish(bucket, properties["Config"])
        _refresh(properties["DistributionId"], event["RequestId"])
    return Outcome(f"site-{bucket}")


def _publish(bucket: str, config: str) -> None:
    """Put every file into the bucket, the index last, so that it never refers to what is not there yet."""
    try:
        json.loads(config)
    except ValueError:
        raise CustomResourceError("Config is not valid JSON") from None
    files = {str(path.relative_to(SITE)): path.read_bytes() for path in SITE.rglob("*") if path.is_file()}
    if "index.html" not in files:
        raise CustomResourceError("the artifact holds no page: site/index.html is missing")
    files["config.json"] = config.encode()
    for key in sorted(files, key=lambda name: (name == "index.html", name)):
        _put(bucket, key, files[key])
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    left_over = [each["Key"] for page in pages for each in page.get("Contents", ()) if each["Key"] not in files]
    delete_keys(s3, bucket, [{"Key": key} for key in left_over])


def _put(bucket: str, key: str, body: bytes) -> None:
    content_type = CONTENT_TYPES.get(Path(key).suffix)
    if content_type is None:
        raise CustomResourceError(f"the page's file {key} is of a kind that has no content type here")
    hashed = key.startswith("assets-")
    s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=body,
        ContentType=content_type,
        CacheControl=_FOREVER if hashed else _REVALIDATE,
    )


def _refresh(distribution_id: str, request_id: str) -> None:
    # The caller's reference makes a repeated event one invalidation.
    cloudfront.create_invalidation(
        DistributionId=distribution_id,
        InvalidationBatch={"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": request_id},
    )
