"""Library and handlers, which share no code, agree on routes, settings and limits."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

import handlers.common.limits
from genai_templates.apps import APPS
from genai_templates.packaging.site import site_files

ROOT = Path(__file__).parents[2]
HANDLERS = sorted((ROOT / "handlers").rglob("*.py"))
STACKS = {name: app.load_stack()() for name, app in APPS.items()}
TEMPLATES = {name: json.loads(stack.to_json()) for name, stack in STACKS.items()}
FUNCTIONS = [
    (app, name)
    for app, template in TEMPLATES.items()
    for name, each in template["Resources"].items()
    if each["Type"] == "AWS::Lambda::Function"
]
_PRINT_ROUTES = """
import importlib, json, sys
modules = {name: importlib.import_module(name) for name in sys.argv[1:]}
print(json.dumps({name: list(module.ROUTES) for name, module in modules.items() if hasattr(module, "ROUTES")}))
"""

Routes = dict[str, set[tuple[str, str]]]


def module_of(app: str, function: str) -> str:
    """Return the module of a function of the template."""
    return str(TEMPLATES[app]["Resources"][function]["Properties"]["Handler"]).rpartition(".")[0]


def environment_of(app: str, function: str) -> dict[str, Any]:
    """Return the environment that the template gives a function."""
    properties = TEMPLATES[app]["Resources"][function]["Properties"]
    return dict(properties.get("Environment", {}).get("Variables", {}))


def routes_wired(app: str) -> Routes:
    """Return the routes of the API's body by the module of the function that each is integrated with."""
    wired: Routes = defaultdict(set)
    for path, operations in TEMPLATES[app]["Resources"]["ApiGateway"]["Properties"]["Body"]["paths"].items():
        for method, operation in operations.items():
            integration = operation["x-amazon-apigateway-integration"]
            if integration["type"] != "mock":
                ((function, _),) = (each["Fn::GetAtt"] for each in integration["uri"]["Fn::Sub"][1].values())
                wired[module_of(app, function)].add((method.upper(), path))
    return wired


def routes_served(app: str) -> Routes:
    """Return ``ROUTES`` of every handler of the stack that has them, imported as in Lambda."""
    functions = [name for owner, name in FUNCTIONS if owner == app]
    # What the template fills in when it is deployed is a word or a number.
    settings = {
        name: value if isinstance(value, str) else "1"
        for function in functions
        for name, value in environment_of(app, function).items()
    }
    command = [sys.executable, "-c", _PRINT_ROUTES, *sorted({module_of(app, each) for each in functions})]
    environment = {"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "us-east-1", **settings}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return {module: {(method, path) for method, path in routes} for module, routes in json.loads(done.stdout).items()}


@pytest.mark.parametrize("app", APPS)
def test_every_route_is_served_by_the_function_that_it_is_wired_to_and_no_other_is_served(app: str) -> None:
    wired = routes_wired(app)
    assert routes_served(app) == wired
    assert set().union(*wired.values()) == {(route.method, route.path) for route in STACKS[app].contract.routes}


def settings_of(module: str, *, optional: bool = False) -> set[str]:
    """Return the fields of what this module reads its settings into, or those of them that have a default."""
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8"))
    calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)]
    read = {ast.unparse(each.args[0]) for each in calls if ast.unparse(each.func) == "read_settings"}
    return {
        field.target.id
        for each in tree.body
        if isinstance(each, ast.ClassDef) and each.name in read
        for field in each.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and (field.value or not optional)
    }


@pytest.mark.parametrize(("app", "name"), FUNCTIONS)
def test_a_function_gets_the_settings_that_its_modules_have_and_no_others(app: str, name: str) -> None:
    environment = environment_of(app, name)
    hosting = [environment[each] for each in ("MODEL_HOST", "MODEL_STATUS") if each in environment]
    modules = [module_of(app, name), *(f"handlers.common.hosting.{each}" for each in hosting)]
    if "dispatch" in settings_of(module_of(app, name)):
        modules.append(f"handlers.jobs.dispatch.{environment.get('DISPATCH', 'event')}")
    known = {field.upper() for module in modules for field in settings_of(module)}
    assert set(environment) <= known
    optional = {field.upper() for module in modules for field in settings_of(module, optional=True)}
    assert known - set(environment) <= optional


@pytest.mark.parametrize("module", sorted({module_of(*each) for each in FUNCTIONS}))
def test_a_handler_uses_every_setting_that_it_has(module: str) -> None:
    tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8"))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "settings"
    }
    assert used == settings_of(module)


@pytest.mark.parametrize("path", HANDLERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_environment_is_read_by_the_settings_alone(path: Path) -> None:
    reads = {"environ", "environb", "getenv"} & {
        node.attr if isinstance(node, ast.Attribute) else node.name if isinstance(node, ast.alias) else ""
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    }
    assert not reads or path.name == "settings.py"


@pytest.mark.parametrize("app", APPS)
def test_the_page_gets_the_limits_that_the_handlers_read(app: str) -> None:
    written = re.search(rb'id="limits">(.*?)</script>', site_files(app)["index.html"])
    assert written
    limits = json.loads(written[1])
    known = [each for each in vars(handlers.common.limits).values() if isinstance(each, int | float | tuple)]
    numbers = {number for each in known for number in (each if isinstance(each, tuple) else (each,))}
    assert limits
    assert set(limits.values()) <= numbers
