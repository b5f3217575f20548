import { isIP } from "node:net";
import { SECOND } from "@homing/core/duration";
import { portalOriginsOf } from "@homing/core/portal-origins";
import { queueDefinition } from "@homing/core/queue/queue-definition";
import {
  DEFAULT_SETTINGS,
  type Environment,
  given,
  loadSettings,
  type Settings,
  SettingsError,
} from "@homing/core/settings";
import { MEMORY } from "@homing/functions/machine/data-dir";
import { operatorKeyOf, portNamed, portOf } from "@homing/functions/machine/process-variables";

/** Everything that the environment says about one server. */
export interface ServerSettings {
  /** An address of this machine, without brackets. */
  readonly listen: string;
  /** Of API and dashboard; 0: any free one. */
  readonly port: number;
  /** The origin that clients ask for; absent: loopback alone. */
  readonly publicUrl?: URL;
  readonly dataDir: string;
  /** Absent: the one kept in the data folder. */
  readonly operatorKey?: string;
  /** Deliveries at once. */
  readonly deliveries: number;
  /** Absent: no metrics. */
  readonly metricsPort?: number;
  /** Whose pages may show the portal in a frame. */
  readonly portalOrigins: readonly string[];
  readonly settings: Settings;
}

const DEFAULT_DATA_DIR = ".homing-server";
const DEFAULT_LISTEN = "127.0.0.1";
const DEFAULT_DELIVERIES = 256;
const MOST_DELIVERIES = 10_000;

/** As on AWS, but for the reconciler: it sleeps until something is due, and this is its pause after a failure. */
export const SERVER_DEFAULTS: Settings = { ...DEFAULT_SETTINGS, reconcileIntervalMs: 5 * SECOND };

/** @throws SettingsError in one line for the first variable that cannot be used. */
export function loadServerSettings(env: Environment): ServerSettings {
  const operatorKey = operatorKeyOf(env);
  const publicUrl = publicUrlOf(env);
  const metricsPort = portNamed(env, "HOMING_METRICS_PORT");
  const listen = listenOf(env);
  if (!isLoopback(listen) && publicUrl === undefined) {
    throw new SettingsError(
      `HOMING_PUBLIC_URL: is needed with HOMING_LISTEN=${listen}; write the address that clients call, for example https://homing.example.com.`,
    );
  }
  return {
    listen,
    port: portOf(env),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    dataDir: dataDirOf(env),
    ...(operatorKey === undefined ? {} : { operatorKey }),
    deliveries: deliveriesOf(env),
    ...(metricsPort === undefined ? {} : { metricsPort }),
    portalOrigins: portalOriginsOf(env),
    settings: loadSettings(env, SERVER_DEFAULTS, queueDefinition.visibilityTimeoutSeconds * SECOND),
  };
}

/** @throws SettingsError */
export function dataDirOf(env: Environment): string {
  const path = given(env, "HOMING_DATA_DIR") ?? DEFAULT_DATA_DIR;
  if (path.trim() === "" || path === MEMORY)
    throw new SettingsError("HOMING_DATA_DIR: write a folder; only npm start keeps nothing.");
  return path;
}

export function isLoopback(address: string): boolean {
  return address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}

function listenOf(env: Environment): string {
  const text = given(env, "HOMING_LISTEN") ?? DEFAULT_LISTEN;
  const address = text.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) === 0) {
    throw new SettingsError(
      `HOMING_LISTEN: "${text}" is not an IP address; write one of this machine, or 0.0.0.0 for all of them.`,
    );
  }
  return address;
}

function publicUrlOf(env: Environment): URL | undefined {
  const text = given(env, "HOMING_PUBLIC_URL");
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (!isOrigin) {
    throw new SettingsError(
      "HOMING_PUBLIC_URL: is not an http(s) address without a path; write for example https://homing.example.com.",
    );
  }
  return url;
}

function deliveriesOf(env: Environment): number {
  const text = given(env, "HOMING_DELIVERIES");
  if (text === undefined) return DEFAULT_DELIVERIES;
  const count = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MOST_DELIVERIES) {
    throw new SettingsError(
      `HOMING_DELIVERIES: "${text}" is not a whole number from 1 to ${MOST_DELIVERIES}.`,
    );
  }
  return count;
}
