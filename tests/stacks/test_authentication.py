"""Who may call the API, as the template says it: on every route, and by no secret that a template or output shows."""

from __future__ import annotations

import json
from typing import Any

import pytest
from troposphere import Template

from genai_templates import Auth, Hosting, InvalidOption, Scope, TextStack
from genai_templates.apps import APPS

SCHEMES = {Auth.API_KEY: "api_key", Auth.COGNITO: "user_pool", Auth.IAM: "signature"}


def document_of(app: str, auth: Auth, **options: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(APPS[app].load_stack()(hosting=Hosting.EXISTING, auth=auth, **options).to_json())
    return made


def resources_of(document: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in document["Resources"].values() if each["Type"] == kind]


@pytest.fixture(params=sorted(APPS))
def app(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("auth", SCHEMES)
def test_every_route_asks_for_it_but_what_browsers_send_before(app: str, auth: Auth) -> None:
    body = document_of(app, auth)["Resources"]["ApiGateway"]["Properties"]["Body"]
    assert [*body["components"]["securitySchemes"]] == [SCHEMES[auth]]
    for path, item in body["paths"].items():
        for method, operation in item.items():
            if method == "options":
                assert "security" not in operation
                continue
            assert [*map(list, operation["security"])] == [[SCHEMES[auth]]], (path, method)


@pytest.mark.parametrize("hosting", Hosting, ids=lambda hosting: str(hosting.value))
@pytest.mark.parametrize("auth", SCHEMES)
def test_functions_behind_the_api_know_how_to_tell_callers(app: str, auth: Auth, hosting: Hosting) -> None:
    resources = json.loads(APPS[app].load_stack()(hosting=hosting, auth=auth).to_json())["Resources"]
    behind = {
        each["Properties"]["FunctionName"]["Ref"]
        for each in resources.values()
        if each["Type"] == "AWS::Lambda::Permission" and each["Properties"]["Principal"] == "apigateway.amazonaws.com"
    }
    settings = {
        name: each["Properties"]["Environment"]["Variables"]["API_AUTH"]
        for name, each in resources.items()
        if "API_AUTH" in each.get("Properties", {}).get("Environment", {}).get("Variables", {})
    }
    assert behind
    assert settings == dict.fromkeys(behind, auth.value)


@pytest.mark.parametrize("auth", SCHEMES)
def test_what_is_published_says_what_clients_have_to_send(app: str, auth: Auth) -> None:
    published = APPS[app].load_stack()(hosting=Hosting.EXISTING, auth=auth).openapi()
    assert published["security"] == [{SCHEMES[auth]: []}]
    for item in published["paths"].values():
        for operation in item.values():
            assert "401" in operation["responses"]
    assert "providerARNs" not in json.dumps(published)


def test_nothing_says_so_where_everybody_may_call(app: str) -> None:
    document = document_of(app, Auth.NONE)
    assert "security" not in json.dumps(document["Resources"]["ApiGateway"]["Properties"]["Body"])
    assert '"API_AUTH"' not in json.dumps(document)
    assert "security" not in APPS[app].load_stack()(hosting=Hosting.EXISTING).openapi()


def test_a_key_is_neither_in_the_template_nor_in_an_output(app: str) -> None:
    document = document_of(app, Auth.API_KEY)
    assert all("Value" not in each for each in resources_of(document, "AWS::ApiGateway::ApiKey"))
    assert "ApiKey" not in json.dumps(document["Outputs"])


def test_a_page_is_a_client_without_a_secret_that_leads_back_to_itself_alone(app: str) -> None:
    (client,) = resources_of(document_of(app, Auth.COGNITO), "AWS::Cognito::UserPoolClient")
    assert client["AllowedOAuthFlows"] == ["code"]
    assert (client["GenerateSecret"], client["PreventUserExistenceErrors"]) == (False, "ENABLED")
    assert client["RefreshTokenRotation"]["Feature"] == "ENABLED"
    assert "ALLOW_REFRESH_TOKEN_AUTH" not in client["ExplicitAuthFlows"]
    assert len(client["CallbackURLs"]) == 1
    assert client["CallbackURLs"] == client["LogoutURLs"]


def test_the_pool_is_made_only_where_none_is_given(app: str) -> None:
    document = document_of(app, Auth.COGNITO)
    conditional = {name for name, each in document["Resources"].items() if each.get("Condition") == "UserPoolIdIsEmpty"}
    assert conditional == {"UserPool", "SignInDomain"}
    assert document["Conditions"]["UserPoolIdIsEmpty"] == {"Fn::Equals": [{"Ref": "UserPoolId"}, ""]}


def test_another_pool_makes_another_deployment_of_the_api(app: str) -> None:
    document = document_of(app, Auth.COGNITO)
    (deployment,) = resources_of(document, "Custom::ApiDeployment")
    assert deployment["UserPool"]["Fn::If"][-1] == {"Ref": "UserPoolId"}


def test_the_policy_allows_this_api_alone(app: str) -> None:
    (policy,) = resources_of(document_of(app, Auth.IAM), "AWS::IAM::ManagedPolicy")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["execute-api:Invoke"]
    (resource,) = statement["Resource"]
    assert resource["Fn::Sub"].endswith(":${ApiGateway}/prod/*")


def test_a_prefix_that_cognito_refuses_in_domains_is_refused() -> None:
    with pytest.raises(InvalidOption, match="'aws' cannot be"):
        TextStack(scope=Scope(Template(), "MyAws"), hosting=Hosting.EXISTING, auth=Auth.COGNITO)
