// An API key that a person enters: in memory, or by choice in the tab's own storage.

import { changeOwner } from "../owner.js";
import { read, write } from "../storage.js";
import { depart, followDepartures } from "./departure.js";
import { hideGate, showAccount, showBusy, showGate } from "./gate.js";
import { keyForm } from "./key-form.js";
import { sessionEnded } from "./tokens.js";

const AREA = "sessionStorage";
const KEPT = "api-key";
const OWNER_DIGITS = 16;
const REFUSED = "This key was not accepted. Check that it is complete, or get a new one from whoever runs this service.";

/** Return a name for the owner of a key, from which nobody can find the key. */
export async function ownerOf(key) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
  return `key-${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, OWNER_DIGITS)}`;
}

export class ApiKeySession {
  #check;
  #key = "";
  #isOpen = false;
  #opened;

  /** `check()` sends a request that does nothing, and throws what it is refused with. */
  constructor({ check }) {
    this.#check = check;
  }

  /** Resolve when there is a key that the API accepts. */
  async open() {
    const kept = read(KEPT, AREA);
    const opened = new Promise((resolve) => {
      this.#opened = resolve;
    });
    if (typeof kept === "string" && kept) {
      showBusy("Checking your key…");
      await this.#use(kept, { keep: true });
    } else {
      this.#show();
    }
    return opened;
  }

  #show(problem) {
    const form = keyForm({ problem, onSubmit: (key, how) => this.#use(key, how) });
    const title = this.#isOpen ? "Your API key is no longer accepted" : "Enter your API key";
    showGate(this.#isOpen ? "ended" : "closed", { title }, form);
  }

  async #use(key, { keep }) {
    this.#key = key;
    try {
      await this.#check();
    } catch (error) {
      if (error.code === "api_key_invalid") return; // takeRefusal has shown it
    }
    write(KEPT, keep ? key : undefined, AREA);
    await this.#enter();
  }

  async #enter() {
    this.#isOpen = true;
    const name = `API key …${this.#key.slice(-4)}`;
    changeOwner(await ownerOf(this.#key));
    followDepartures(() => this.#leave());
    showAccount({ name, hint: "Using the", leave: "Forget key", onLeave: () => this.#forget() });
    hideGate();
    this.#opened();
  }

  #forget() {
    depart();
    this.#leave();
  }

  #leave() {
    write(KEPT, undefined, AREA);
    this.#key = "";
    location.reload();
  }

  /** Return the headers of a request. Throws ApiError. */
  async headers() {
    if (!this.#key) throw sessionEnded();
    return { "X-Api-Key": this.#key };
  }

  /** Lead back to the field when the key was refused; there is nothing to renew. */
  async takeRefusal({ code }) {
    if (code !== "api_key_invalid" || !this.#key) return false;
    this.#key = "";
    write(KEPT, undefined, AREA);
    this.#show(REFUSED);
    return false;
  }
}
