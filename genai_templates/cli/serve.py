"""Run the applications on this machine from their templates: no AWS account, no Docker, no network.

Builds the chosen applications into the folder 'serve' of the output folder, where a build with nothing changed does no
work twice, and leaves alone what 'genai-templates build' made. Creates the stacks in an emulated AWS that enforces
their IAM policies, and serves each page and its API below http://127.0.0.1:PORT/NAME/. A stand-in plays the model
unless another one is named. A line is printed for each request, each call that a policy refused and each function that
failed. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import json
import signal
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from ..errors import InvalidOption
from ..local.callers import add_local_callers
from ..local.deployed_stack import Site, StackEvent
from ..local.emulator import Emulator, check_port
from ..local.protocol import ModelOptions
from ..local.stack import EmulatedStack
from ..local.stack_inputs import declared_parameters, read_template
from ..packaging.build import build
from ..packaging.folder import write_atomically
from ..packaging.manifest import template_path
from ..packaging.request import BuildRequest
from .arguments import add_app, add_output, chosen_apps
from .options import add_options, read_options
from .progress import shown_progress

_PORT = 8000
_FOLDER = "serve"  # in the output folder: what a build has left there is for the user to deploy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this verb."""
    add_output(parser)
    add_app(parser)
    parser.add_argument(
        "--port", type=_port, default=_PORT, help="the port of 127.0.0.1 to serve on (default: %(default)s)"
    )
    parser.add_argument(
        "--template",
        action="append",
        type=Path,
        metavar="FILE",
        help="a template to run as it is, instead of building; may be given again. Served under the first part of "
        "the file's name (NAME-PREFIX for each, where it has several applications), with artifacts from the folder "
        "'artifacts' beside the file's folder",
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a value of a template's parameter, for each template that has it; may be given again",
    )
    add_options(parser)
    _add_model(parser)
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="write there, at the end, the calls made and the grants never used"
    )


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else 0
    if not 1 <= port <= 65_535:
        raise argparse.ArgumentTypeError(f"{text} is not a port: give 1 to 65535")
    return port


def _add_model(parser: argparse.ArgumentParser) -> None:
    model = parser.add_argument_group("the model")
    model.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="what each response takes")
    model.add_argument(
        "--fail", type=float, default=0.0, metavar="RATE", help="share of responses that fail, e.g. 0.25"
    )
    model.add_argument(
        "--not-ready", type=float, default=0.0, metavar="SECONDS", help="how long the endpoints are being created"
    )
    model.add_argument(
        "--wake",
        type=float,
        default=20.0,
        metavar="SECONDS",
        help="how long a model that is scaled to zero takes to wake (default: %(default)g)",
    )
    model.add_argument(
        "--idle",
        type=float,
        default=120.0,
        metavar="SECONDS",
        help="after what time without a request it falls asleep, 0 for never (default: %(default)g)",
    )
    model.add_argument(
        "--endpoint", metavar="NAME", help="ask this SageMaker endpoint of your account, with your own credentials"
    )
    model.add_argument(
        "--model-url",
        metavar="URL",
        help="ask a server with the API of text-generation-inference (http://127.0.0.1:8080) or OpenAI's, as Ollama, "
        "vLLM and llama.cpp have it (http://127.0.0.1:11434/v1)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    options = ModelOptions(
        latency_seconds=arguments.latency,
        failure_rate=arguments.fail,
        not_ready_seconds=arguments.not_ready,
        wake_seconds=arguments.wake,
        idle_seconds=arguments.idle,
        endpoint=arguments.endpoint,
        model_url=arguments.model_url,
    )
    check_port(arguments.port)  # before the work of a build
    # Said for both: what a script starts in the background inherits that an interrupt is ignored.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        _serve(arguments, options)
    return 0


def _serve(arguments: argparse.Namespace, options: ModelOptions) -> None:
    with shown_progress() as progress:
        templates = _templates(arguments, progress)
        if options.endpoint and len(templates) > 1:
            raise InvalidOption(f"--endpoint {options.endpoint}: say which application it is for, with --app")
        parameters = _parameters(arguments.parameter, templates.values())
        with ExitStack() as running:
            progress("starting the emulated AWS")
            emulator = running.enter_context(Emulator(sites_port=arguments.port))
            emulator.use_model(options)
            stacks: list[EmulatedStack] = []
            served: set[str] = set()
            for name, template in templates.items():
                stack = EmulatedStack(
                    template,
                    name=name,
                    parameters=parameters[template],
                    emulator=emulator,
                    on_event=_shown(name, progress),
                )
                stacks.append(running.enter_context(stack))
                sites = _sites_by_name(stack)
                if twice := sorted(served & sites.keys()):
                    raise InvalidOption(f"two applications would be served as {twice[0]}: rename a template's file")
                served |= sites.keys()
                urls = {each: emulator.serve_site(each, site.domain) for each, site in sites.items()}
                lines = [f"{name}: {line}" for line in add_local_callers(stack)]
                print(*_description(stack, sites, urls), *lines, sep="\n", flush=True)
            print("Press Ctrl-C to stop.", flush=True)
            try:
                emulator.wait()
            except KeyboardInterrupt:
                _report(stacks, arguments.report)
                raise


def _templates(arguments: argparse.Namespace, progress: Callable[[str], None]) -> dict[str, Path]:
    """Return the templates by the name to serve them under, and build those that are not given."""
    if arguments.template:
        templates = {path.name.split(".")[0]: path for path in arguments.template}
        if len(templates) < len(arguments.template):
            raise InvalidOption("two templates have the same name; each is served under the first part of its name")
        return templates
    apps, output = chosen_apps(arguments), arguments.output / _FOLDER
    build(output, BuildRequest(apps=apps, **read_options(arguments)), progress)
    return {app: output / template_path(app) for app in apps}


def _parameters(given: Iterable[str], templates: Iterable[Path]) -> dict[Path, dict[str, str]]:
    """Return the given values of parameters by the template that declares them."""
    declared = {template: declared_parameters(read_template(template)).keys() for template in templates}
    values: dict[Path, dict[str, str]] = {template: {} for template in declared}
    for pair in given:
        name, equals, value = pair.partition("=")
        takers = [template for template, names in declared.items() if name in names]
        if not equals or not takers:
            known = ", ".join(sorted(set().union(*declared.values())))
            raise InvalidOption(f"--parameter {pair}: give NAME=VALUE, with a name of {known}")
        for template in takers:
            values[template][name] = value
    return values


def _shown(name: str, progress: Callable[[str], None]) -> Callable[[StackEvent], None]:
    def show(event: StackEvent) -> None:
        progress(f"{name}: {event.status} {event.logical_id} {event.reason}".rstrip())

    return show


def _sites_by_name(stack: EmulatedStack) -> dict[str, Site]:
    """Return the sites by the name to serve them under: the stack's, and the application's prefix if it has several."""
    sites = stack.sites
    if len(sites) == 1:
        return {stack.name: sites[0]}
    prefixes = {each.logical_id.removesuffix("CloudFrontDistribution").lower(): each for each in sites}
    return {f"{stack.name}-{prefix}".rstrip("-"): site for prefix, site in sorted(prefixes.items())}


def _description(stack: EmulatedStack, sites: Mapping[str, Site], urls: Mapping[str, str]) -> list[str]:
    lines = [] if len(sites) == 1 else [f"{stack.name}: {len(stack.resources)} resources, {len(sites)} applications"]
    for name, site in sites.items():
        size = f"{len(stack.resources)} resources, " if len(sites) == 1 else ""
        lines.append(f"{name}: {size}page at {urls[name]}")
        lines += [f"  {route.replace('/', f'{urls[name]}api/', 1)}" for route in site.routes]
    return lines


def _report(stacks: Iterable[EmulatedStack], path: Path | None) -> None:
    """Say what was refused, and write the whole report to a file if one is named."""
    reports = {stack.name: stack.permissions() for stack in stacks}
    for name, report in reports.items():
        for call in report.refused:
            print(f"{name}: {call.function} was refused {call.action} on {call.resource}, {call.times} times")
    if path is not None:
        content = {name: report.to_dict() for name, report in reports.items()}
        write_atomically(path, json.dumps(content, indent=1).encode() + b"\n")
        print(f"{path}: calls made, grants used and not used")
