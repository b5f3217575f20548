import { SlowTargets, TAKES_SLOW_SHARE } from "@homing/core/delivery/slow-targets";
import type { Context, SQSEvent } from "aws-lambda";
import { createHttpClient } from "../egress/http-client.ts";
import { createWorkerHandler } from "../handlers/worker.ts";
import { createSigningSecrets } from "../signing-secrets.ts";
import { lambdaServices, publishing, secrets, slowTargetMarks } from "./resources.ts";

const services = lambdaServices();
const work = createWorkerHandler({
  ...services,
  hands: new SlowTargets({
    ...services,
    marks: slowTargetMarks(),
    // Drawn once: a process that takes what is slow may be kept waiting by it, the others are there for the rest.
    takesSlow: Math.random() < TAKES_SLOW_SHARE,
  }),
  http: createHttpClient({ allowPrivateTargets: services.settings.allowPrivateTargets }),
  signingSecrets: createSigningSecrets({
    master: secrets.signingMaster(),
    senders: services.keyStore,
    clock: services.clock,
  }),
});

export const handler = (event: SQSEvent, context: Context) => publishing(work(event, context));
