/**
 * The mutants: the system with one guard of the lifecycle taken out, each between the core and the store,
 * the queue or the clock it depends on. The model is worth something only if it catches every one of them.
 */
import { HOUR, SECOND } from "@homing/core/duration";
import { STATUSES } from "@homing/core/message/message";
import { carriesToken } from "@homing/core/message/transition";
import { SendError } from "@homing/core/queue/message-queue";
import { believingInALongerLease, byMonotonicTimeAlone, changing, OUTCOMES, without } from "./changing.ts";
import type { Mutant } from "./simulate/mutant.ts";
import { overriding } from "./simulate/overriding.ts";

export const MUTANTS: readonly Mutant[] = [
  {
    name: "G1",
    removes: "a copy starts whatever attempt is next, not the one it names",
    store: changing(["claim"], (transition, current) => ({
      ...transition,
      when: { status: transition.when.status },
      set: { ...transition.set, attempt: (current?.attempt ?? 0) + 1 },
    })),
  },
  {
    name: "G1'",
    removes: "a copy is taken only if it is of the latest send",
    store: (store, { records }) =>
      overriding(store, {
        apply: (messageId, transition, withinMs) => {
          if (transition.name !== "claim") return store.apply(messageId, transition, withinMs);
          const copy = records.find((record) => record.messageId === messageId);
          const { sendId } = JSON.parse(copy?.body ?? "{}") as { sendId: string };
          return store.apply(messageId, { ...transition, when: { ...transition.when, sendId } }, withinMs);
        },
      }),
  },
  {
    name: "G2",
    removes: "a PENDING message cannot be claimed",
    store: changing(["claim"], (transition) => ({
      ...transition,
      when: { ...transition.when, status: ["QUEUED"] },
    })),
  },
  {
    name: "G3 rollback",
    removes: "a rollback forgets notBefore",
    store: changing(["rollback"], (transition) => ({
      ...transition,
      remove: [...transition.remove, "notBefore"],
    })),
  },
  {
    name: "G3 orphaning",
    removes: "orphaning forgets notBefore",
    store: changing(["orphan"], (transition) => ({
      ...transition,
      remove: [...transition.remove, "notBefore"],
    })),
  },
  {
    name: "G3 delay",
    removes: "copies are sent without the delay that is left",
    queue: (queue) => ({
      send: (copies, timeoutMs) =>
        queue.send(
          copies.map((copy) => ({ ...copy, delaySeconds: 0 })),
          timeoutMs,
        ),
      depth: () => queue.depth(),
      deadLetters: () => queue.deadLetters(),
    }),
  },
  {
    name: "G4",
    removes: "the queue deadline counts from the send, not from when the copy becomes visible",
    store: changing(["enqueue"], (transition, current, { now }) => {
      const { dueAt } = transition.set;
      if (dueAt === undefined) return transition;
      const delayMs = Math.max(0, (current?.notBefore ?? 0) - now());
      return { ...transition, set: { ...transition.set, dueAt: dueAt - delayMs } };
    }),
  },
  {
    name: "G5",
    removes: "enqueueing does not require the revision that was read",
    store: without(["enqueue"], "revision"),
  },
  {
    name: "G6",
    removes: "a rollback undoes whichever send is the latest",
    store: without(["rollback"], "sendId"),
  },
  {
    name: "G7",
    removes: "all sends of a message carry the same sendId",
    store: (store) =>
      overriding(store, {
        apply: (messageId, transition, withinMs) => {
          const sendId = `send-of-${messageId}`;
          if (transition.name === "enqueue") {
            return store.apply(
              messageId,
              { ...transition, token: { attribute: "sendId", value: sendId } },
              withinMs,
            );
          }
          const when = transition.name === "rollback" ? { ...transition.when, sendId } : transition.when;
          return store.apply(messageId, { ...transition, when }, withinMs);
        },
      }),
  },
  {
    name: "G8",
    removes: "orphaning does not require the sendId that was read",
    store: without(["orphan"], "sendId"),
  },
  {
    name: "G9",
    removes: "the end of a lease requires neither the claim that was read nor that its lease is over",
    store: without(["leaseOver"], "claimId", "leaseOverAt"),
  },
  {
    name: "G9 takeover",
    removes: "a takeover requires neither the claim that was read nor that its lease is over",
    store: without(["takeOver"], "claimId", "leaseOverAt", "attempt"),
  },
  {
    name: "G10",
    removes: "an outcome is written under whichever claim",
    store: without(OUTCOMES, "claimId"),
  },
  {
    name: "G11",
    removes: "an outcome is written whatever the status",
    store: without(OUTCOMES, "status"),
  },
  {
    name: "G12",
    removes: "a manual retry begins to count attempts anew",
    store: changing(["manualRetry"], (transition, current) => ({
      ...transition,
      set: {
        ...transition.set,
        attempt: 0,
        attemptLimit: (transition.set.attemptLimit ?? 0) - (current?.attempt ?? 0),
      },
    })),
  },
  {
    name: "G13",
    removes: "a request leaves however little of the lease is left",
    ...believingInALongerLease(HOUR),
  },
  {
    name: "G13 margin",
    removes: "a request leaves although its lease outlasts it by less than a second",
    ...believingInALongerLease(SECOND),
  },
  {
    name: "G13 frozen",
    removes:
      "a lease is counted by the monotonic clock alone, which stands still while the process is frozen",
    clock: byMonotonicTimeAlone,
  },
  {
    name: "G13 set back",
    removes: "a lease is counted by the time of day alone, which may be set back",
    clock: (clock, role) => (role === "worker" ? { now: () => clock.now(), monotonic: () => 0 } : clock),
  },
  {
    name: "G14 attempt",
    removes: "a dead letter of any attempt counts as the present copy",
    deadLetter: (record) => ({ ...record, body: "{" }),
    store: without(["deadLetter", "returnDeadLettered"], "attempt"),
  },
  {
    name: "G14 status",
    removes: "a dead letter moves its message whatever the status",
    store: (store, context) => {
      if (context.role !== "deadLetters") return store;
      const unguarded = without(
        ["deadLetter", "returnDeadLettered"],
        "attempt",
        "status",
        "revision",
      )(store, context);
      return overriding(unguarded, {
        get: async (messageId) => {
          const message = await store.get(messageId);
          return message && { ...message, status: "QUEUED" };
        },
      });
    },
    deadLetter: (record) => ({ ...record, body: "{" }),
  },
  {
    name: "resolved",
    removes: "a failure is resolved whatever has become of its message since it was read",
    store: changing(["resolve"], (transition) => ({ ...transition, when: { status: STATUSES } })),
  },
  {
    name: "G15",
    removes: "a refused claim counts as one's own if the attempt is the one it wanted",
    store: (store) =>
      overriding(store, {
        apply: async (messageId, transition, withinMs) => {
          const result = await store.apply(messageId, transition, withinMs);
          const { message } = result;
          const looksOwn =
            transition.name === "claim" &&
            message?.status === "PROCESSING" &&
            message.attempt === transition.set.attempt;
          if (result.applied || !looksOwn) return result;
          return { applied: true, message: { ...message, claimId: transition.token.value } };
        },
      }),
  },
  {
    name: "G16",
    removes: "a lease that is over does not spend the last attempt",
    store: changing(["leaseOver"], (transition, _current, { now }) => {
      if (transition.set.status !== "FAILED" || transition.entry === undefined) return transition;
      return {
        ...transition,
        set: {
          status: "PENDING",
          pendingReason: "LEASE_EXPIRED",
          dueAt: now(),
          unknowns: transition.set.unknowns ?? 1,
        },
        remove: ["leaseUntil"],
        entry: { ...transition.entry, to: "PENDING", reason: "LEASE_EXPIRED" },
        listGroup: "LIVE",
      };
    }),
  },
  {
    name: "G17 deadline",
    removes: "the queue deadline does not double",
    store: changing(["enqueue"], (transition, current, { now, settings }) => ({
      ...transition,
      set: {
        ...transition.set,
        dueAt: Math.max(now(), current?.notBefore ?? 0) + settings.queueDeadlineMs,
      },
    })),
  },
  {
    name: "G17 backoff",
    removes: "a message that was rolled back is due at once",
    store: changing(["rollback"], (transition, _current, { now }) => ({
      ...transition,
      set: { ...transition.set, dueAt: now() },
    })),
  },
  {
    name: "first payload",
    removes: "a payload replaces the one that is there",
    backend: (store) =>
      overriding(store, {
        putPayloadIfAbsent: async (owner, payload, expiresAt) => {
          await store.putPayload(owner, payload, expiresAt);
          return payload;
        },
      }),
  },
  {
    name: "stored payload",
    removes: "a repetition that resumes a message sends its own bytes, not the stored ones",
    store: (store, { role }) =>
      role !== "producer"
        ? store
        : overriding(store, {
            getPayload: async () => undefined,
            putPayloadIfAbsent: async (owner, payload, expiresAt) => {
              await store.putPayloadIfAbsent(owner, payload, expiresAt);
              return payload;
            },
          }),
  },
  {
    name: "own writes",
    removes: "a repeated write does not recognise itself",
    backend: (store) =>
      overriding(store, {
        apply: async (messageId, transition, withinMs) => {
          const before = await store.get(messageId);
          const result = await store.apply(messageId, transition, withinMs);
          const isRepeated = result.applied && carriesToken(before, transition.token);
          return isRepeated ? { applied: false, message: result.message } : result;
        },
      }),
  },
  {
    name: "kept payload",
    removes: "a manual retry does not make the payload live longer",
    store: (store) =>
      overriding(store, { keepPayload: async (owner) => (await store.getPayload(owner)) !== undefined }),
  },
  {
    name: "thawed secrets",
    removes:
      "remembered secrets age by the monotonic clock alone, which stands still while the process is frozen",
    cacheClock: (clock) => byMonotonicTimeAlone(clock, "worker"),
  },
  {
    name: "old secret",
    removes: "a rotation ends the old secret at once",
    senders: (senders) => ({
      getSender: async (senderId) => {
        const sender = await senders.getSender(senderId);
        return sender && { ...sender, rotatedAt: [] };
      },
    }),
  },
  {
    name: "company",
    removes: "a request that is refused as a whole counts against each of its copies",
    queue: (queue) => ({
      send: async (copies, timeoutMs) => {
        const answers = await queue.send(copies, timeoutMs);
        return answers.map((error) =>
          error?.blames === "unknown"
            ? new SendError("QUEUE_REJECTED_CONTENT", false, error.errorName)
            : error,
        );
      },
      depth: () => queue.depth(),
      deadLetters: () => queue.deadLetters(),
    }),
  },
  {
    name: "time left",
    removes: "a worker does not know how much of its time is left",
    remainingMs: () => 30 * SECOND,
  },
  {
    name: "reconciler",
    removes: "there is no reconciler",
    withoutReconciler: true,
  },
  {
    name: "re-read",
    removes: "the reconciler believes its index, which is a minute old, and does not read the messages",
    store: (store, { role, ledger, now }) =>
      role === "reconciler"
        ? overriding(store, {
            getMany: async (messageIds) =>
              ledger.statesAt(now() - 60_000).filter(({ messageId }) => messageIds.includes(messageId)),
          })
        : store,
  },
];
