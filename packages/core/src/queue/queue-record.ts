/** What the queue hands over. Everything but the body travels as attributes. */
export interface QueueRecord {
  readonly body: string;
  readonly messageId?: string;
  /** Of a copy that asks for the expansion of an event. */
  readonly eventId?: string;
  readonly correlationId?: string;
  readonly traceparent?: string;
}

/** `done`: the copy can be deleted. `return`: it goes back to the queue and is handed out again later. */
export type RecordResult = "done" | "return";
