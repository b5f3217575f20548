/** Where a command line finds Homing and the key to it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { apiUrlOf } from "@homing/client/source/api-url";
import { UsageError } from "./usage-error.ts";

export interface Connection {
  readonly url: string;
  readonly key: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The URL that was given, `HOMING_URL`, or the local stack. @throws InvalidArgumentError if that is no URL. */
export function homingUrlOf(env: Environment, url: string | undefined): string {
  return apiUrlOf(url ?? (env.HOMING_URL || `http://127.0.0.1:${env.PORT || 3000}`));
}

/**
 * Where Homing is, and the key from `HOMING_KEY`, `HOMING_OPERATOR_KEY`, or
 * the local stack's data folder. No option takes a key: other users of a machine can read its command lines.
 * A variable that is set to nothing counts as not set, as for the stack itself.
 *
 * @throws UsageError if there is no key, InvalidArgumentError if that is no URL.
 */
export function connectionOf(env: Environment, url: string | undefined): Connection {
  const found = homingUrlOf(env, url);
  const key = env.HOMING_KEY || env.HOMING_OPERATOR_KEY || keyOfLocalStack(env.HOMING_DATA_DIR || ".homing");
  if (key === undefined) {
    throw new UsageError(
      "No key: set HOMING_KEY, or run this in the folder of a local stack, whose operator key lies in .homing/.",
    );
  }
  return { url: found, key };
}

function keyOfLocalStack(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, "operator-key"), "utf8").trim();
  } catch {
    return undefined;
  }
}
