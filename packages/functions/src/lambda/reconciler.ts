import { setTimeout } from "node:timers/promises";
import { createReconcilerHandler } from "../handlers/reconciler.ts";
import { lambdaServices, publishing } from "./resources.ts";

const run = createReconcilerHandler(lambdaServices(), { wait: setTimeout });

export const handler = () => publishing(run());
