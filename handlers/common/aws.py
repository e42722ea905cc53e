"""Clients of AWS services, by botocore alone: what boto3 puts on top is not used here, and costs each cold start."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import boto3
    from botocore.session import Session

    # botocore's clients have the same methods; their types are described under this name alone.
    make_client = boto3.client
    session = Session()
else:
    from botocore.loaders import Loader
    from botocore.session import Session

    class _Loader(Loader):
        """Takes the service's name for granted: to check it, botocore looks through the folders of all services.

        That would be half of the time in which a client is made.
        """

        def __init__(self):
            super().__init__()
            self.service_names = set()

        def list_available_services(self, type_name):
            return sorted(self.service_names)

    _loader = _Loader()
    session = Session()
    session.register_component("data_loader", _loader)

    def make_client(service_name, *, config=None):
        """Return a client of the service, with the function's own region and credentials."""
        _loader.service_names.add(service_name)
        return session.create_client(service_name, config=config)
