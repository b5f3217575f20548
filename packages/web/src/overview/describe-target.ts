/** What is known of a target, in words, and where its messages are. */
import type { Target } from "../api/types.ts";
import { filterSearch } from "../messages/filter.ts";
import { spellDuration } from "../ui/times.ts";
import { scopeSearch } from "./period.ts";

const ERRORS: Readonly<Record<string, string>> = {
  TIMEOUT: "no answer in time",
  CONNECTION_REFUSED: "connection refused",
  CONNECTION_RESET: "connection broken off",
  DNS_FAILED: "name not found",
  TLS_FAILED: "no secure connection",
  NETWORK_ERROR: "no way there",
  INVALID_RESPONSE: "unreadable answer",
  INVALID_REQUEST: "cannot be sent",
  TARGET_NOT_ALLOWED: "address not allowed",
};

const STATUSES: Readonly<Record<number, string>> = {
  400: "bad request",
  401: "unauthorized",
  403: "forbidden",
  404: "not found",
  405: "method not allowed",
  408: "request timeout",
  409: "conflict",
  410: "gone",
  413: "too large",
  415: "unsupported type",
  422: "not processable",
  429: "too many requests",
  500: "server error",
  502: "bad gateway",
  503: "unavailable",
  504: "gateway timeout",
};

/** "503 unavailable", "no answer in time". */
export function lastInWords({ lastAttempt }: Pick<Target, "lastAttempt">): string {
  if (lastAttempt === undefined) return "no attempt yet";
  const { responseStatus, errorCode, outcome } = lastAttempt;
  if (responseStatus !== undefined)
    return [responseStatus, STATUSES[responseStatus]].filter(Boolean).join(" ");
  if (errorCode !== undefined) return ERRORS[errorCode] ?? errorCode;
  return outcome === "SUCCEEDED" ? "delivered" : "no answer";
}

/** "99.2%"; never 100% while one has failed, nor 0% while one has succeeded. */
export function rateInWords({ successRate }: Pick<Target, "successRate">): string {
  if (successRate === undefined) return "–";
  const percent = successRate * 100;
  if (percent > 99.9 && percent < 100) return "99.9%";
  if (percent > 0 && percent < 0.1) return "0.1%";
  return `${percent.toFixed(percent === 100 || percent === 0 ? 0 : 1)}%`;
}

/** "84 ms / 410 ms": half of the first attempts that succeeded, and 95 of a hundred. */
export function timesInWords({ firstAttempt }: Pick<Target, "firstAttempt">): string {
  if (firstAttempt === undefined) return "–";
  return `${spellDuration(firstAttempt.p50Ms)} / ${spellDuration(firstAttempt.p95Ms)}`;
}

/** Where what goes there is listed: what needs somebody first. */
export function listOf(target: Pick<Target, "target" | "endpointId" | "failed" | "retrying">): string {
  const { endpointId, failed, retrying } = target;
  if (endpointId !== undefined) return `/endpoints/${endpointId}`;
  const tab = failed > 0 ? "failed" : retrying > 0 ? "waiting" : "all";
  return `/messages${filterSearch({ tab, ...(target.target ? { target: target.target } : {}) })}`;
}

/** Its charts, over a day. */
export function chartsOf({ target, endpointId }: Pick<Target, "target" | "endpointId">): string {
  const which = endpointId ? { endpoint: endpointId } : target ? { target } : {};
  return `/${scopeSearch({ period: "day", ...which })}`;
}
