import { ApiError } from "../api/api-error.ts";
import { type FormValues, type Pair, rateLimitIn, wordsIn } from "./form-values.ts";

export const FIELDS = [
  "senderId",
  "url",
  "description",
  "eventTypes",
  "channels",
  "rateLimit",
  "headers",
  "metadata",
  "secret",
] as const;
export type Field = (typeof FIELDS)[number];
export type FieldMessages = Partial<Record<Field, readonly string[]>>;

/** What the API cannot tell, because it would never see it: a name of two pairs, a value without a name. */
export function errorsIn(values: FormValues): FieldMessages {
  const { headers, metadata, rateLimit } = values;
  const isLimit = rateLimit.trim() === "" || rateLimitIn(rateLimit) !== undefined;
  return {
    ...messages("rateLimit", isLimit ? [] : ["It is no number and period, such as 100/1m"]),
    ...messages(
      "headers",
      pairErrors(headers, (name) => name.toLowerCase()),
    ),
    ...messages(
      "metadata",
      pairErrors(metadata, (name) => name),
    ),
  };
}

function pairErrors(pairs: readonly Pair[], sameAs: (name: string) => string): readonly string[] {
  const names = pairs.map(({ name }) => name.trim());
  const keys = names.map(sameAs);
  const twice = names.filter((name, i) => name !== "" && keys.indexOf(sameAs(name)) !== i);
  const nameless = pairs.some(({ name, value }) => name.trim() === "" && value !== "");
  return [
    ...[...new Set(twice)].map((name) => `${name} is there twice`),
    ...(nameless ? ["A value has no name"] : []),
  ];
}

function messages(field: Field, list: readonly string[]): FieldMessages {
  return list.length > 0 ? { [field]: list } : {};
}

/** The API's refusal, by field; undefined if it is none that speaks of the fields of this form alone. */
export function errorsOf(error: unknown, values: FormValues): FieldMessages | undefined {
  const errors = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  if (errors.length === 0) return undefined;
  const found: Partial<Record<Field, string[]>> = {};
  for (const { path, message } of errors) {
    const dot = path.indexOf(".");
    const name = dot < 0 ? path : path.slice(0, dot);
    const field = FIELDS.find((one) => one === name);
    if (field === undefined) return undefined;
    const part = dot < 0 ? "" : partOf(field, path.slice(dot + 1), values);
    const list = found[field] ?? [];
    list.push(part ? `${part}: ${message}` : capital(message));
    found[field] = list;
  }
  return found;
}

/** Which of a field's words or pairs is meant. */
function partOf(field: Field, rest: string, values: FormValues): string {
  if (field !== "eventTypes" && field !== "channels") return rest;
  return wordsIn(values[field])[Number(rest)] ?? rest;
}

function capital(text: string): string {
  return text[0]?.toUpperCase() + text.slice(1);
}
