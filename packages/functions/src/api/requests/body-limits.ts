/** How large the bodies may be that routes take, but for those of one message and of one event, which are the core's. */

export const MAX_BATCH_BYTES = 4_194_304;

/** Of an endpoint: 100 event types of 256 characters, headers and metadata. */
export const MAX_ENDPOINT_BYTES = 65_536;

/** Of an answer to a delivery: what is kept of it, and escapes. */
export const MAX_ANSWER_BYTES = 65_536;

/** Of every other body: none of them needs more. */
export const MAX_SMALL_BYTES = 16_384;
