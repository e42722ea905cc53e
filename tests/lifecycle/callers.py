"""Those who call an API: users who sign in as a browser does, tokens that nobody should take, and signed requests."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from genai_templates.local import EmulatedStack, Emulator
from genai_templates.local.emulator import REGION
from genai_templates.local.loopback import Response

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
EMAIL, PASSWORD = "somebody@example.com", "A-good-password-1"
Tokens = dict[str, str]


def add_user(emulator: Emulator, pool: str, email: str = EMAIL) -> None:
    """Add a user who can sign in at once."""
    cognito = emulator.client("cognito-idp")
    cognito.admin_create_user(UserPoolId=pool, Username=email, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=PASSWORD, Permanent=True)


def sign_in(emulator: Emulator, *, client_id: str, redirect_uri: str, scopes: str, email: str = EMAIL) -> Tokens:
    """Sign in by the pages of the pool, with PKCE, and return the tokens."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": scopes,
        "state": "state",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    page = emulator.request("GET", f"/oauth2/authorize?{urlencode(query)}")
    assert page.status == 200, page.body
    hidden = re.findall(r'name="(\w+)" value="([^"]*)"', page.body.decode())
    form = {name: html.unescape(value) for name, value in hidden} | {"username": email, "password": PASSWORD}
    entered = emulator.request("POST", "/login", urlencode(form).encode(), FORM)
    location = urlsplit(entered.headers["Location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == redirect_uri
    code = parse_qs(location.query)["code"][0]
    return tokens_for(
        emulator,
        grant_type="authorization_code",
        client_id=client_id,
        code=code,
        redirect_uri=redirect_uri,
        code_verifier=verifier,
    )


def tokens_for(emulator: Emulator, **grant: str) -> Tokens:
    """Return the tokens for a grant."""
    response = emulator.request("POST", "/oauth2/token", urlencode(grant).encode(), FORM)
    assert response.status == 200, response.body
    tokens: Tokens = response.json()
    return tokens


def revoke(emulator: Emulator, **form: str) -> int:
    """Have a refresh token and what comes of it end; return the status of the response."""
    return emulator.request("POST", "/oauth2/revoke", urlencode(form).encode(), FORM).status


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token says."""
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return claims


def changed(token: str, **claims: object) -> str:
    """Return a token that says something else, with the signature that it had."""
    header, _, signature = token.split(".")
    return ".".join((header, _encoded(claims_of(token) | claims), signature))


def unsigned(token: str) -> str:
    """Return a token that says the same, and that it has no signature."""
    return f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{token.split('.')[1]}."


def _encoded(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


def expired(emulator: Emulator, token: str) -> str:
    """Return a token of the same pool that was good until a moment ago."""
    claims, now = claims_of(token), int(time.time())
    pool = claims["iss"].rpartition("/")[2]
    return emulator.issue_token(pool, **{**claims, "iat": now - 3660, "exp": now - 60})


def signed_call(
    stack: EmulatedStack, method: str, path: str, body: object = None, *, keys: Mapping[str, str], service: str = ""
) -> Response:
    """Call the API with a signature by these keys, as botocore names them."""
    api = stack.outputs["ApiGatewayUrl"].removeprefix("https://").split(".")[0]
    place = f"/_aws/execute-api/{api}/prod{path}"
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = AWSRequest(method, f"{stack.emulator.url}{place}", headers, data)
    credentials = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys.get("SessionToken"))
    SigV4Auth(credentials, service or "execute-api", REGION).add_auth(request)
    return stack.emulator.request(method, place, data, dict(request.headers))
