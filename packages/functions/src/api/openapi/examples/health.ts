/** The service itself, in the examples of the document. */

export const HEALTH_EXAMPLES = {
  health: { status: "ok" },
  ready: { status: "ready" },
};
