import { type Receiver, startReceiver } from "@homing/local/testing/receiver";

/** A hostile answer: markup, a text that runs backwards, and a line of 200 KiB. */
export const HOSTILE_TEXT = `<script>document.title = "taken over"</script><img src=x onerror="document.title='taken over'"> \u202Egnp.exe\u202C\u0007 `;

export interface Target extends Receiver {
  /** `/status/503` answers 503; `/gone-then-ok` answers 410 the first time it sees a message, then 200. */
  readonly urlOf: (path: string) => string;
}

/** A target that answers as its path says. */
export async function startTarget(): Promise<Target> {
  const seen = new Set<string>();
  const receiver = await startReceiver((response, request) => {
    const status = /^\/status\/(\d{3})/.exec(request.path)?.[1];
    if (status) {
      response.writeHead(Number(status), { "content-type": "application/json" });
      response.end(`{"status":${status},"hint":"as the path says"}`);
    } else if (request.path.startsWith("/gone-then-ok")) {
      const id = String(request.headers["webhook-id"]);
      response.writeHead(seen.has(id) ? 200 : 410, { "content-type": "text/plain" }).end("once is never");
      seen.add(id);
    } else if (request.path.startsWith("/hostile")) {
      response.writeHead(422, { "content-type": "text/html", "x-hostile": "<b>bold</b>" });
      response.end(HOSTILE_TEXT + "x".repeat(200 * 1024));
    } else {
      response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
    }
  });
  return { ...receiver, urlOf: (path) => `${receiver.url}${path}` };
}
