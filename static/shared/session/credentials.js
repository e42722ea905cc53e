// Where credentials may go: to the API of this deployment, and to no address that a person, a link or the storage names.

import { ApiError } from "../errors.js";

/** Whether a URL lies below one of these. */
export function isBelow(url, bases) {
  return bases.some((base) => url.startsWith(base.replace(/[/]*$/, "/")));
}

/** Return the URLs of a deployment's own API: beside the page, and API Gateway's. */
export function ownApis({ apiUrl, apiDirectUrl }) {
  return [apiUrl, apiDirectUrl].filter(Boolean).map((url) => new URL(url, document.baseURI).href);
}

/**
 * Make the part of a session that sends requests: `send(url, attempt)` calls `attempt(headers)`, once more where
 * the session could renew what was refused.
 *
 * `credentials` has `headers()` and `takeRefusal(error, headers)`, which returns whether another attempt will help.
 */
export function sender(credentials, bases) {
  return async function send(url, attempt) {
    if (!isBelow(url, bases)) return sendWithout(attempt);
    const headers = await credentials.headers();
    try {
      return await attempt(headers);
    } catch (error) {
      if (!(error instanceof ApiError) || !(await credentials.takeRefusal(error, headers))) throw error;
      return attempt(await credentials.headers());
    }
  };
}

async function sendWithout(attempt) {
  try {
    return await attempt({});
  } catch (error) {
    if (error.status !== 401 && error.status !== 403) throw error;
    throw new ApiError("No credentials are sent there.", { status: error.status, code: "credentials_withheld" });
  }
}
