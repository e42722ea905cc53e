// Whose the requests are that this browser stores: its own where nobody signs in; each person's where people do, and nobody's
// until one has.

// A page whose deployment has a sign-in is closed from its first paint on.
let current = globalThis.document?.documentElement?.dataset.access === "closed" ? null : "";

/** Has an event "change" when another person has come or gone, and when one is back. */
export const owners = new EventTarget();

/** Return whose the stored requests are: "" is the browser's own, null nobody's. */
export const owner = () => current;

export function changeOwner(next) {
  current = next;
  owners.dispatchEvent(new Event("change"));
}
