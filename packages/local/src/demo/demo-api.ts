import { SECOND } from "@homing/core/duration";
import type { DemoEndpoint, DemoEvent } from "./demo-event.ts";
import type { DemoMessage } from "./demo-message.ts";

/** The calls of the API that the demo makes. */
export interface DemoApi {
  /** Throws one line that says what to do if there is no stack to talk to. */
  check(): Promise<void>;
  /** Resolves with the ids of those that were stored, however their send went. */
  send(messages: readonly DemoMessage[]): Promise<readonly string[]>;
  sendEvent(event: DemoEvent): Promise<void>;
  /** Registers it, or lets the one that an earlier demo has registered know where it is now. */
  register(endpoint: DemoEndpoint): Promise<void>;
  cancel(messageId: string): Promise<void>;
  retry(messageId: string): Promise<void>;
  /** Ids of failed messages, newest first. */
  failed(): Promise<readonly string[]>;
  /** Cuts the stack off from its queue. False if it cannot be: on one machine both are one. */
  cutQueue(seconds: number): Promise<boolean>;
}

/** A problem document has neither. */
interface ListAnswer {
  readonly items?: readonly { readonly messageId: string }[];
}

interface BatchAnswer {
  readonly results?: readonly {
    readonly message?: { messageId: string };
    readonly problem?: { messageId?: string };
  }[];
}

interface EndpointsAnswer {
  readonly items?: readonly {
    readonly endpointId: string;
    readonly metadata?: Readonly<Record<string, string>>;
  }[];
}

/** How a stack that restarts is waited for. */
export interface Patience {
  readonly pause: (ms: number) => Promise<void>;
  readonly isOver: () => boolean;
  readonly say: (line: string) => void;
}

/** The demo was ended while it waited for its stack. */
export class DemoOver extends Error {}

const PATIENCE_MS = SECOND;

export function demoApi(url: string, key: string, patience?: Patience): DemoApi {
  const call = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  /** The text of the answer, however long it takes a stack to come back; without patience, at once or never. */
  const patient = async (
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string>,
  ): Promise<{ readonly ok: boolean; readonly text: string }> => {
    for (let tries = 0; ; tries += 1) {
      if (patience?.isOver()) throw new DemoOver();
      try {
        const response = await call(method, path, body, headers);
        const text = await response.text();
        if (tries > 0) patience?.say("It is back.");
        if (response.status === 401) return refused();
        return { ok: response.ok, text };
      } catch (error) {
        if (!patience || error instanceof DemoRefused) throw error;
        if (tries === 0) patience.say(`Homing at ${url} does not answer; waiting for it to come back …`);
        await patience.pause(PATIENCE_MS);
      }
    }
  };

  return {
    check: async () => {
      const response = await call("GET", "/v1/messages?limit=1").catch(() => undefined);
      if (!response)
        throw new Error(`There is no Homing at ${url}: run npm start first, in another terminal.`);
      if (response.status === 401) refused();
    },
    send: async (messages) => {
      const { results = [] }: BatchAnswer = JSON.parse(
        (await patient("POST", "/v1/messages/batch", { messages })).text,
      );
      return results.flatMap(({ message, problem }) => message?.messageId ?? problem?.messageId ?? []);
    },
    sendEvent: async ({ idempotencyKey, ...event }) =>
      void (await patient(
        "POST",
        "/v1/events",
        event,
        idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey },
      )),
    register: async (endpoint) => {
      const { items = [] }: EndpointsAnswer = JSON.parse(
        (await patient("GET", `/v1/endpoints?senderId=${endpoint.senderId}&limit=100`)).text,
      );
      const known = items.find(({ metadata }) => metadata?.demo === endpoint.metadata.demo);
      if (known === undefined) await patient("POST", "/v1/endpoints", endpoint);
      else await patient("PATCH", `/v1/endpoints/${known.endpointId}`, { url: endpoint.url });
    },
    cancel: async (messageId) => void (await patient("POST", `/v1/messages/${messageId}/cancel`)),
    retry: async (messageId) => void (await patient("POST", `/v1/messages/${messageId}/retry`)),
    failed: async () => {
      const { items = [] }: ListAnswer = JSON.parse(
        (await patient("GET", "/v1/messages?status=FAILED&limit=100")).text,
      );
      return items.map(({ messageId }) => messageId);
    },
    cutQueue: async (seconds) => (await patient("POST", `/local/queue-outage?seconds=${seconds}`)).ok,
  };
}

class DemoRefused extends Error {}

function refused(): never {
  throw new DemoRefused("HOMING_OPERATOR_KEY: this stack does not accept the key.");
}
