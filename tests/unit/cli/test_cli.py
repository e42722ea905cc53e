from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from genai_templates import cli
from genai_templates.cli import main, package
from genai_templates.cli.arguments import VERBS
from genai_templates.errors import PackagingError
from genai_templates.options import Architecture
from genai_templates.packaging.build import BuildResult
from genai_templates.packaging.request import BuildRequest

_HEAVY = ("troposphere", "awacs", "cfnlint", "boto3", "botocore", "yaml")


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "genai_templates", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | environment)


@pytest.mark.parametrize("arguments", [["--help"], *([verb.name, "--help"] for verb in VERBS), ["models"]])
def test_help_and_lists_load_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys, genai_templates.cli as cli\n"
        f"try: cli.main({arguments!r})\n"
        "except SystemExit: pass\n"
        f"print(*(name for name in {_HEAVY!r} if name in sys.modules), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.stderr.strip() == ""
    assert result.stdout


def test_only_the_verb_that_is_asked_for_is_loaded() -> None:
    code = (
        "import sys, genai_templates.cli as cli\n"
        "assert cli.main(['models']) == 0\n"
        "sys.exit(any(name.startswith('genai_templates.packaging') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_help_names_every_verb_and_the_exit_codes() -> None:
    result = _run("--help", COLUMNS="200")
    assert result.returncode == 0
    assert all(verb.name in result.stdout and verb.summary in result.stdout for verb in VERBS)
    assert "0 done, 1 failed or not confirmed, 2 wrong usage, 130 interrupted" in result.stdout


@pytest.mark.parametrize("verb", [verb.name for verb in VERBS])
def test_each_verb_explains_itself(verb: str) -> None:
    result = _run(verb, "--help")
    assert result.returncode == 0
    assert f"usage: genai-templates {verb}" in result.stdout
    assert len(result.stdout.splitlines()) > 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: VERB"),
        (["nonsense"], "invalid choice: 'nonsense'"),
        (["build", "--app", "video"], "invalid choice: 'video'"),
        (["lint", "nowhere.json"], "nowhere.json cannot be read: No such file or directory"),
        (["lint", sys.executable], "it is not text in UTF-8"),
        (["serve", "--port", "65536"], "65536 is not a port: give 1 to 65535"),
        (["serve", "--port", "http"], "http is not a port: give 1 to 65535"),
        (["package", "--hosting", "existing"], "unrecognized arguments: --hosting existing"),
        (["package", "--instance-type", "nonsense"], "unrecognized arguments: --instance-type nonsense"),
        (["build", "--model", "gpt-9"], "'gpt-9' is not a model of the catalogue; choose one of"),
        (["build", "--app", "image", "--model", "huggingface-llm-mistral-7b-instruct"], "is for the text application"),
        (["build", "--daily-limit"], "--daily-limit counts the requests of each user or key: choose --auth 'api-key'"),
        (["estimate", "text", "--dispatch", "queue"], "--dispatch is for the image application, not for text"),
        (["build", "--blocked-term", "x" * 2501], "--blocked-term has 1 terms of 2,501 bytes"),
        (["build", "--model", "meta-textgeneration-llama-3-1-8b-instruct"], "needs its licence accepted"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: list[str], message: str, tmp_path: Path) -> None:
    output = ["--output", str(tmp_path / "out")] if arguments[:1] in (["build"], ["package"]) else []
    result = _run(*arguments, *output)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_package_takes_the_architecture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made: list[Architecture] = []

    def make(_app: object, architecture: Architecture) -> list[object]:
        made.append(architecture)
        return []

    monkeypatch.setattr(package, "make_artifacts", make)
    for flags in ([], ["--architecture", "arm64"]):
        assert main(["package", "--app", "text", "--output", str(tmp_path), *flags]) == 0
    assert made == [Architecture.X86_64, Architecture.ARM64]


def test_an_unknown_region_is_refused_before_the_work(tmp_path: Path) -> None:
    result = _run("build", "--region", "xx-west-1", "--output", str(tmp_path))
    assert (result.returncode, result.stdout) == (2, "")
    assert "xx-west-1 is not one of cfn-lint's regions; choose from af-south-1, " in result.stderr
    assert "packaging" not in result.stderr


def test_the_version_is_that_of_the_package() -> None:
    result = _run("--version")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"{version('genai-templates')}\n", "")


def test_lint_without_templates_says_what_to_do(tmp_path: Path) -> None:
    result = _run("lint", "--output", str(tmp_path))
    assert (result.returncode, result.stdout) == (1, "")
    assert (
        result.stderr == f"genai-templates: no templates in {tmp_path}/templates: run 'genai-templates build' first\n"
    )


def test_lint_of_a_file_prints_findings_and_is_exit_code_1(tmp_path: Path) -> None:
    template = tmp_path / "a.json"
    template.write_text('{"Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {"Nope": 1}}}}')
    result = _run("lint", str(template), "--output", str(tmp_path))
    assert result.returncode == 1
    assert f"{template}:1: Resources/A/Properties/Nope: E3002" in result.stdout
    template.write_text('{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}')
    result = _run("lint", str(template), "--output", str(tmp_path))
    assert (result.returncode, result.stdout) == (0, "1 templates, 0 findings\n")


def test_a_reader_that_has_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "genai_templates", "models"]
    result = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (result.returncode, result.stderr) == (1, "")


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (PackagingError("no wheel"), 1, "genai-templates: no wheel\n"),
        (
            PermissionError(13, "Permission denied", "build"),
            1,
            "genai-templates: build: Permission denied\n",
        ),
        (KeyboardInterrupt(), 130, "genai-templates: interrupted\n"),
    ],
)
def test_an_error_is_one_line(
    error: BaseException, code: int, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_arguments: object) -> None:
        raise error

    monkeypatch.setattr(cli, "parse", fail)
    assert main(["build"]) == code
    assert capsys.readouterr().err == line


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[BuildRequest]:
    """The requests that the build verb makes, instead of builds."""
    import genai_templates.cli.build as verb

    made: list[BuildRequest] = []

    def fake_build(_output: Path, request: BuildRequest, progress: object) -> BuildResult:
        made.append(request)
        return BuildResult(manifest={"format": 1, "stacks": {}}, unchanged=True)

    monkeypatch.setattr(verb, "build", fake_build)
    return made


def test_without_options_both_stacks_are_built_as_the_library_does(requests: list[BuildRequest]) -> None:
    assert main(["build"]) == 0
    assert requests == [BuildRequest()]


def test_options_reach_the_build(requests: list[BuildRequest]) -> None:
    arguments = "--app image --app text --hosting existing --architecture arm64 --region eu-west-1"
    model = "huggingface-llm-mistral-7b-instruct"
    main(["build", *arguments.split(), "--model", model])
    [request] = requests
    assert request.apps == ("text", "image")
    assert (request.value("hosting").value, request.value("architecture").value) == ("existing", "arm64")
    assert (dict(request.models), request.regions) == ({"text": model}, ("eu-west-1",))


def test_no_lint_asks_for_no_region(requests: list[BuildRequest]) -> None:
    main(["build", "--no-lint"])
    assert requests[0].regions == ()
