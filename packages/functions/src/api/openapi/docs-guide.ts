/** What stands before the reference: how one sends, what Homing does with it, and what a receiver has to do. */
import { DAY, formatDuration } from "@homing/core/duration";
import type { Settings } from "@homing/core/settings";
import { html } from "hono/html";
import { ROTATION_OVERLAP_MS } from "../../signing-secrets.ts";
import { anchorOf, withCode } from "./docs-schema.ts";

type Html = ReturnType<typeof html>;

export interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly text: Html;
}

/** What of a stage's settings the guide tells. */
export type ToldSettings = Pick<Settings, "retryScheduleMs" | "deliveryTimeoutMs" | "retentionMs">;

const SEND = `curl -sS "$HOMING_URL/v1/messages" \\
  -H "authorization: Bearer $HOMING_KEY" \\
  -H "content-type: application/json" \\
  -H "idempotency-key: order-7-paid" \\
  -d '{"targetUrl":"https://example.com/hook","body":{"order":7,"paid":true}}'`;

const LOOK = `curl -sS "$HOMING_URL/v1/messages?status=FAILED" -H "authorization: Bearer $HOMING_KEY"`;

/** The one of docs/delivery.md. */
const VERIFY = `import { createHmac, timingSafeEqual } from "node:crypto";

/** rawBody: the body as a Buffer or string, exactly as received. headers: names in lower case. */
export function isGenuine(secret, headers, rawBody, nowSeconds = Date.now() / 1000) {
  const id = headers["webhook-id"];
  const timestamp = headers["webhook-timestamp"];
  const signatures = headers["webhook-signature"] ?? "";
  if (!id || !(Math.abs(nowSeconds - Number(timestamp)) <= 300)) return false;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(\`\${id}.\${timestamp}.\`).update(rawBody).digest();
  return signatures.split(" ").some((signature) => {
    const [version, value = ""] = signature.split(",");
    const given = Buffer.from(value, "base64");
    return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
  });
}`;

export function guide({ retryScheduleMs, deliveryTimeoutMs, retentionMs }: ToldSettings): Chapter[] {
  const attempts = retryScheduleMs.length + 1;
  const schedule = retryScheduleMs.map(formatDuration).join(", ");
  return [
    {
      id: "authentication",
      title: "Authentication",
      text: html`${told("Every call but those under Service carries a key: `authorization: Bearer <key>`. The operator key may do everything: the local stack prints it at its start, a deployed stage keeps it among its secrets. Make others with it, by `npm run keys` or by ", link("createKey", "the API"), ". A key speaks for one sender, or for all of them (`*`), and may do what its scopes say: `send`, `read`, `endpoints`, `operate`. One made with `expiresIn` ends by itself.")}`,
    },
    {
      id: "sending",
      title: "Send a message",
      text: html`${told("A message is an HTTP request that Homing makes for you: a URL, and if need be a method, headers and a body.")}
${code(SEND)}
${told("The answer, `202`, says that the message is stored: from here on it is Homing's to deliver. ", link("getMessage", "Ask for it"), " by its `messageId` to see its status, every transition and every attempt. `deliverAt` sends it later, `deliverBy` says when it has become useless; ", link("sendBatch", "a batch"), " sends up to 100.")}`,
    },
    {
      id: "idempotency",
      title: "Repeat a call safely",
      text: html`${told("Give every call an `idempotency-key`, made of what the message is about. When an answer is lost, or says `retryable`, repeat the very same call: you get the same message, with `200` and `duplicate`, and it is delivered once. The same key with another request is refused with `422`.")}
${told(`A key belongs to its sender, and is remembered until the message is forgotten: ${formatDuration(retentionMs)} after it has finished. Without a key, each call is a message of its own.`)}`,
    },
    {
      id: "retries",
      title: "Retries, and what counts as success",
      text: html`${told("A target that answers `2xx` has taken the message: `COMPLETED`. Redirects are not followed. What may pass (`408`, `409`, `425`, `429`, `5xx`, no answer) is tried again; any other answer ends the message at once: `FAILED`, with a reason.")}
${told(
  attempts === 1
    ? `This stage makes one attempt, of at most ${formatDuration(deliveryTimeoutMs)}.`
    : `This stage makes up to ${attempts} attempts of at most ${formatDuration(deliveryTimeoutMs)} each, with these delays between them, and a little more: ${schedule}. A target may ask for a longer one with \`retry-after\`, up to ${formatDuration(DAY)}.`,
)}
${told("Nothing is lost in silence: see what failed, and ", link("retryMessage", "retry one message"), " or ", link("retryMessages", "many"), " once the target is well again.")}
${code(LOOK)}`,
    },
    {
      id: "verifying",
      title: "Verify a signature",
      text: html`${told("Every delivery is signed as Standard Webhooks says: `webhook-id` (the id of the message, or of the event that it brings; the same in every attempt), `webhook-timestamp`, and `webhook-signature` over both and the body. Every header of ", link("receiveEvent", "an event"), " and of ", link("receiveMessage", "a message"), " is described below. ", link("getEndpointSecret", "An endpoint's secret"), " signs what goes to it. All else is signed with the sender's, which comes with its first key and ", link("rotateSender", "can be replaced"), `: for ${formatDuration(ROTATION_OVERLAP_MS)} both secrets sign then.`)}
${told("Verify the bytes as they were received, before they are parsed. Delivery is at least once: remember `webhook-id`, and answer `2xx` without acting when it comes again.")}
${code(VERIFY)}`,
    },
    {
      id: "errors",
      title: "Errors",
      text: html`${told("Every refusal is a ", link(anchorOf("Problem"), "problem document"), " (RFC 9457). Read three of its fields. `retryable`: repeating this very call is safe and useful, after `retry-after`. `stored`: the message is kept and will be sent without another call, although this one failed. `errors`: everything that is wrong with the request, each with its path.")}
${told("Quote the `correlationId` when you ask about a call: it stands in the logs, in the message's history and in its deliveries (`x-correlation-id`). Send one of your own to find it again.")}`,
    },
  ];
}

/** A paragraph: texts, with code between backticks, and links. */
function told(...parts: ReadonlyArray<string | Html>): Html {
  return html`<p>${parts.map((part) => (typeof part === "string" ? withCode(part) : part))}</p>`;
}

function link(id: string, text: string): Html {
  return html`<a href="#${id}">${text}</a>`;
}

function code(text: string): Html {
  return html`<pre tabindex="0"><code>${text}</code></pre>`;
}
