// Leaving for the sign-in page and coming back from it. What the tab has to remember meanwhile is in its own storage.

import { read, write } from "../storage.js";
import { authorizeUrl, responseIn } from "./authorization.js";
import { challengeOf, randomText } from "./pkce.js";

const PENDING = "sign-in";
const AREA = "sessionStorage";

/** Why nobody can sign in, as sentences. */
export class SignInProblem extends Error {}

/** Leave for the sign-in page; `replace` takes this page's place in the history. Throws SignInProblem. */
export async function leaveForSignIn(auth, { replace = false } = {}) {
  const pending = { state: randomText(), nonce: randomText(), verifier: randomText() };
  if (!write(PENDING, pending, AREA)) {
    throw new SignInProblem(
      "This browser does not let the page store anything, which a sign-in needs for a moment. Allow it for this page, then try again.",
    );
  }
  const url = authorizeUrl(auth, { ...pending, challenge: await challengeOf(pending.verifier) });
  if (replace) location.replace(url);
  else location.assign(url);
}

/** Return what a sign-in that this tab began has sent back, with the verifier and the nonce; null for anything else. */
export function takeResponse(search) {
  const pending = read(PENDING, AREA);
  write(PENDING, undefined, AREA);
  const response = responseIn(search);
  const isOurs = Boolean(pending?.state) && pending.state === response.state;
  return isOurs ? { ...response, verifier: pending.verifier, nonce: pending.nonce } : null;
}
