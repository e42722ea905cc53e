import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";
import { page, storage } from "./pages.mjs";

globalThis.document = { baseURI: "https://app.example/text/" };
const { authorizeUrl, logoutUrl, refusalWords, responseIn } = await page("shared/session/authorization.js");
const { claimsOf, isExpected, nameOf } = await page("shared/session/claims.js");
const { isBelow, ownApis, sender } = await page("shared/session/credentials.js");
const { signedRequest } = await page("shared/session/iam.js");
const { base64url, challengeOf, randomText } = await page("shared/session/pkce.js");
const { takeResponse } = await page("shared/session/sign-in.js");
const { Tokens } = await page("shared/session/tokens.js");
const { WORDS, upcoming } = await page("shared/session/words.js");
const { ApiError, addWords, explain } = await page("shared/errors.js");
const { changeOwner } = await page("shared/owner.js");
const { Records, readOwn, removeAllOf, write, writeOwn } = await page("shared/storage.js");

const AUTH = { domain: "https://users.example", clientId: "c1", scopes: "openid email text/use" };
const START = Date.parse("2026-11-26T10:00:00Z");
const encoded = (value) => base64url(new TextEncoder().encode(JSON.stringify(value)));
const idToken = (claims = {}) => `e30.${encoded({ sub: "u1", aud: "c1", nonce: "n", email: "zoë@example.org", ...claims })}.x`;
const tokens = (number, changes = {}) => ({
  access_token: `a${number}`, refresh_token: `r${number}`, id_token: idToken(), expires_in: 3600, ...changes,
});

/** Let the token endpoint respond with these, in their order, and return the requests. */
function endpoint(...responses) {
  const requests = [];
  globalThis.fetch = async (url, { body }) => {
    requests.push({ url, ...Object.fromEntries(body) });
    const next = responses.shift();
    if (next instanceof Error) throw next;
    const [status, content] = Array.isArray(next) ? next : [200, next];
    return new Response(JSON.stringify(content), { status });
  };
  return requests;
}

async function signedIn(...responses) {
  const requests = endpoint(tokens(1), ...responses);
  const made = new Tokens(AUTH);
  await made.exchange({ code: "c", verifier: "v", nonce: "n" });
  return { made, requests };
}

beforeEach(() => {
  globalThis.localStorage = storage();
  globalThis.sessionStorage = storage();
  mock.timers.reset();
  mock.timers.enable({ apis: ["Date"], now: START });
});

test("the challenge is that of RFC 7636, and no two texts are alike", async () => {
  assert.equal(await challengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  assert.match(randomText(), /^[\w-]{43}$/);
  assert.notEqual(randomText(), randomText());
});

test("the addresses have what the server needs, and lead back to the page itself", () => {
  const { origin, pathname, searchParams } = new URL(authorizeUrl(AUTH, { state: "s", nonce: "n", challenge: "h" }));
  assert.equal(origin + pathname, "https://users.example/oauth2/authorize");
  assert.deepEqual(Object.fromEntries(searchParams), {
    response_type: "code", client_id: "c1", redirect_uri: "https://app.example/text/", scope: "openid email text/use",
    state: "s", nonce: "n", code_challenge: "h", code_challenge_method: "S256",
  });
  assert.equal(logoutUrl(AUTH), "https://users.example/logout?client_id=c1&logout_uri=https%3A%2F%2Fapp.example%2Ftext%2F");
});

test("only the response to this tab's own request is taken, and once", () => {
  write("sign-in", { state: "s", nonce: "n", verifier: "v" }, "sessionStorage");
  assert.equal(takeResponse("?code=c&state=other"), null);
  assert.equal(takeResponse("?code=c&state=s"), null);
  write("sign-in", { state: "s", nonce: "n", verifier: "v" }, "sessionStorage");
  const taken = takeResponse("?code=c&state=s");
  assert.deepEqual([taken.code, taken.verifier, taken.nonce], ["c", "v", "n"]);
  assert.equal(takeResponse("?code=c&state=s"), null);
  write("sign-in", {}, "sessionStorage");
  assert.equal(takeResponse(""), null);
});

test("why nobody is signed in is a sentence", () => {
  assert.match(refusalWords(responseIn("?error=access_denied&state=s")), /cancelled/);
  assert.match(refusalWords(responseIn("?error=server_error&error_description=It+broke.&state=s")), /failed: It broke\. Try/);
  assert.match(refusalWords(responseIn("?state=s")), /no reason was given/);
});

test("an id token is for this client, of this sign-in, and of somebody", () => {
  const claims = claimsOf(idToken());
  assert.equal(nameOf(claims), "zoë@example.org");
  assert.equal(nameOf({ "cognito:username": "zoe" }), "zoe");
  assert.ok(nameOf({}));
  assert.ok(isExpected(claims, { clientId: "c1", nonce: "n" }));
  assert.equal(isExpected(claims, { clientId: "c2", nonce: "n" }), false);
  assert.equal(isExpected(claims, { clientId: "c1", nonce: "other" }), false);
  assert.equal(isExpected({ ...claims, sub: "../x:y" }, { clientId: "c1", nonce: "n" }), false);
  for (const broken of [undefined, "", "a", "a.b.c", `a.${encoded(null)}.c`, "a.%%%.c"]) assert.deepEqual(claimsOf(broken), {});
});

test("tokens are exchanged with the verifier, and refused when they are not those that were requested", async () => {
  const { requests } = await signedIn();
  assert.deepEqual(requests[0], {
    url: "https://users.example/oauth2/token", client_id: "c1", grant_type: "authorization_code", code: "c",
    code_verifier: "v", redirect_uri: "https://app.example/text/",
  });
  endpoint(tokens(1, { id_token: idToken({ nonce: "other" }) }));
  await assert.rejects(new Tokens(AUTH).exchange({ code: "c", verifier: "v", nonce: "n" }), { code: "session_ended" });
});

test("all who wait for new tokens share one request, and nobody renews what is new already", async () => {
  const { made, requests } = await signedIn(tokens(2));
  await Promise.all([made.renew("a1"), made.renew("a1"), made.renew("a1")]);
  await made.renew("a1");
  assert.equal(await made.valid(), "a2");
  assert.deepEqual(requests.slice(1).map(({ refresh_token: token }) => token), ["r1"]);
});

test("tokens are renewed shortly before they expire, with the refresh token that came last", async () => {
  const { made, requests } = await signedIn(tokens(2), tokens(3, { refresh_token: undefined }), tokens(4));
  mock.timers.setTime(START + 3_539_000);
  assert.equal(await made.valid(), "a1");
  for (const hours of [1, 2, 3]) {
    mock.timers.setTime(START + hours * 3_600_000);
    assert.equal(await made.valid(), `a${hours + 1}`);
  }
  assert.deepEqual(requests.slice(1).map(({ refresh_token: token }) => token), ["r1", "r2", "r2"]);
});

test("what may pass ends no session, and a token that is still good is used meanwhile", async () => {
  const { made } = await signedIn(new TypeError("failed to fetch"), [503, {}], [429, {}], tokens(2));
  mock.timers.setTime(START + 3_550_000);
  assert.equal(await made.valid(), "a1");
  mock.timers.setTime(START + 3_600_000);
  await assert.rejects(made.valid(), { code: "unavailable" });
  await assert.rejects(made.valid(), { code: "unavailable" });
  assert.equal(await made.valid(), "a2");
});

test("a refused renewal ends the session for good, as tokens of somebody else do", async () => {
  for (const refused of [[400, { error: "invalid_grant" }], tokens(2, { id_token: idToken({ sub: "u2" }) }), [200, {}]]) {
    const { made, requests } = await signedIn(refused);
    await assert.rejects(made.renew("a1"), { code: "session_ended" });
    await assert.rejects(made.valid(), { code: "session_ended" });
    assert.equal(requests.length, 2);
  }
});

test("tokens that come after a sign-out are not taken", async () => {
  const { made } = await signedIn(tokens(2));
  const renewal = made.renew("a1");
  made.drop();
  await renewal;
  await assert.rejects(made.valid(), { code: "session_ended" });
});

test("credentials go to the deployment's own API, and to no address that looks like it", () => {
  const own = ownApis({ apiUrl: "api", apiDirectUrl: "https://id.execute-api.eu-west-1.amazonaws.com/prod" });
  for (const url of ["https://app.example/text/api/generate", "https://id.execute-api.eu-west-1.amazonaws.com/prod/generate/ab"]) {
    assert.ok(isBelow(url, own), url);
  }
  const others = [
    "https://app.example/text/apis/generate", "https://app.example/image/api/generate", "http://app.example/text/api/generate",
    "https://id.execute-api.eu-west-1.amazonaws.com/other/generate", "https://id.execute-api.eu-west-1.amazonaws.com.evil.example/prod/x",
    "https://evil.example/text/api/generate", "https://app.example:8443/text/api/generate", new URL("../x", "https://app.example/text/api/y").href,
  ];
  for (const url of others) assert.equal(isBelow(url, own), false, url);
});

test("a request is sent once more where the refusal could be helped, and never without end", async () => {
  const attempts = [];
  const credentials = {
    headers: async () => ({ Authorization: `Bearer ${attempts.length}` }),
    takeRefusal: async ({ status }) => status === 401,
  };
  const send = sender(credentials, ["https://app.example/api"]);
  const attempt = (status) => async (headers) => {
    attempts.push(headers.Authorization);
    throw new ApiError("", { status });
  };
  await assert.rejects(send("https://app.example/api/x", attempt(401)), { status: 401 });
  assert.deepEqual(attempts.splice(0), ["Bearer 0", "Bearer 1"]);
  await assert.rejects(send("https://app.example/api/x", attempt(403)), { status: 403 });
  assert.deepEqual(attempts.splice(0), ["Bearer 0"]);
  await assert.rejects(send("https://elsewhere.example/api/x", attempt(401)), { code: "credentials_withheld" });
  assert.deepEqual(attempts.splice(0), [undefined]);
});

test("each owner has records and drafts of their own, and nobody has any before they come", () => {
  const records = new Records("jobs", { limit: 9 });
  const put = (owner, id) => {
    changeOwner(owner);
    records.put({ id });
    writeOwn("draft", id, "sessionStorage");
  };
  put("u1", "anna's");
  put("u2", "ben's");
  put(null, "nobody's");
  assert.deepEqual([records.all(), readOwn("draft", "sessionStorage")], [[], undefined]);
  removeAllOf("u2");
  changeOwner("u2");
  assert.deepEqual([records.all(), readOwn("draft", "sessionStorage")], [[], undefined]);
  changeOwner("u1");
  assert.deepEqual([records.all(), readOwn("draft", "sessionStorage")], [[{ id: "anna's" }], "anna's"]);
  assert.ok(![...globalThis.localStorage.kept.values()].some((value) => value.includes("nobody")));
  changeOwner("");
  assert.deepEqual(records.all(), []);
});

test("records that are in memory alone are nobody else's either", () => {
  globalThis.localStorage = storage(3);
  const records = new Records("jobs", { limit: 9 });
  changeOwner("u1");
  records.put({ id: "anna's" });
  assert.equal(records.persistent, false);
  changeOwner("u2");
  assert.deepEqual(records.all(), []);
  changeOwner("");
});

test("each error of an API that knows its callers is a sentence with what to do", () => {
  addWords(WORDS);
  for (const code of Object.keys(WORDS)) {
    const { title, advice } = explain(new ApiError("", { status: 403, code }));
    assert.ok(title && /[.]$/.test(advice), `${code}: ${title} ${advice}`);
  }
  for (const body of [{}, { code: "" }]) assert.equal(explain(new ApiError("", { status: 403, ...body })).title, "The request was blocked");
});

test("a limit of the day says when it is over, in local time", () => {
  const at = (hours) => upcoming(new Date(2026, 10, 26, hours).getTime(), new Date(2026, 10, 26, 10).getTime());
  assert.deepEqual([at(14), at(24), at(47), at(48)], ["today at 14:00", "tomorrow at 00:00", "tomorrow at 23:00", "on 28 Nov at 00:00"]);
  const advice = (retryAt) => explain(new ApiError("", { status: 429, code: "daily_limit_reached", retryAt })).advice;
  assert.equal(advice(0), `You can send requests again ${upcoming(Date.parse("2026-11-27T00:00:00Z"), START)}.`);
  assert.equal(advice(START + 60_000), `You can send requests again ${upcoming(START + 60_000, START)}.`);
});

test("a signed request goes to API Gateway's own address, in its region", () => {
  const command = signedRequest({ apiDirectUrl: "https://id.example/prod/", region: "eu-west-1" });
  assert.match(command, /^curl "https:\/\/id\.example\/prod\/generate"/);
  assert.match(command, /"aws:amz:eu-west-1:execute-api"/);
});
