import "./needs-node-24.mjs";
import { defineConfig } from "vitest/config";

/** What a stack of a test logs is looked at by that test alone. */
const QUIET = { POWERTOOLS_LOG_LEVEL: "SILENT" };
/** Puts the server for one machine in the place of the local stack, for what asks for either. */
const ON_SERVE = "packages/proof/src/one-machine/on-serve.ts";

/**
 * `unit` needs nothing but Node. `integration` starts embedded servers on loopback; `serve` runs what is tested there from
 * outside once more, on the server for one machine. `infra` evaluates the
 * SST program of each stage once, installing SST's platform (.sst) if need be. `browser` drives the dashboard
 * on a local stack in Chrome, Edge or Chromium, which is looked for, or installed where that is possible; `browser-serve`
 * does it again on the server for one machine, but for looks and for a queue that fails alone. `dynamodb-local` needs Java and
 * fetches AWS's DynamoDB Local: it runs by its own script and only when it is named. So does `clients`, which needs
 * Python 3, fetches generators of clients, and tries them on both stacks.
 * Three files run at a time, each in a process of its own: two cores are enough, as much of their time is waiting.
 */
/** Of the browser: what it drives takes a stack, and a look every few seconds. */
const BROWSER = {
  globalSetup: ["packages/web/tests/global-setup.ts"],
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 10_000 } },
  // Last: without a browser these tests fail, and all others must have had their say.
  sequence: { groupOrder: 1 },
};

export default defineConfig({
  test: {
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // Far more than any takes: a busy machine must not decide.
          testTimeout: 60_000,
          include: [
            "bench/numbers/*.test.ts",
            "packages/{core,functions,local,server,proof,client,cli,web}/src/**/*.test.ts",
          ],
          exclude: ["**/*.{integration,dynamodb-local,clients}.test.ts", "**/node_modules/**"],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          env: QUIET,
          include: ["packages/*/src/**/*.integration.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "serve",
          env: QUIET,
          include: [
            "packages/local/src/{delivery,api-tests/{events,founding-requirements,raw-http}}.integration.test.ts",
            "packages/cli/src/{cli,listen,package}.integration.test.ts",
            "packages/client/src/programs.integration.test.ts",
          ],
          setupFiles: [ON_SERVE],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "infra",
          include: ["infra/tests/**/*.test.ts"],
          globalSetup: ["infra/testing/global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "dynamodb-local",
          include: ["packages/proof/src/dynamodb-local/*.dynamodb-local.test.ts"],
          globalSetup: ["packages/proof/src/dynamodb-local/global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: "clients",
          env: QUIET,
          include: ["packages/proof/src/clients/*.clients.test.ts"],
          globalSetup: ["packages/proof/src/clients/global-setup.ts"],
          // Schemathesis tries every route, for some seconds each.
          testTimeout: 600_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          env: QUIET,
          include: ["packages/web/tests/*.browser.test.ts"],
          ...BROWSER,
        },
      },
      {
        extends: true,
        test: {
          name: "browser-serve",
          env: { ...QUIET, HOMING_BROWSER_TESTS_ON: "serve" },
          include: ["packages/web/tests/*.browser.test.ts"],
          setupFiles: [ON_SERVE],
          exclude: ["packages/web/tests/{accessibility,docs,gate,outage}.browser.test.ts"],
          ...BROWSER,
        },
      },
    ],
  },
});
