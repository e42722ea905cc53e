"""Rule of a template that it is not for regions which lack what it needs."""

from __future__ import annotations

from troposphere import Ref

from ..regions import regions_with
from ..scope import Scope


def add_region_rule(scope: Scope, name: str, needed: str, sentence: str) -> None:
    """Refuse the regions that lack this type or action; ``sentence`` says what the others have, before their names."""
    regions = regions_with(needed)
    scope.add_rule(name, {"Fn::Contains": [regions, Ref("AWS::Region")]}, f"{sentence} in {', '.join(regions)}.")
