/** A transition as one `UpdateItem`: the condition, and what changes. */
import type { AttributeValue, UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { HOLD_REASONS, isFinished } from "@homing/core/message/message";
import { shardOf } from "@homing/core/message/message-id";
import type { Condition, Transition } from "@homing/core/message/transition";
import { encodeFirstAttempt } from "./first-attempt.ts";
import { READABLE_FORMAT, readableCondition } from "./item-format.ts";
import {
  dueShardKey,
  encodeAttribute,
  encodeEntry,
  encodeHistory,
  messageKey,
  shardKey,
} from "./message-item.ts";

export function transitionUpdate(
  tableName: string,
  messageId: string,
  transition: Transition,
  { shards, now }: { readonly shards: number; readonly now: number },
): UpdateItemCommandInput {
  const shard = shardOf(messageId, shards);
  const expression = new Expression();
  const condition = conditionOf(transition.when, expression, now);
  const { firstAttempt, ...plain } = transition.set;
  const sets = Object.entries(plain)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => expression.assign(name, encodeAttribute(name, value)));
  if (firstAttempt) {
    const { claimId } = transition.when;
    sets.push(expression.assign("firstAttempt", { S: encodeFirstAttempt(firstAttempt, claimId) }));
  }
  const removes = transition.remove.map((name) => expression.name(name));

  sets.push(expression.assign(transition.token.attribute, { S: transition.token.value }));
  // The due index is sparse: its shard comes and goes with `dueAt`.
  if (transition.set.dueAt !== undefined) sets.push(expression.assign("dueShard", dueShardKey(shard)));
  if (transition.remove.includes("dueAt")) removes.push(expression.name("dueShard"));
  const { listGroup, attention } = transition;
  if (listGroup) sets.push(expression.assign("listKey", shardKey(listGroup, shard)));
  if (attention) sets.push(expression.assign("attentionKey", shardKey(attention, shard)));
  if (attention === null) removes.push(expression.name("attentionKey"));
  if (transition.entry) sets.push(...historySets(transition, transition.entry, expression));

  return {
    TableName: tableName,
    Key: messageKey(messageId),
    ConditionExpression: condition,
    UpdateExpression: `SET ${sets.join(", ")}${removes.length > 0 ? ` REMOVE ${removes.join(", ")}` : ""}`,
    ExpressionAttributeNames: expression.names,
    ExpressionAttributeValues: expression.values,
    ReturnValues: "ALL_NEW",
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  };
}

function conditionOf(when: Condition, expression: Expression, now: number): string {
  const status = expression.name("status");
  const statuses = when.status.map((one) => expression.value({ S: one }));
  const parts = [
    "attribute_exists(pk)",
    readableCondition(expression.name("format"), expression.value({ N: String(READABLE_FORMAT) })),
    statuses.length === 1 ? `${status} = ${statuses[0]}` : `${status} IN (${statuses.join(", ")})`,
  ];
  if (when.revision !== undefined) parts.push(expression.equals("revision", { N: String(when.revision) }));
  if (when.sendId !== undefined) parts.push(expression.equals("sendId", { S: when.sendId }));
  if (when.claimId !== undefined) parts.push(expression.equals("claimId", { S: when.claimId }));
  if (when.attempt !== undefined) parts.push(expression.equals("attempt", { N: String(when.attempt) }));
  if (when.leaseOverAt !== undefined) {
    parts.push(`${expression.name("leaseUntil")} <= ${expression.value({ N: String(when.leaseOverAt) })}`);
  }
  if (when.attemptsLeft) parts.push(`${expression.name("attempt")} < ${expression.name("attemptLimit")}`);
  if (when.waitsForTurn !== undefined) {
    const test = when.waitsForTurn ? "attribute_exists" : "attribute_not_exists";
    parts.push(`${test}(${expression.name("waitsForTurn")})`);
  }
  if (when.slotAt !== undefined) parts.push(expression.equals("slotAt", { N: String(when.slotAt) }));
  // An attribute that is absent differs from every value.
  if (when.notForcedAttempt !== undefined)
    parts.push(expression.differs("forcedAttempt", { N: String(when.notForcedAttempt) }));
  if (when.notHeld)
    parts.push(...HOLD_REASONS.map((reason) => expression.differs("pendingReason", { S: reason })));
  // Only finished messages expire; DynamoDB deletes them some days late, and until then they count as absent.
  if (when.status.some(isFinished)) {
    parts.push(`${expression.name("expiresAt")} > ${expression.value({ N: String(now / 1_000) })}`);
  }
  return parts.join(" AND ");
}

function historySets(
  transition: Transition,
  entry: NonNullable<Transition["entry"]>,
  expression: Expression,
): string[] {
  const revision = expression.name("revision");
  const history = expression.name("history");
  const sets = [`${revision} = ${revision} + ${expression.value({ N: "1" })}`];
  const { rewrittenHistory } = transition;
  if (rewrittenHistory) {
    sets.push(expression.assign("history", encodeHistory(rewrittenHistory.history)));
    sets.push(expression.assign("historyOmitted", { N: String(rewrittenHistory.omitted) }));
  } else {
    const list: AttributeValue = { L: [{ S: encodeEntry(entry) }] };
    sets.push(`${history} = list_append(${history}, ${expression.value(list)})`);
  }
  return sets;
}

/** Placeholders: `#0` for names (many of ours are reserved words), `:0` for values. */
class Expression {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, AttributeValue> = {};
  readonly #byName = new Map<string, string>();

  name(attribute: string): string {
    const known = this.#byName.get(attribute);
    if (known) return known;
    const placeholder = `#${this.#byName.size}`;
    this.#byName.set(attribute, placeholder);
    this.names[placeholder] = attribute;
    return placeholder;
  }

  value(value: AttributeValue): string {
    const placeholder = `:${Object.keys(this.values).length}`;
    this.values[placeholder] = value;
    return placeholder;
  }

  equals(attribute: string, value: AttributeValue): string {
    return `${this.name(attribute)} = ${this.value(value)}`;
  }

  differs(attribute: string, value: AttributeValue): string {
    return `${this.name(attribute)} <> ${this.value(value)}`;
  }

  assign(attribute: string, value: AttributeValue): string {
    return this.equals(attribute, value);
  }
}
