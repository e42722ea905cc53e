"""The log of a deployment: on the notebook, and in CloudWatch Logs as far as that can be reached."""

from __future__ import annotations

import logging
import sys
from collections import deque
from contextlib import suppress

from .deployment_record import notebook_name, read_settings

GROUP = "/aws/sagemaker/NotebookInstances"


class CloudWatchHandler(logging.Handler):
    """Puts the lines of a record into CloudWatch Logs; what could not be put goes with the next record."""

    def __init__(self) -> None:
        import boto3
        from botocore.config import Config

        super().__init__()
        # The deployment waits for each call.
        config = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 1})
        self.client = boto3.client("logs", region_name=read_settings().region, config=config)
        self.stream = f"{notebook_name()}/deployment"
        # At four bytes a character, all of them are below the 1 MiB of a call.
        self.lines: deque[tuple[int, str]] = deque(maxlen=200)

    def emit(self, record: logging.LogRecord) -> None:
        """Put the record; a failure is printed, and disturbs nobody."""
        if record.name.startswith(("boto", "urllib3")):
            return  # by the calls here
        try:
            self.lines.extend((int(record.created * 1000), line[:1000]) for line in self.format(record).splitlines())
            try:
                self.put()
            except self.client.exceptions.ResourceNotFoundException:
                with suppress(self.client.exceptions.ResourceAlreadyExistsException):
                    self.client.create_log_group(logGroupName=GROUP)
                self.client.create_log_stream(logGroupName=GROUP, logStreamName=self.stream)
                self.put()
        except Exception as error:
            print("Not in CloudWatch yet:", error, file=sys.stderr)

    def put(self) -> None:
        """Put all lines that are not empty, in order of time."""
        lines = sorted(self.lines, key=lambda line: line[0])
        self.client.put_log_events(
            logGroupName=GROUP,
            logStreamName=self.stream,
            logEvents=[{"timestamp": time, "message": text} for time, text in lines if text],
        )
        self.lines.clear()


def start_log() -> None:
    """Log to standard error, which the lifecycle script has sent to ``deployment.log``, and to CloudWatch Logs."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        logging.getLogger().addHandler(CloudWatchHandler())
    except Exception as error:
        logging.warning("This log is not in CloudWatch: %s", error)
