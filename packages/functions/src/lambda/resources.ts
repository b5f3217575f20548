/** The one place that reads what the deployment gives a function: its links and its variables. */

import type { SlowTargetMarks } from "@homing/core/delivery/slow-targets";
import { parseDuration } from "@homing/core/duration";
import { DEFAULT_SETTINGS, loadSettings, SettingsError } from "@homing/core/settings";
import { Resource } from "sst";
import { createDynamoDbClient, createSqsClient } from "../aws/clients.ts";
import { DynamoDbSlowTargets } from "../aws/dynamodb-slow-targets.ts";
import { createPowertoolsObserver } from "../observe/observer.ts";
import { createServices, type ReconcilerServices } from "../services.ts";

interface Links {
  readonly HomingTable: { readonly name: string };
  readonly HomingQueue: { readonly url: string };
  readonly HomingDeadLetterQueue: { readonly url: string };
  readonly HomingDashboard: { readonly url: string };
  readonly HomingOperatorKey: { readonly value: string };
  readonly HomingSigningMaster: { readonly value: string };
}

/** Reading a link that the function does not have throws, naming it. */
const links = Resource as unknown as Links;

/** Secrets are read where they are needed: most functions are not given them. */
export const secrets = {
  operatorKey: () => links.HomingOperatorKey.value,
  signingMaster: () => links.HomingSigningMaster.value,
};

/** The origin of the dashboard. */
export const publicUrl = () => links.HomingDashboard.url;

export const observer = createPowertoolsObserver();

export function lambdaServices(): ReconcilerServices {
  return createServices({
    dynamodb: createDynamoDbClient(),
    sqs: createSqsClient(),
    tableName: links.HomingTable.name,
    urls: { queueUrl: links.HomingQueue.url, deadLetterQueueUrl: links.HomingDeadLetterQueue.url },
    settings: loadSettings(process.env, DEFAULT_SETTINGS, visibilityTimeoutMs()),
    observer,
  });
}

export function slowTargetMarks(): SlowTargetMarks {
  return new DynamoDbSlowTargets(createDynamoDbClient(), links.HomingTable.name);
}

function visibilityTimeoutMs(): number {
  const text = process.env.HOMING_VISIBILITY_TIMEOUT ?? "";
  const ms = parseDuration(text);
  if (ms === undefined)
    throw new SettingsError(`HOMING_VISIBILITY_TIMEOUT: "${text}" is not a duration such as 180s.`);
  return ms;
}

/** Ends an invocation: the metrics it gathered are written out, whatever became of it. */
export async function publishing<T>(invocation: Promise<T>): Promise<T> {
  try {
    return await invocation;
  } finally {
    observer.publish();
  }
}
