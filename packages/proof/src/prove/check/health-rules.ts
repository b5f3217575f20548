/** What may be told of an endpoint's health, and when it may be disabled for it: by hand from the design. */
import type { AnnouncedType } from "@homing/core/endpoint/announcement";
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import { announcementEventId } from "../simulate/event-ledger.ts";
import type { Ledger } from "../simulate/ledger.ts";

interface HealthWrite {
  readonly before: Endpoint | undefined;
  readonly after: Endpoint;
  readonly process: string;
}

/** What is wrong with a change of an endpoint; undefined if nothing is. */
export function wrongHealth(write: HealthWrite, ledger: Ledger): string | undefined {
  const { before, after, process } = write;
  if (before === undefined) return undefined;
  const isDisabled = after.state === "DISABLED" && before.state !== "DISABLED";
  return (
    (isDisabled && after.stateReason === "FAILING" ? wrongDisabling(write, ledger) : undefined) ??
    wrongTelling(before, after, process) ??
    wrongForgetting(before, after, ledger)
  );
}

/** E9: no attempt has succeeded since `failingSince` that whoever looked before could have seen. */
function wrongDisabling({ before, after, process }: HealthWrite, ledger: Ledger): string | undefined {
  const failingSince = before?.failingSince;
  if (failingSince === undefined) return "an endpoint is disabled that does not fail";
  const lookedAt = ledger.fanOut.looks.get(process);
  if (lookedAt === undefined) return "an endpoint is disabled without a last look at its messages";
  const succeeded = ledger.writes.some(
    ({ at, after: message }) =>
      message.endpointId === after.endpointId &&
      message.status === "COMPLETED" &&
      (message.finishedAt ?? 0) >= failingSince &&
      at < lookedAt,
  );
  return succeeded ? "an endpoint is disabled although an attempt has succeeded since it fails" : undefined;
}

/** Each change, once, in the same write. */
function wrongTelling(before: Endpoint, after: Endpoint, process: string): string | undefined {
  const isNew = (one: { readonly type: string; readonly at: number }) =>
    !(before.announce ?? []).some(({ type, at }) => type === one.type && at === one.at);
  const told = (after.announce ?? []).filter(isNew).map(({ type }) => type);
  // Whoever tells operators is not told of.
  if (after.senderId.startsWith("homing."))
    return told.length > 0 ? "operators are told of themselves" : undefined;
  const expected = (type: AnnouncedType, isDue: boolean) =>
    told.filter((one) => one === type).length === (isDue ? 1 : 0)
      ? undefined
      : `${type} is ${isDue ? "not " : ""}announced with a change that is ${isDue ? "" : "not "}one`;
  const isByItself = after.stateReason === "FAILING" || after.stateReason === "GONE";
  // A person who moves or activates it knows of that.
  const isLifted = before.gate !== undefined && after.gate === undefined && process.startsWith("operator");
  const isByHand = before.url !== after.url || before.state !== after.state || isLifted;
  return (
    expected("endpoint.disabled", isByItself && after.state === "DISABLED" && before.state !== "DISABLED") ??
    expected("endpoint.failing", after.failingAnnounced === true && !before.failingAnnounced) ??
    expected("endpoint.recovered", before.failingAnnounced === true && !after.failingAnnounced && !isByHand)
  );
}

/** Only what is stored as an event may be forgotten, if anybody wants to be told of it. */
function wrongForgetting(before: Endpoint, after: Endpoint, { fanOut }: Ledger): string | undefined {
  const left = new Set((after.announce ?? []).map((one) => announcementEventId(after, one)));
  const forgotten = (before.announce ?? [])
    .map((one) => announcementEventId(before, one))
    .filter((eventId) => !left.has(eventId));
  return fanOut.tellsOperators() && forgotten.some((eventId) => !fanOut.state(eventId))
    ? "what was to be announced is forgotten before its event is stored"
    : undefined;
}
