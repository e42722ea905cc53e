// The addresses of an authorization server (OAuth 2.0), and what it sends back to the page.

/** Return the page's own address, to which a sign-in and a sign-out lead back. */
export const pageUrl = () => new URL(".", document.baseURI).href;

/** Return the address at which a person signs in. */
export function authorizeUrl({ domain, clientId, scopes }, { state, nonce, challenge }) {
  const query = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: pageUrl(),
    scope: scopes,
    state,
    nonce,
    code_challenge: challenge,
    code_challenge_method: "S256",
  };
  return `${domain}/oauth2/authorize?${new URLSearchParams(query)}`;
}

/** Return the address at which the server's own session ends. */
export function logoutUrl({ domain, clientId }) {
  return `${domain}/logout?${new URLSearchParams({ client_id: clientId, logout_uri: pageUrl() })}`;
}

/** Return `{code, error, description, state}` of the query of the page's address. */
export function responseIn(search) {
  const query = new URLSearchParams(search);
  const [code, error, description, state] = ["code", "error", "error_description", "state"].map((name) => query.get(name) ?? "");
  return { code, error, description, state };
}

/** Return why a sign-in has led to nothing, as sentences. */
export function refusalWords({ error, description }) {
  if (error === "access_denied" && !description) return "The sign-in was cancelled, or you were refused.";
  const reason = description.trim() || error || "no reason was given";
  return `The sign-in failed: ${reason.replace(/[.\s]+$/, "")}. Try again; if it persists, show this to whoever runs this service.`;
}
