// The tokens of a session, in memory alone: exchanged for a code, and renewed before they expire.

import { ApiError } from "../errors.js";
import { pageUrl } from "./authorization.js";
import { claimsOf, isExpected } from "./claims.js";

const TIMEOUT_MS = 15_000;
// How long before its end a token is renewed, and the most of its lifetime that this may be.
const AHEAD_MS = 60_000;
const AHEAD_SHARE = 0.2;

/** The error of a request after the session has ended, or before there is one. */
export const sessionEnded = () => new ApiError("The session has ended.", { status: 401, code: "session_ended" });

/** Request tokens. Throws "session_ended" when the server refuses, another ApiError when that may pass. */
async function requestTokens({ domain, clientId }, parameters) {
  let response;
  try {
    response = await fetch(`${domain}/oauth2/token`, {
      method: "POST",
      body: new URLSearchParams({ client_id: clientId, ...parameters }),
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new ApiError("The sign-in service cannot be reached.", { code: "unreachable" });
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok && typeof body.access_token === "string") return body;
  if (response.status === 429 || response.status >= 500) {
    throw new ApiError("The sign-in service is busy.", { status: 503, code: "unavailable" });
  }
  throw sessionEnded();
}

/** The tokens of one person. */
export class Tokens {
  #auth;
  #access = "";
  #refresh = "";
  #renewAt = 0;
  #expiresAt = 0;
  #renewing;
  claims = {};

  /** `auth` is that of `config.json`: domain and clientId. */
  constructor(auth) {
    this.#auth = auth;
  }

  /** Exchange a code. Throws ApiError. */
  async exchange({ code, verifier, nonce }) {
    const parameters = { grant_type: "authorization_code", code, code_verifier: verifier, redirect_uri: pageUrl() };
    const tokens = await requestTokens(this.#auth, parameters);
    const claims = claimsOf(tokens.id_token);
    if (!isExpected(claims, { clientId: this.#auth.clientId, nonce })) throw sessionEnded();
    this.claims = claims;
    this.#take(tokens);
  }

  #take({ access_token: access, refresh_token: refresh, expires_in: seconds }) {
    // By this computer's clock alone, which need not agree with the server's.
    const lifetime = (Number(seconds) > 0 ? Number(seconds) : 300) * 1000;
    this.#access = access;
    this.#refresh = refresh ?? this.#refresh; // a server that rotates sends a new one each time
    this.#expiresAt = Date.now() + lifetime;
    this.#renewAt = this.#expiresAt - Math.min(AHEAD_MS, lifetime * AHEAD_SHARE);
  }

  /** Return an access token that has not expired. Throws ApiError. */
  async valid() {
    if (!this.#access) throw sessionEnded();
    if (Date.now() >= this.#renewAt) {
      await this.renew(this.#access).catch((error) => {
        if (error.code === "session_ended" || Date.now() >= this.#expiresAt) throw error;
      });
    }
    return this.#access;
  }

  /** Renew the tokens, unless that was done since this access token was used; all who wait share one request. */
  renew(used) {
    if (used !== this.#access) return Promise.resolve();
    this.#renewing ??= this.#renewOnce().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #renewOnce() {
    try {
      const tokens = await requestTokens(this.#auth, { grant_type: "refresh_token", refresh_token: this.#refresh });
      if (claimsOf(tokens.id_token).sub !== this.claims.sub) throw sessionEnded();
      if (this.#access) this.#take(tokens); // not after a sign-out
    } catch (error) {
      if (error.code === "session_ended") this.drop();
      throw error;
    }
  }

  drop() {
    this.#access = "";
    this.#refresh = "";
  }

  /** Drop the tokens, and have the server forget them: a request whose response nobody waits for. */
  revoke() {
    const token = this.#refresh;
    this.drop();
    if (!token) return;
    const body = new URLSearchParams({ token, client_id: this.#auth.clientId });
    fetch(`${this.#auth.domain}/oauth2/revoke`, { method: "POST", body, mode: "no-cors", keepalive: true }).catch(() => {});
  }
}
