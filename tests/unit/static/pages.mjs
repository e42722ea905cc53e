// Imports the pages' modules into Node as a browser would: shared/ lies beside the application's own files.
//
// Node asks this same file, on a thread of its own, how to find and read a module.

import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { isMainThread } from "node:worker_threads";

const STATIC = new URL("../../../static/", import.meta.url).href;

/** The limits of the API by application, which the pages get when they are published. */
export const LIMITS = JSON.parse(await readFile(new URL("../../../handlers/common/limits.json", import.meta.url), "utf8"));

if (isMainThread) register(import.meta.url);

export function resolve(specifier, context, next) {
  const inPages = context.parentURL?.startsWith(STATIC) && specifier.startsWith("./shared/");
  return next(inPages ? new URL(specifier, STATIC).href : specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith(STATIC)) return next(url, context);
  return { format: "module", source: await readFile(new URL(url)), shortCircuit: true };
}

/** Import a module of the pages, such as `text/state.js`. */
export function page(path) {
  return import(new URL(path, STATIC).href);
}

/** Stand in for the browser's storage; `quota` is in characters. */
export function storage(quota = Infinity) {
  const kept = new Map();
  return {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    removeItem: (key) => kept.delete(key),
    setItem: (key, value) => {
      if (value.length > quota) throw new DOMException("full", "QuotaExceededError");
      kept.set(key, value);
    },
    kept,
  };
}
