import { type ClientOptions, HomingClient } from "../homing-client.ts";

interface Application {
  fetch(request: Request): Response | Promise<Response>;
}

/** A client of the application itself, without a server; its waits take no time. */
export function observedClient(app: Application, options: Partial<ClientOptions> & { readonly key: string }) {
  const waits: number[] = [];
  const requests: Request[] = [];
  const client = new HomingClient({
    url: "http://homing.test/",
    fetch: async (input, init) => {
      const request = new Request(input, init);
      requests.push(request.clone());
      return app.fetch(request);
    },
    wait: async (ms) => void waits.push(ms),
    random: () => 1,
    ...options,
  });
  return { client, waits, requests };
}
