// Sign-in by an authorization server: a redirect there and back, tokens in memory, and a sign-out at both.

import { element } from "../dom.js";
import { changeOwner } from "../owner.js";
import { read, write } from "../storage.js";
import { logoutUrl, pageUrl, refusalWords } from "./authorization.js";
import { nameOf } from "./claims.js";
import { depart, followDepartures } from "./departure.js";
import { gateState, hideGate, showAccount, showBusy, showGate } from "./gate.js";
import { leaveForSignIn, SignInProblem, takeResponse } from "./sign-in.js";
import { Tokens } from "./tokens.js";

const AREA = "sessionStorage";
const TAB = "session"; // "open" while somebody is signed in in this tab, "left" when they have just signed out
const WORDS = "Your organisation's sign-in page opens, and leads back here.";

export class CognitoSession {
  #auth;
  #tokens;

  /** `auth` is that of `config.json`: domain, clientId, scopes. */
  constructor(auth) {
    this.#auth = auth;
    this.#tokens = new Tokens(auth);
  }

  /** Resolve when somebody is signed in; `search` is what a sign-in has sent back. */
  async open(search) {
    // Whoever comes back from the sign-in page by the browser's button finds this one as it was left.
    addEventListener("pageshow", ({ persisted }) => persisted && gateState() === "closed" && this.#close({}));
    const before = read(TAB, AREA);
    write(TAB, undefined, AREA); // no failure leads to another redirect by itself
    const response = takeResponse(search);
    if (response && (await this.#exchange(response))) return this.#enter();
    if (!response && before === "open") await this.#leave({ replace: true });
    else if (!response) this.#close({ title: before === "left" ? "You have signed out" : undefined });
    return new Promise(() => {}); // another page comes before anything can be used
  }

  async #exchange(response) {
    if (response.error || !response.code) {
      this.#close({ problem: refusalWords(response) });
      return false;
    }
    showBusy("Signing you in…");
    try {
      await this.#tokens.exchange(response);
      return true;
    } catch (error) {
      const isRefused = error.code === "session_ended";
      this.#close({ problem: isRefused ? refusalWords({ description: "the code was not accepted" }) : `${error.message} Try again.` });
      return false;
    }
  }

  #enter() {
    const { claims } = this.#tokens;
    write(TAB, "open", AREA);
    changeOwner(claims.sub);
    followDepartures(() => this.#goBack());
    showAccount({ name: nameOf(claims), hint: "Signed in as", leave: "Sign out", onLeave: () => this.#signOut() });
    hideGate();
  }

  #close({ title = "Sign in to use this", problem }) {
    showGate("closed", { title, problem }, element("p", {}, WORDS), this.#button());
  }

  #button() {
    return element("button", { type: "button", class: "primary", onclick: () => this.#leave() }, "Sign in");
  }

  async #leave(how) {
    const isClosed = gateState() === "closed";
    if (isClosed) showBusy("Signing you in…");
    try {
      await leaveForSignIn(this.#auth, how);
    } catch (error) {
      if (!(error instanceof SignInProblem)) throw error;
      if (isClosed) this.#close({ problem: error.message });
      else this.#end(error.message);
    }
  }

  #end(problem) {
    write(TAB, undefined, AREA);
    const words = "Sign in again to go on: what you have typed is kept, and so are your jobs.";
    showGate("ended", { title: "Your session has ended", problem }, element("p", {}, words), this.#button());
  }

  #signOut() {
    depart();
    write(TAB, "left", AREA);
    this.#tokens.revoke();
    location.replace(logoutUrl(this.#auth));
  }

  /** Begin anew after a sign-out in another tab, which has ended the server's session too. */
  #goBack() {
    write(TAB, "left", AREA);
    this.#tokens.drop();
    location.replace(pageUrl());
  }

  /** Return the headers of a request. Throws ApiError. */
  async headers() {
    return { Authorization: `Bearer ${await this.#whileOpen(() => this.#tokens.valid())}` };
  }

  /** Renew the tokens when the API has refused one; returns whether that has helped. Throws ApiError. */
  async takeRefusal({ status }, { Authorization: used }) {
    if (status !== 401) return false;
    await this.#whileOpen(() => this.#tokens.renew(used.replace("Bearer ", "")));
    return true;
  }

  async #whileOpen(act) {
    try {
      return await act();
    } catch (error) {
      if (error.code === "session_ended" && gateState() === undefined) this.#end();
      throw error;
    }
  }
}
