import type { SigningSecrets } from "@homing/core/delivery/build-request";
import { deriveSigningSecret } from "@homing/core/delivery/sign";

/** Every sender's secret follows from the master secret; nothing is stored. */
export function createSigningSecrets(master: string): SigningSecrets {
  return { forSender: async (senderId) => [deriveSigningSecret(master, senderId, 1)] };
}
