import { cached } from "@homing/core/cached";
import type { Clock } from "@homing/core/clock";
import type { SigningSecrets } from "@homing/core/delivery/build-request";
import { deriveSigningSecret } from "@homing/core/delivery/sign";
import { DAY, MINUTE } from "@homing/core/duration";
import { endpointSecretsInForce } from "@homing/core/endpoint/endpoint-secret";
import { type KeyStore, type SenderRecord, unknownSender } from "./keys/key-store.ts";

/** For so long after a rotation deliveries carry the signature of the old secret too. */
export const ROTATION_OVERLAP_MS = DAY;
/** A rotation is known in every process after this time; a minute saves most reads. */
const SENDER_CACHE_MS = MINUTE;
const MAX_CACHED_SENDERS = 10_000;

interface SigningSecretsOptions {
  /** Every sender's secrets follow from it; none of them is stored. */
  readonly master: string;
  readonly senders: Pick<KeyStore, "getSender">;
  readonly clock: Clock;
}

export interface RememberedSigningSecrets extends SigningSecrets {
  /** After a rotation in the same process: the next delivery carries the new signature. */
  forget(senderId: string): void;
}

/** The secret in force first, then those that were replaced less than a day ago. */
export function createSigningSecrets({
  master,
  senders,
  clock,
}: SigningSecretsOptions): RememberedSigningSecrets {
  const lookUp = cached(
    { lifeMs: SENDER_CACHE_MS, maxEntries: MAX_CACHED_SENDERS },
    clock,
    async (senderId) => (await senders.getSender(senderId)) ?? unknownSender(senderId),
  );
  const derived = new Map<string, string>();
  const derive = (senderId: string, generation: number) => {
    const name = `${generation} ${senderId}`;
    const secret = derived.get(name) ?? deriveSigningSecret(master, senderId, generation);
    if (derived.size >= MAX_CACHED_SENDERS) derived.clear();
    derived.set(name, secret);
    return secret;
  };
  return {
    forSender: async (senderId) =>
      generationsInForce(await lookUp(senderId), clock.now()).map((generation) =>
        derive(senderId, generation),
      ),
    forEndpoint: (endpoint) => {
      const { secret, previous } = endpointSecretsInForce(master, endpoint, clock.now());
      return [secret, ...previous.map((old) => old.secret)];
    },
    forget: lookUp.forget,
  };
}

function generationsInForce({ generation, rotatedAt }: SenderRecord, now: number): number[] {
  const overlapping = rotatedAt.filter((at) => now < at + ROTATION_OVERLAP_MS).length;
  return Array.from({ length: overlapping + 1 }, (_, age) => generation - age);
}
