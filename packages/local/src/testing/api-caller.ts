import { setTimeout as wait } from "node:timers/promises";
import type { MessageView } from "@homing/functions/api/answers/message";

/** Calls a running stack as a producer does, over HTTP. */
export interface ApiCaller {
  send(
    message: object,
    headers?: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }>;
  get(messageId: unknown): Promise<MessageView>;
  /** The message once `condition` holds; fails after ten seconds, showing what it was then. */
  until(messageId: unknown, condition: (message: MessageView) => boolean): Promise<MessageView>;
}

const LONGEST_WAIT_MS = 10_000;
const POLL_MS = 25;

export function callApi(url: string, key: string): ApiCaller {
  const authorization = `Bearer ${key}`;
  const get = async (messageId: unknown) => {
    const response = await fetch(`${url}/v1/messages/${messageId}`, { headers: { authorization } });
    return (await response.json()) as MessageView;
  };
  return {
    get,
    send: async (message, headers = {}) => {
      const response = await fetch(`${url}/v1/messages`, {
        method: "POST",
        headers: { authorization, "content-type": "application/json", ...headers },
        body: JSON.stringify(message),
      });
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as Record<string, unknown>,
      };
    },
    until: async (messageId, condition) => {
      const deadline = Date.now() + LONGEST_WAIT_MS;
      for (;;) {
        const message = await get(messageId);
        if (condition(message)) return message;
        if (Date.now() > deadline) throw new Error(`Still waiting: ${JSON.stringify(message)}`);
        await wait(POLL_MS);
      }
    },
  };
}
