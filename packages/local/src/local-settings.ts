import { portalOriginsOf } from "@homing/core/portal-origins";
import { queueDefinition } from "@homing/core/queue/queue-definition";
import {
  type Environment,
  given,
  LOCAL_DEFAULTS,
  loadSettings,
  type Settings,
  SettingsError,
} from "@homing/core/settings";
import { operatorKeyOf, portOf } from "@homing/functions/machine/process-variables";

/** Everything that the environment says about one local stack. */
export interface LocalSettings {
  /** Port of API and dashboard; 0: any free one. */
  readonly port: number;
  /** Folder of the embedded servers' data, or `memory`. */
  readonly dataDir: string;
  /** Absent: the one kept in the data folder. */
  readonly operatorKey?: string;
  /** Servers that somebody else runs; absent: embedded. */
  readonly dynamodbEndpoint?: string;
  readonly sqsEndpoint?: string;
  /** Whose pages may show the portal in a frame. */
  readonly portalOrigins: readonly string[];
  readonly settings: Settings;
}

const DEFAULT_DATA_DIR = ".homing";

/**
 * A variable that is set to nothing counts as not set, unless its description gives that a meaning.
 *
 * @throws SettingsError in one line for the first variable that cannot be used.
 */
export function loadLocalSettings(env: Environment): LocalSettings {
  const dynamodbEndpoint = endpoint(env, "AWS_ENDPOINT_URL_DYNAMODB");
  const sqsEndpoint = endpoint(env, "AWS_ENDPOINT_URL_SQS");
  const operatorKey = operatorKeyOf(env);
  return {
    port: portOf(env),
    dataDir: dataDirOf(env),
    ...(operatorKey === undefined ? {} : { operatorKey }),
    ...(dynamodbEndpoint === undefined ? {} : { dynamodbEndpoint }),
    ...(sqsEndpoint === undefined ? {} : { sqsEndpoint }),
    portalOrigins: portalOriginsOf(env),
    settings: loadSettings(env, LOCAL_DEFAULTS, queueDefinition.visibilityTimeoutSeconds * 1_000),
  };
}

function dataDirOf(env: Environment): string {
  const path = given(env, "HOMING_DATA_DIR") ?? DEFAULT_DATA_DIR;
  if (path.trim() === "") throw new SettingsError("HOMING_DATA_DIR: is empty; write a folder, or memory.");
  return path;
}

function endpoint(env: Environment, name: string): string | undefined {
  const text = given(env, name);
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw new SettingsError(`${name}: is not a URL; write for example http://127.0.0.1:8000.`);
  }
  for (const needed of ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
    if (!env[needed]) throw new SettingsError(`${needed}: is needed with ${name}.`);
  }
  return text;
}
