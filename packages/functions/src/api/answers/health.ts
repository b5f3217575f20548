/** What the API answers of itself. */
import * as v from "valibot";

export const healthSchema = v.object({ status: v.literal("ok") });
export const readySchema = v.object({ status: v.literal("ready") });
