import type { Context, SQSEvent } from "aws-lambda";
import { createHttpClient } from "../egress/http-client.ts";
import { createWorkerHandler } from "../handlers/worker.ts";
import { createSigningSecrets } from "../signing-secrets.ts";
import { lambdaServices, publishing, secrets } from "./resources.ts";

const services = lambdaServices();
const work = createWorkerHandler({
  ...services,
  http: createHttpClient({ allowPrivateTargets: services.settings.allowPrivateTargets }),
  signingSecrets: createSigningSecrets({
    master: secrets.signingMaster(),
    senders: services.keyStore,
    clock: services.clock,
  }),
});

export const handler = (event: SQSEvent, context: Context) => publishing(work(event, context));
