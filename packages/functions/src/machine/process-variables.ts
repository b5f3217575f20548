/** The variables that every process on one machine reads in the same way. */
import { type Environment, given, SettingsError } from "@homing/core/settings";

const DEFAULT_PORT = 3000;
const SHORTEST_OPERATOR_KEY = 24;

/** @throws SettingsError */
export function portOf(env: Environment): number {
  return portNamed(env, "PORT") ?? DEFAULT_PORT;
}

/** @throws SettingsError */
export function portNamed(env: Environment, name: string): number | undefined {
  const text = given(env, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new SettingsError(
      `${name}: "${text}" is not a port; write a number from 0 (any free port) to 65535.`,
    );
  }
  return Number(text);
}

/** Sent as `authorization: Bearer KEY`, so it must fit a header. Never quoted: it is a secret. @throws SettingsError */
export function operatorKeyOf(env: Environment): string | undefined {
  const key = given(env, "HOMING_OPERATOR_KEY");
  if (key === undefined) return undefined;
  if (key.length < SHORTEST_OPERATOR_KEY || !/^[\x21-\x7e][\x20-\x7e]*[\x21-\x7e]$/.test(key)) {
    throw new SettingsError(
      `HOMING_OPERATOR_KEY: needs at least ${SHORTEST_OPERATOR_KEY} printable ASCII characters, no space at either end.`,
    );
  }
  return key;
}
