// An API that takes signed requests, which a page cannot make: it has no AWS credentials, and should not.

import { copyButton } from "../clipboard.js";
import { element } from "../dom.js";
import { showGate } from "./gate.js";

const BODY = '{"prompt": "A lighthouse at dawn, oil on canvas"}';

/** Return a command that sends a signed request; its credentials are those of the shell. */
export function signedRequest({ apiDirectUrl, region }) {
  return [
    `curl "${apiDirectUrl.replace(/\/+$/, "")}/generate"`,
    `--aws-sigv4 "aws:amz:${region}:execute-api"`,
    '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"',
    '-H "X-Amz-Security-Token: $AWS_SESSION_TOKEN"',
    "-H 'Content-Type: application/json'",
    `-d '${BODY}'`,
  ].join(" \\\n  ");
}

/** Show how the API is called; nobody can use this page itself. */
export function showSigning(config) {
  const command = signedRequest(config);
  showGate(
    "closed",
    { title: "This API takes signed requests" },
    element(
      "p",
      {},
      "Its callers are AWS identities that may call ",
      element("code", {}, "execute-api:Invoke"),
      ". A browser has none, so this page has no form. From a shell with AWS credentials, or with any AWS SDK (Signature Version 4):",
    ),
    element("pre", { tabindex: "0", role: "region", "aria-label": "Example of a signed request" }, element("code", {}, command)),
    element("div", { class: "toolbar" }, copyButton("Copy", () => command)),
  );
  return new Promise(() => {});
}
