/** The bodies of endpoints, as they are sent: the core checks them. */
import type {
  endpointInputSchema,
  endpointPatchSchema,
  endpointTestSchema,
  rotationInputSchema,
} from "@homing/core/endpoint/endpoint-input";
import type * as v from "valibot";

export type EndpointInput = v.InferInput<typeof endpointInputSchema>;
export type EndpointPatch = v.InferInput<typeof endpointPatchSchema>;
export type EndpointTest = v.InferInput<typeof endpointTestSchema>;
export type RotationInput = v.InferInput<typeof rotationInputSchema>;
