/**
 * Which signatures a request must carry, by the Standard Webhooks specification and the promise on rotation: a
 * rotation is known to every worker within a minute, and the secret before it signs along for a day.
 */
import { createHmac } from "node:crypto";
import type { OutgoingRequest } from "@homing/core/delivery/http-client";
import { deriveSigningSecret } from "@homing/core/delivery/sign";
import { SIGNING_MASTER, WORKER_TIMEOUT_MS } from "../simulate/fixed-times.ts";
import type { Ledger, RequestFact } from "../simulate/ledger.ts";

const KNOWN_WITHIN_MS = 60_000;
const OVERLAP_MS = 24 * 3_600_000;

/** What is wrong with the signatures of a request; undefined if nothing is. */
export function wrongSignature(
  { process, calledAt }: RequestFact,
  request: OutgoingRequest,
  { senderId, ledger }: { readonly senderId: string; readonly ledger: Ledger },
): string | undefined {
  const rotations = ledger.rotations.filter((rotation) => rotation.senderId === senderId);
  const used = generationsOf(request, senderId, rotations.length + 1);
  const [newest] = used;
  if (newest === undefined || used.includes(0))
    return "a request carries a signature of no secret of its sender";
  const clock = ledger.clockOf(process);
  // A worker asks for the secrets in the invocation that makes the request, and believes them for a minute.
  const askedAt = calledAt - WORKER_TIMEOUT_MS;
  const knownSince = askedAt - KNOWN_WITHIN_MS - (clock?.mostUnseenMs ?? 0);
  if (newest <= rotations.filter(({ at }) => at < knownSince).length) {
    return `a request is signed with secret ${newest}, which was replaced more than a minute before`;
  }
  for (const [index, { recordedAt }] of rotations.slice(0, newest - 1).entries()) {
    const generation = index + 1;
    const until = recordedAt + OVERLAP_MS;
    const isUsed = used.includes(generation);
    if (!isUsed && calledAt + (clock?.highestMs ?? 0) < until) {
      return `a request is not signed with secret ${generation}, which was replaced less than a day before`;
    }
    if (isUsed && askedAt + (clock?.lowestMs ?? 0) >= until) {
      return `a request is signed with secret ${generation}, which was replaced more than a day before`;
    }
  }
  return undefined;
}

/** The secrets, by number, that a request is signed with, the newest first; 0 for a signature of none of them. */
function generationsOf({ headers, body = "" }: OutgoingRequest, senderId: string, secrets: number): number[] {
  const header = (name: string) => headers.find(([other]) => other === name)?.[1] ?? "";
  const signed = `${header("webhook-id")}.${header("webhook-timestamp")}.${body}`;
  const signatures = Array.from({ length: secrets }, (_, index) => {
    // As the receiver was given it.
    const secret = deriveSigningSecret(SIGNING_MASTER, senderId, index + 1).replace("whsec_", "");
    return `v1,${createHmac("sha256", Buffer.from(secret, "base64")).update(signed).digest("base64")}`;
  });
  return header("webhook-signature")
    .split(" ")
    .map((signature) => signatures.indexOf(signature) + 1)
    .sort((a, b) => b - a);
}
