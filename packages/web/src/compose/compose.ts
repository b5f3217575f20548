/** A new message that begins as a copy of another, as text: what is not edited loses no digit. */
import { ApiError } from "../api/api-error.ts";
import { compactJson } from "../api/exact-json.ts";
import type { ShownMessage } from "../api/messages.ts";
import type { Pair } from "../endpoint-form/form-values.ts";

export interface Draft {
  readonly senderId: string;
  readonly method: string;
  readonly targetUrl: string;
  readonly headers: readonly Pair[];
  /** Empty: none. */
  readonly body: string;
  readonly isJson: boolean;
  readonly metadata: Readonly<Record<string, string>> | undefined;
}

/** What the API shows in place of a value that may be secret. */
const HIDDEN_VALUE = "***";

export function draftOf({ message, bodyText = "", bodyIsString }: ShownMessage): Draft {
  return {
    senderId: message.senderId,
    method: message.method ?? "POST",
    targetUrl: message.targetUrl ?? "",
    headers: Object.entries(message.headers ?? {}).map(([name, value], id) =>
      value === HIDDEN_VALUE ? { id, name, value: "", isHidden: true } : { id, name, value, isHidden: false },
    ),
    body: bodyText,
    isJson: !bodyIsString,
    metadata: message.metadata,
  };
}

export type DraftErrors = Partial<Record<"targetUrl" | "method" | "headers" | "body", readonly string[]>>;

/** What the API could not tell. */
export function errorsIn({ headers, body, isJson }: Draft): DraftErrors {
  const hidden = headers.filter(({ isHidden, value }) => isHidden && value === "");
  return {
    ...(hidden.length > 0
      ? { headers: hidden.map(({ name }) => `${name}: not shown, so it has to be typed again, or removed`) }
      : {}),
    ...(isJson && body.trim() !== "" && !isJsonText(body) ? { body: ["This is not JSON"] } : {}),
  };
}

/** The API's refusal, by field; undefined if it speaks of anything else. */
export function errorsOf(error: unknown): DraftErrors | undefined {
  const errors = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  const found: Record<string, string[]> = {};
  for (const { path, message } of errors) {
    const [field = "", ...rest] = path.split(".");
    if (!["targetUrl", "method", "headers", "body"].includes(field)) return undefined;
    found[field] = [...(found[field] ?? []), [rest.join("."), message].filter(Boolean).join(": ")];
  }
  return errors.length > 0 ? found : undefined;
}

/** The document of the call that sends it. */
export function documentOf({ body, isJson, headers, metadata, ...given }: Draft): string {
  const filled = headers.filter(({ name, value }) => name.trim() !== "" || value !== "");
  const envelope = JSON.stringify({
    ...given,
    targetUrl: given.targetUrl.trim(),
    headers: Object.fromEntries(filled.map(({ name, value }) => [name.trim(), value])),
    ...(metadata ? { metadata } : {}),
  });
  if (body === "" || (isJson && body.trim() === "")) return envelope;
  return `${envelope.slice(0, -1)},"body":${isJson ? compactJson(body) : JSON.stringify(body)}}`;
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
