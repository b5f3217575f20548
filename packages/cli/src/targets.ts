import type { TargetList, TargetView } from "@homing/client/source/types";
import { command, noArguments } from "./command.ts";
import type { Cell } from "./output.ts";
import { EXIT } from "./terminal.ts";

export const targets = command({
  summary: "Show how each host and endpoint fares, the failing ones first",
  usage: "homing targets [--sender S]",
  options: { sender: { type: "string" } },
  explanations: ["--sender S        of what this sender sends"],
  run: async ({ client, terminal, values, positionals, json, show, showAll, note }) => {
    noArguments(positionals);
    const found = await client.targets({ senderId: values.sender, signal: terminal.signal });
    if (json) show(found, () => []);
    else {
      await showAll(found.items, targetCells);
      note(basisText(found));
    }
    return EXIT.done;
  },
});

function targetCells(target: TargetView): Cell[] {
  const { health, failingSince, failures, firstAttempt, failed, retrying } = target;
  const isFailing = health === "FAILING";
  return [
    stateCell(target),
    target.target ?? "",
    target.endpointId ?? "",
    rateText(target),
    firstAttempt ? `${firstAttempt.p50Ms} ms, 95% in ${firstAttempt.p95Ms} ms` : "",
    failed + retrying === 0 ? "" : `${failed} failed, ${retrying} to repeat`,
    isFailing && failingSince
      ? `since ${failingSince.replace("T", " ").slice(0, 19)}, ${failures} in a row`
      : "",
    lastText(target),
  ];
}

/** One failure does not make it a failing one, but it is not all well either. */
function stateCell({ health, failures }: TargetView): Cell {
  if (health === "FAILING") return { text: health, style: "red" };
  return failures > 0 ? { text: "LAST FAILED", style: "yellow" } : { text: health, style: "green" };
}

function rateText({ successRate, attempts: { succeeded, failed } }: TargetView): string {
  return successRate === undefined ? "" : `${(successRate * 100).toFixed(1)}% of ${succeeded + failed}`;
}

function lastText({ lastAttempt }: TargetView): string {
  if (lastAttempt === undefined) return "";
  const { responseStatus, errorCode, outcome } = lastAttempt;
  return `last ${responseStatus ?? errorCode ?? outcome}`;
}

/** Nobody should take it for the whole. */
function basisText({ omitted, basis: { messages, since, failed, retrying } }: TargetList): string {
  const more = omitted > 0 ? `${omitted} more, none of them worse. ` : "";
  const beside =
    failed + retrying > 0 ? `, and ${failed + retrying} older that failed or are to be repeated` : "";
  return `${more}Told of the newest ${messages} messages since ${since.slice(0, 19)}Z${beside}.`;
}
