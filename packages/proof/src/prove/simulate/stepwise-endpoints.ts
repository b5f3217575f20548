/**
 * Endpoint stores whose two writes, of an endpoint and then of its sender's version, are two calls: between them others
 * go first, and a process dies.
 */
import type { EndpointStore } from "@homing/core/endpoint/endpoint-store";
import { MemoryEndpointStore } from "@homing/core/endpoint/memory-endpoint-store";
import { DynamoDbEndpointStore } from "@homing/functions/aws/dynamodb-endpoint-store";

export interface StepwiseEndpoints extends EndpointStore {
  /** `insert`, `change` and `raiseVersion` leave the version to this. */
  raise(senderId: string): Promise<void>;
}

export class StepwiseMemoryEndpoints extends MemoryEndpointStore implements StepwiseEndpoints {
  override async raiseVersion(): Promise<void> {}

  raise(senderId: string): Promise<void> {
    return super.raiseVersion(senderId);
  }
}

export class StepwiseDynamoDbEndpoints extends DynamoDbEndpointStore implements StepwiseEndpoints {
  override async raiseVersion(): Promise<void> {}

  raise(senderId: string): Promise<void> {
    return super.raiseVersion(senderId);
  }
}
