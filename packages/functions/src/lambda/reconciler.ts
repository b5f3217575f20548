import { createReconcilerHandler } from "../handlers/reconciler.ts";
import { lambdaServices, publishing } from "./resources.ts";

const run = createReconcilerHandler(lambdaServices());

export const handler = () => publishing(run());
