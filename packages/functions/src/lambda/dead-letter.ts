import type { Context, SQSEvent } from "aws-lambda";
import { createDeadLetterHandler } from "../handlers/worker.ts";
import { lambdaServices, publishing } from "./resources.ts";

const consume = createDeadLetterHandler(lambdaServices());

export const handler = (event: SQSEvent, context: Context) => publishing(consume(event, context));
