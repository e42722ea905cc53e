// The id token: who is signed in. It comes from the token endpoint itself, over TLS, so its signature needs no check here
// (OpenID Connect Core 3.1.3.7); the API checks the signature of each access token.

/** Return the claims of a token, or nothing that makes sense: an empty object. */
export function claimsOf(token) {
  try {
    const [, payload] = token.split(".");
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    return claims !== null && typeof claims === "object" ? claims : {};
  } catch {
    return {};
  }
}

/**
 * Whether an id token is the one that was requested: for this client and, at a sign-in, of this nonce. Its times are not
 * looked at: this computer's clock may be wrong.
 */
export function isExpected({ sub, aud, nonce }, { clientId, nonce: sent }) {
  return typeof sub === "string" && /^[\w.|-]+$/.test(sub) && aud === clientId && (sent === undefined || nonce === sent);
}

/** Return the name under which a person is shown. */
export function nameOf({ email, name, "cognito:username": username }) {
  return [email, name, username].find((one) => typeof one === "string" && one !== "") ?? "a person without a name";
}
