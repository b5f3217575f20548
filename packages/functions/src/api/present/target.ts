/** Targets as the API shows them. */
import { formatTimestamp } from "@homing/core/message/timestamp";
import type { TargetHealth } from "@homing/core/stats/target-health";
import type { Targets } from "@homing/core/stats/targets";
import type { TargetList, TargetView } from "../answers/target.ts";
import { compact, time } from "./fields.ts";

export function presentTargets({ items, omitted, basis }: Targets): TargetList {
  return {
    items: items.map(presentTarget),
    omitted,
    basis: { ...basis, since: formatTimestamp(basis.since), capped: [...basis.capped] },
  };
}

function presentTarget({ endpoint, failingSince, lastAttempt, ...target }: TargetHealth): TargetView {
  const { succeeded, failed } = target.attempts;
  const ended = succeeded + failed;
  return compact({
    ...target,
    senderId: endpoint?.senderId,
    failingSince: time(failingSince),
    lastAttempt: lastAttempt && { ...lastAttempt, at: formatTimestamp(lastAttempt.at) },
    successRate: ended === 0 ? undefined : Math.round((succeeded / ended) * 10_000) / 10_000,
  });
}
