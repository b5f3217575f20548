/** The embedded servers have nothing to do with the AWS account of whoever runs them, however that is set up. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

const KEY = "an operator key for the tests";
const NOWHERE = "http://127.0.0.1:9";

let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homing-aws-settings-"));
});
afterEach(async () => {
  if (child?.exitCode === null) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  rmSync(folder, { recursive: true });
});

/** What the SDK reads of a profile: https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html */
const PROFILE = `
[profile corporate]
region = mars-north-1
use_fips_endpoint = true
use_dualstack_endpoint = true
endpoint_url = ${NOWHERE}
endpoint_discovery_enabled = true
account_id_endpoint_mode = required
retry_mode = never
max_attempts = none
defaults_mode = legacy
auth_scheme_preference = sigv4a
sdk_ua_app_id = ${"x".repeat(100)}
request_checksum_calculation = sometimes
credential_process = /nowhere/credentials
ca_bundle = /nowhere/ca.pem
services = corporate

[services corporate]
dynamodb =
  endpoint_url = ${NOWHERE}
sqs =
  endpoint_url = ${NOWHERE}
`;

/** The same by variables, and what else sends an SDK elsewhere. */
const VARIABLES = {
  AWS_REGION: "mars-north-1",
  AWS_DEFAULT_REGION: "mars-north-1",
  AWS_USE_FIPS_ENDPOINT: "true",
  AWS_USE_DUALSTACK_ENDPOINT: "true",
  AWS_ENDPOINT_URL: NOWHERE,
  AWS_ENABLE_ENDPOINT_DISCOVERY: "true",
  AWS_ACCOUNT_ID_ENDPOINT_MODE: "required",
  AWS_RETRY_MODE: "never",
  AWS_MAX_ATTEMPTS: "none",
  AWS_DEFAULTS_MODE: "legacy",
  AWS_AUTH_SCHEME_PREFERENCE: "sigv4a",
  AWS_SDK_UA_APP_ID: "x".repeat(100),
  AWS_REQUEST_CHECKSUM_CALCULATION: "sometimes",
  AWS_ACCESS_KEY_ID: "",
  AWS_SESSION_TOKEN: "expired",
  AWS_CA_BUNDLE: "/nowhere/ca.pem",
  AWS_ENDPOINT_URL_DYNAMODB: "",
  AWS_ENDPOINT_URL_SQS: "",
  HTTP_PROXY: NOWHERE,
  HTTPS_PROXY: NOWHERE,
  http_proxy: NOWHERE,
  https_proxy: NOWHERE,
  ALL_PROXY: NOWHERE,
  NODE_USE_ENV_PROXY: "1",
};

async function startWith(env: NodeJS.ProcessEnv): Promise<string> {
  const started = spawn(process.execPath, [join(import.meta.dirname, "start.ts")], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      POWERTOOLS_LOG_LEVEL: "SILENT",
      PORT: "0",
      HOMING_DATA_DIR: "memory",
      HOMING_OPERATOR_KEY: KEY,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child = started;
  let errors = "";
  started.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  for await (const line of createInterface({ input: started.stdout })) {
    const url = /API\s+(http:\/\/127\.0\.0\.1:\d+\/v1)$/.exec(line)?.[1];
    if (url === undefined) continue;
    started.stdout.resume();
    return url;
  }
  throw new Error(`the stack ended before it was running: ${errors}`);
}

async function deliverOne(api: string): Promise<void> {
  const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
  const accepted = await fetch(`${api}/messages`, {
    method: "POST",
    headers,
    body: JSON.stringify({ targetUrl: `${api}/health`, method: "GET" }),
  });
  expect(accepted.status).toBe(202);
  const { messageId } = (await accepted.json()) as { messageId: string };
  await vi.waitFor(
    async () => {
      const message = await (await fetch(`${api}/messages/${messageId}`, { headers })).json();
      expect(message).toMatchObject({ status: "COMPLETED" });
    },
    { timeout: 30_000, interval: 100 },
  );
}

it.each([
  ["variables", {}, VARIABLES],
  ["a profile", { config: PROFILE }, { AWS_PROFILE: "corporate" }],
  ["a profile that there is not", { config: PROFILE }, { AWS_PROFILE: "nobody" }],
  ["files that are no configuration", { config: "\0\x01[[=", credentials: "]=[" }, {}],
] as const)("a message is delivered whatever %s say", async (_, files: Record<string, string>, env) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const paths = {
    AWS_CONFIG_FILE: join(folder, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials"),
  };
  await deliverOne(await startWith({ ...paths, ...env }));
});
