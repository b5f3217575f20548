import type { OutgoingRequest } from "@homing/core/delivery/http-client";
import { isSecretHeader, MASKED } from "@homing/core/message/headers";

/** Shorter ones would mask ordinary words, and are no secrets. */
const SHORTEST_SECRET = 6;

/**
 * Replaces the request's own secrets by `***` wherever a receiver sent them back: debugging endpoints echo
 * the headers they were called with, and a response is stored and shown. Of a value with several words
 * (`Bearer …`, several signatures) each word counts.
 */
export function createEchoMask(headers: OutgoingRequest["headers"]): (text: string) => string {
  const secrets = headers
    .filter(([name]) => isSecretHeader(name))
    .flatMap(([, value]) => [value, ...value.split(/[\s;,=]+/)])
    .filter((secret) => secret.length >= SHORTEST_SECRET && secret.toLowerCase() !== "bearer")
    .sort((a, b) => b.length - a.length);
  const unique = [...new Set(secrets)];
  return (text) => unique.reduce((masked, secret) => masked.replaceAll(secret, MASKED), text);
}
