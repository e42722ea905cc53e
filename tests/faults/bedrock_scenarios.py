"""Both applications on Amazon Bedrock, and the faults that end otherwise there than with an endpoint.

All others are those of every hosting, with the same end.
"""

from __future__ import annotations

from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.chaos import UNTIL_ENDED, InjectedFault, ModelFault
from genai_templates.options import Hosting
from tests.faults.plays import JOBS, TRIES, asking, from_the_start, held_of, in_flight, killed
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.world import PROCESS, World

_NONE_THERE = "endpoint answers truncated arrays"
"""Its models respond with files alone."""


class BedrockWorld(World):
    """The two stacks, whose models are called by their ids."""

    hosting = Hosting.BEDROCK
    service, invocation, permission = "bedrock-runtime", "InvokeModel", "bedrock:InvokeModel"

    def __init__(self, emulator: Emulator, image: EmulatedStack, text: EmulatedStack) -> None:
        super().__init__(emulator, image, text)
        self.endpoint, self.text_endpoint = image.outputs["ModelId"], text.outputs["ModelId"]


def _without_access(world: World) -> InjectedFault:
    return world.refusal(
        world.service, world.invocation, "AccessDeniedException", times=UNTIL_ENDED, function=PROCESS, status=403
    )


def bedrock_scenarios(jobs: int) -> tuple[Scenario, ...]:
    """Return the faults that are otherwise here, with so many jobs each."""
    return (
        # An image of Bedrock has one of few sizes anyway, and is fitted to the requested one.
        Scenario(
            "endpoint answers another size", in_flight(fault=ModelFault.OTHER_SIZE, jobs=jobs), calls=jobs, jobs=jobs
        ),
        Scenario(
            "process killed while it asks the model",
            killed(asking, leases_end=True, jobs=jobs),
            calls=jobs + held_of(jobs),
            jobs=jobs,
        ),
        Scenario(
            "account has no access to the model",
            from_the_start(_without_access, jobs=jobs),
            failed={"retries_exhausted": jobs},
            reason="access to the model",
            calls=jobs * TRIES,
            jobs=jobs,
        ),
    )


ALL_SCENARIOS = tuple(
    {each.name: each for each in (*SCENARIOS, *bedrock_scenarios(JOBS)) if each.name != _NONE_THERE}.values()
)
"""Every fault, at its full number of jobs."""
