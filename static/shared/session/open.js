// The way in, by what the deployment's `config.json` says of its callers. Loaded only where it says anything.

import { call } from "../api.js";
import { addWords } from "../errors.js";
import { STATUS_PATH } from "../readiness.js";
import { ApiKeySession } from "./api-key.js";
import { CognitoSession } from "./cognito.js";
import { ownApis, sender } from "./credentials.js";
import { showGate } from "./gate.js";
import { showSigning } from "./iam.js";
import { WORDS } from "./words.js";

const NEVER = new Promise(() => {});

function sessionOf(config) {
  if (!config.auth) throw new Error("config.json could not be loaded");
  if (config.auth.kind === "cognito") return new CognitoSession(config.auth);
  if (config.auth.kind === "api-key") return new ApiKeySession({ check: () => call(config, STATUS_PATH, { retries: 0 }) });
  return undefined;
}

/** Resolve when somebody may use the page; from then on `config.session` sends its requests. */
export async function openSession(config, search) {
  addWords(WORDS);
  if (config.auth?.kind === "iam") return showSigning(config);
  const session = globalThis.isSecureContext && sessionOf(config);
  if (!session) {
    const problem = session === false ? "It needs a secure address: open it by https://." : "Reload it; it may be older than its service.";
    showGate("closed", { title: "This page cannot sign you in", problem });
    return NEVER;
  }
  config.session = { send: sender(session, ownApis(config.deployment)) };
  return session.open(search);
}
