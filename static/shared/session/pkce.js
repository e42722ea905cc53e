// The proof of RFC 7636 that who comes back with a code is who left for it.

const RANDOM_BYTES = 32;

export function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Return a text that nobody can guess: a verifier, a state, a nonce. */
export const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));

/** Return the challenge of a verifier by the method S256. */
export async function challengeOf(verifier) {
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}
