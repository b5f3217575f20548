/** One request to the API: the key in, an ApiError for every answer that is not a success. */
import { noteServerTime } from "../ui/clock.ts";
import { ApiError, type Problem } from "./api-error.ts";
import { currentKey, refuse } from "./session.ts";

const TIMEOUT_MS = 30_000;

/**
 * `fetch` with the session's key (unless the caller brings one) and a time limit.
 *
 * @throws ApiError for every other status than 2xx, and with status 0 if no answer came.
 */
export async function send(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  const key = currentKey();
  if (key !== undefined && !headers.has("authorization")) headers.set("authorization", `Bearer ${key}`);
  const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), ...(init.signal ? [init.signal] : [])]);

  const response = await fetch(input, { ...init, headers, signal, credentials: "omit" }).catch((cause) => {
    // Asked to stop: not a failure of the API.
    if (init.signal?.aborted) throw cause;
    throw new ApiError(0, {}, undefined, cause);
  });
  noteServerTime(response.headers.get("date"));
  if (response.ok) return wholeAnswer(response, init.signal);
  if (response.status === 401 && key !== undefined) refuse(key);
  const retryAfterSeconds = Number(response.headers.get("retry-after"));
  throw new ApiError(
    response.status,
    await readProblem(response),
    retryAfterSeconds > 0 ? retryAfterSeconds * 1_000 : undefined,
  );
}

/** All of an answer, or none: one that breaks off, or that is not Homing's, is no answer. */
async function wholeAnswer(response: Response, signal: AbortSignal | null | undefined): Promise<Response> {
  try {
    const text = await response.text();
    JSON.parse(text);
    return new Response(text, { status: response.status, headers: response.headers });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, {}, undefined, cause);
  }
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return {};
  }
}
