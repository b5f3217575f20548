import type { Attempt, AttemptDecisionRecord, AttemptOutcome } from "../message/message.ts";
import type { RequestResult } from "./http-client.ts";

/** What a first attempt that succeeded keeps: it is written with the message, at the message's own price. */
const FIRST_ATTEMPT_BODY_BYTES = 256;
const FIRST_ATTEMPT_HEADER_BYTES = 512;

const OUTCOMES: Record<AttemptDecisionRecord["action"], AttemptOutcome> = {
  COMPLETE: "SUCCEEDED",
  RETRY: "RETRY",
  FAIL: "FAILED",
};

interface AttemptFacts {
  readonly number: number;
  readonly claimId: string;
  readonly targetUrl?: string;
  readonly startedAt: number;
  readonly result: RequestResult;
  readonly decision: AttemptDecisionRecord;
}

/** The attempt as it is stored and shown. */
export function attemptRecord({
  number,
  claimId,
  targetUrl,
  startedAt,
  result,
  decision,
}: AttemptFacts): Attempt {
  const { rule, action, explanation, nextAttemptAt } = decision;
  return {
    number,
    claimId,
    ...(targetUrl === undefined ? {} : { targetUrl }),
    outcome: OUTCOMES[action],
    startedAt,
    durationMs: Math.round(result.durationMs),
    ...(result.kind === "response"
      ? {
          responseStatus: result.status,
          responseHeaders: result.headers,
          responseBody: result.body,
          responseTruncated: result.truncated !== undefined,
          ...(result.truncated === undefined ? {} : { truncationReason: result.truncated }),
        }
      : { errorCode: rule === "EXPIRED" ? rule : result.code }),
    decision: { rule, action, explanation, ...(nextAttemptAt === undefined ? {} : { nextAttemptAt }) },
  };
}

/** A successful first attempt, shortened to what the message item can afford. */
export function firstAttemptRecord(attempt: Attempt): Attempt {
  const { responseBody, responseHeaders, targetUrl: _, ...rest } = attempt;
  const body = responseBody === undefined ? undefined : cutUtf8(responseBody, FIRST_ATTEMPT_BODY_BYTES);
  const wasCut = body !== responseBody;
  return {
    ...rest,
    ...(responseHeaders === undefined ? {} : { responseHeaders: firstHeaders(responseHeaders) }),
    ...(body === undefined ? {} : { responseBody: body }),
    ...(wasCut ? { responseTruncated: true, truncationReason: rest.truncationReason ?? "SIZE" } : {}),
  };
}

/** At most `maxBytes` of UTF-8, never half a character. */
export function cutUtf8(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  // Continuation bytes are 10xxxxxx: step back to where a character begins.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}

function firstHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept: Record<string, string> = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    bytes += name.length + value.length;
    if (bytes > FIRST_ATTEMPT_HEADER_BYTES) break;
    kept[name] = value;
  }
  return kept;
}
