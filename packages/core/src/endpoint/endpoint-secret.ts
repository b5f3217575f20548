/**
 * The secret that an endpoint's receiver verifies with. It follows from the master secret, so nothing secret is
 * stored; one that was brought along is kept encrypted under a key that follows from it too.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { deriveBytes, SECRET_PREFIX } from "../delivery/sign.ts";
import type { Endpoint } from "./endpoint.ts";
import { previousInForce } from "./endpoint-change.ts";

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

const FEWEST_SECRET_BYTES = 24;
const MOST_SECRET_BYTES = 64;

const SECRET_SHAPE = /^whsec_([A-Za-z0-9+/]{32,86})={0,2}$/;

/** Whether a text is a secret that may be brought along: `whsec_` and 24 to 64 bytes in base64. */
export function isImportableSecret(text: string): boolean {
  const encoded = SECRET_SHAPE.exec(text)?.[1];
  if (encoded === undefined) return false;
  const bytes = Buffer.from(encoded, "base64");
  // Bits that are left over at the end, Node drops and a receiver's library may refuse.
  const isExact = bytes.toString("base64").replaceAll("=", "") === encoded;
  return isExact && bytes.length >= FEWEST_SECRET_BYTES && bytes.length <= MOST_SECRET_BYTES;
}

type Owner = Pick<Endpoint, "senderId" | "endpointId">;

/** The secret in force. @throws if it was sealed under another master. */
export function endpointSecret(
  master: string,
  endpoint: Owner & Pick<Endpoint, "generation" | "sealedSecret">,
): string {
  const { senderId, endpointId, generation, sealedSecret } = endpoint;
  if (sealedSecret !== undefined) return unseal(master, endpoint, sealedSecret);
  const bytes = deriveBytes(master, ["endpoint", senderId, endpointId, String(generation)]);
  return `${SECRET_PREFIX}${bytes.toString("base64")}`;
}

/** The secret in force, then those that are besides, the latest first. @throws as `endpointSecret` */
export function endpointSecretsInForce(
  master: string,
  endpoint: Owner & Pick<Endpoint, "generation" | "sealedSecret" | "previousSecrets">,
  now: number,
): { readonly secret: string; readonly previous: ReadonlyArray<{ secret: string; validUntil: number }> } {
  const { senderId, endpointId } = endpoint;
  return {
    secret: endpointSecret(master, endpoint),
    previous: previousInForce(endpoint, now).map(({ validUntil, ...old }) => ({
      secret: endpointSecret(master, { senderId, endpointId, ...old }),
      validUntil,
    })),
  };
}

/** An imported secret as it is stored: initialisation vector, ciphertext and tag, in base64. */
export function sealSecret(
  master: string,
  owner: Owner,
  secret: string,
  random: (bytes: number) => Buffer = randomBytes,
): string {
  const iv = random(IV_BYTES);
  const cipher = createCipheriv(CIPHER, sealingKey(master, owner), iv);
  const sealed = [iv, cipher.update(secret, "utf8"), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(sealed).toString("base64");
}

function unseal(master: string, owner: Owner, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv(CIPHER, sealingKey(master, owner), bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const opened = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
  return Buffer.concat(opened).toString("utf8");
}

/** A key of each endpoint's own: what was sealed for one cannot be passed off as another's. */
function sealingKey(master: string, { senderId, endpointId }: Owner): Buffer {
  return deriveBytes(master, ["endpoint-import", senderId, endpointId]);
}
