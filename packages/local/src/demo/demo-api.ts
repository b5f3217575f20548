import type { DemoMessage } from "./demo-message.ts";

/** The calls of the API that the demo makes. */
export interface DemoApi {
  /** Throws one line that says what to do if there is no stack to talk to. */
  check(): Promise<void>;
  /** Resolves with the ids of those that were stored, however their send went. */
  send(messages: readonly DemoMessage[]): Promise<readonly string[]>;
  cancel(messageId: string): Promise<void>;
  retry(messageId: string): Promise<void>;
  /** Ids of failed messages, newest first. */
  failed(): Promise<readonly string[]>;
  /** Cuts the stack off from its queue. */
  cutQueue(seconds: number): Promise<void>;
}

interface BatchAnswer {
  readonly results: readonly {
    readonly message?: { messageId: string };
    readonly problem?: { messageId?: string };
  }[];
}

export function demoApi(url: string, key: string): DemoApi {
  const call = (method: string, path: string, body?: object) =>
    fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    check: async () => {
      const response = await call("GET", "/v1/messages?limit=1").catch(() => undefined);
      if (!response)
        throw new Error(`There is no Homing at ${url}: run npm start first, in another terminal.`);
      if (response.status === 401)
        throw new Error("HOMING_OPERATOR_KEY: this stack does not accept the key.");
    },
    send: async (messages) => {
      const response = await call("POST", "/v1/messages/batch", { messages });
      const { results } = (await response.json()) as BatchAnswer;
      return results.flatMap(({ message, problem }) => message?.messageId ?? problem?.messageId ?? []);
    },
    cancel: async (messageId) => void (await call("POST", `/v1/messages/${messageId}/cancel`)),
    retry: async (messageId) => void (await call("POST", `/v1/messages/${messageId}/retry`)),
    failed: async () => {
      const response = await call("GET", "/v1/messages?status=FAILED&limit=100");
      const { items } = (await response.json()) as { items: readonly { messageId: string }[] };
      return items.map(({ messageId }) => messageId);
    },
    cutQueue: async (seconds) => void (await call("POST", `/local/queue-outage?seconds=${seconds}`)),
  };
}
