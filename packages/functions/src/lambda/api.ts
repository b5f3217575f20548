import { handle, type LambdaContext, type LambdaEvent } from "hono/aws-lambda";
import { createApp } from "../api/app.ts";
import { createAuthenticator } from "../keys/authenticator.ts";
import { lambdaServices, publishing, secrets } from "./resources.ts";

const services = lambdaServices();
const answer = handle(
  createApp({
    ...services,
    authenticator: createAuthenticator({ ...services, operatorKey: secrets.operatorKey() }),
    signingMaster: secrets.signingMaster(),
    // Nothing else writes them here, and the caller would wait for it.
    onStored: () => services.counters.startFlush(),
  }),
);

export const handler = (event: LambdaEvent, context: LambdaContext) =>
  publishing(
    answer(event, context).then(async (response) => {
      await services.counters.flush();
      return response;
    }),
  );
