/** The body of an event, as it is sent: the core checks it. */
import type { eventInputSchema } from "@homing/core/event/event-input";
import type * as v from "valibot";

export type EventInput = v.InferInput<typeof eventInputSchema>;
