import { handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda";
import { createApp } from "../api/app.ts";
import { countedAnswer } from "../handlers/api.ts";
import { createAuthenticator } from "../keys/authenticator.ts";
import { lambdaServices, publicUrl, publishing, secrets } from "./resources.ts";

const services = lambdaServices();
const answer = countedAnswer(
  handle(
    createApp({
      ...services,
      authenticator: createAuthenticator({ ...services, operatorKey: secrets.operatorKey() }),
      signingMaster: secrets.signingMaster(),
      publicUrl: publicUrl(),
      // They are copied to the bundle's side.
      repository: new URL("./", import.meta.url),
      // Nothing else writes them here, and the caller would wait for it.
      onStored: () => services.counters.startFlush(),
    }),
  ),
  services,
);

export const handler = (event: LambdaEvent, context: LambdaContext) => publishing(answer(event, context));
