/** What a program does with the package, whatever it runs on: it sends, reads page by page, is refused, and verifies. */
import { HomingClient, HomingError, VerificationError, verify } from "../index.ts";

export interface Surroundings {
  readonly url: string;
  readonly key: string;
  readonly target: string;
}

/** The example of Standard Webhooks. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const BODY = '{"test": 2432232314}';
const SIGNED_AT = 1_614_265_330;
const HEADERS = {
  "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
  "webhook-timestamp": String(SIGNED_AT),
  "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

/** Answers what came of each step. */
export async function exercise({ url, key, target }: Surroundings): Promise<string[]> {
  return [...(await talk(new HomingClient({ url, key }), target)), ...(await receive())];
}

async function talk(homing: HomingClient, targetUrl: string): Promise<string[]> {
  const senderId = `exercise-${crypto.randomUUID()}`;
  for (let order = 0; order < 3; order += 1) await homing.send({ targetUrl, senderId, body: { order } });
  const orders: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await homing.listPage({ senderId, limit: 1, cursor });
    for (const { messageId } of page.items) orders.push((await homing.get(messageId)).body);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return [`sent and read ${JSON.stringify(orders)}`, await refusal(homing)];
}

async function refusal(homing: HomingClient): Promise<string> {
  try {
    await homing.send({ targetUrl: "ftp://example.com" });
    return "not refused";
  } catch (error) {
    return error instanceof HomingError ? `refused: ${error.code}` : String(error);
  }
}

/** Also on its own, where no API can be reached. */
export async function receive(): Promise<string[]> {
  const now = () => SIGNED_AT * 1_000;
  const { webhookId } = await verify(SECRET, new Headers(HEADERS), BODY, { now });
  const changed = await verify(SECRET, HEADERS, `${BODY} `, { now }).then(
    () => "verified",
    (error: unknown) => (error instanceof VerificationError ? "not to be trusted" : String(error)),
  );
  return [`verified ${webhookId}`, `changed: ${changed}`];
}

/** By hand. */
export const EXPECTED_OF_RECEIVER = ["verified msg_p5jXN8AQM9LWM0D4loKWxJek", "changed: not to be trusted"];
export const EXPECTED = [
  'sent and read [{"order":2},{"order":1},{"order":0}]',
  "refused: VALIDATION_ERROR",
  ...EXPECTED_OF_RECEIVER,
];
