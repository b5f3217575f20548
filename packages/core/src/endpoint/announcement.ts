/** What operators are told: events of a sender of Homing's own, to which they register endpoints as to any other. */

export const OPERATIONS_SENDER = "homing.operations";

export const ANNOUNCED_TYPES = [
  "endpoint.failing",
  "endpoint.disabled",
  "endpoint.recovered",
  "message.failed",
] as const;
export type AnnouncedType = (typeof ANNOUNCED_TYPES)[number];

/** An event to be sent. With the endpoint its type and time say which: however often it is sent, it is one event. */
export interface Announcement {
  readonly type: AnnouncedType;
  readonly at: number;
  /** JSON text, of what was the case then. */
  readonly body: string;
}
