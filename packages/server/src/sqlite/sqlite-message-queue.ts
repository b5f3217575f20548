/**
 * The queue on SQLite, and the end of it that deliveries are fed from. A copy is a row until it is done with; which of
 * them are in progress is known to this process alone, the only one on the file: a copy that is handed out costs no
 * write. What a process before had in progress is handed out again at once, its claims ended: it lives no more.
 */
import type { StatementSync } from "node:sqlite";
import type { Clock } from "@homing/core/clock";
import { isLeaseOver } from "@homing/core/message/claims";
import type { Message } from "@homing/core/message/message";
import { newToken } from "@homing/core/message/message-id";
import { copyAttributes } from "@homing/core/queue/copy-attributes";
import { HandedCopies } from "@homing/core/queue/handed-copies";
import {
  type MessageQueue,
  type OutgoingCopy,
  type QueueDepth,
  SendError,
} from "@homing/core/queue/message-queue";
import type { QueueRecord } from "@homing/core/queue/queue-record";
import type { Answer, Database } from "./database.ts";
import { FairLines, type LoadedItems } from "./fair-lines.ts";
import type { MessageTable } from "./message-table.ts";

/** A copy that was handed out. */
export interface HandedCopy {
  readonly number: number;
  readonly groupId: string;
  readonly record: QueueRecord;
}

export interface SqliteQueueOptions {
  /** How long a copy that was given back stays hidden; a claim that it may have left behind is over then. */
  readonly hiddenMs: number;
  /** So often a copy may be given back before it is a dead letter. */
  readonly maxReceiveCount: number;
  /** Copies in progress at a time. */
  readonly mostInProgress: number;
}

interface CopyRow {
  readonly number: number;
  readonly groupId: string;
  readonly attributes: string;
  readonly body: string;
}

/** Copies that come out of hiding at a time. */
const SHOWN_AT_ONCE = 500;
/** Looked at again in time, whatever becomes of the machine's clock. */
const LONGEST_SLEEP_MS = 5_000;
/** A disk that takes nothing is tried once a second. */
const PAUSE_MS = 1_000;

export class SqliteMessageQueue implements MessageQueue {
  /** Told when copies may be there to be taken. */
  onReady: () => void = () => undefined;
  /** Told when a copy has become a dead letter. */
  onBuried: () => void = () => undefined;
  readonly #database: Database;
  readonly #clock: Pick<Clock, "now">;
  readonly #messages: MessageTable;
  readonly #options: SqliteQueueOptions;
  readonly #lines: FairLines<HandedCopy>;
  /** Handed out, or done with and not yet deleted. */
  readonly #held = new Set<number>();
  /** Up to this one copies may have left claims behind: of a process before, or when writes were undone. */
  #inheritedUpTo: number;
  #isPaused = false;
  #inProgress = 0;
  /** In progress, or given back and hidden: by their numbers. */
  readonly #handed = new HandedCopies<number>();
  #stored: number;
  #hidden: number;
  #last: number;
  #wake: NodeJS.Timeout | undefined;
  #wakesAt = Infinity;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(
    database: Database,
    clock: Pick<Clock, "now">,
    messages: MessageTable,
    options: SqliteQueueOptions,
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#messages = messages;
    this.#options = options;
    this.#sql = prepare(database);
    this.#lines = new FairLines({
      most: options.mostInProgress,
      load: (groupId, after, limit) => this.#load(groupId, after, limit),
    });
    this.#last = this.#number(this.#sql.last);
    this.#inheritedUpTo = this.#last;
    [this.#stored, this.#hidden] = [this.#number(this.#sql.count), this.#number(this.#sql.countHidden)];
    this.#openLines();
    database.onRollback(() => this.#startOver());
  }

  /** The port, whose answers leave it so. */
  answering(answer: Answer): MessageQueue {
    return {
      send: (copies) => answer(() => this.#send(copies)).catch((error: unknown) => refused(copies, error)),
      depth: () => this.depth(),
      deadLetters: () => this.deadLetters(),
    };
  }

  send(copies: readonly OutgoingCopy[]): Promise<ReadonlyArray<SendError | undefined>> {
    return this.answering(this.#database.whenSafe).send(copies, Number.POSITIVE_INFINITY);
  }

  async depth(): Promise<QueueDepth> {
    // It is gone already, or will be with the next write.
    const done = this.#held.size - this.#inProgress;
    return {
      visible: this.#stored - this.#hidden - this.#inProgress - done,
      inFlight: this.#inProgress,
      delayed: this.#hidden,
    };
  }

  async deadLetters(): Promise<number> {
    return this.#database.read(() => this.#number(this.#sql.countDead));
  }

  /** The next copy whose turn it is, if there may be one more in progress. */
  take(): HandedCopy | undefined {
    while (!this.#isPaused) {
      const copy = this.#lines.take();
      if (copy === undefined) return undefined;
      const claimedUntil = copy.number <= this.#inheritedUpTo ? this.#claimedUntil(copy) : undefined;
      this.#held.add(copy.number);
      this.#inProgress += 1;
      if (claimedUntil === undefined) {
        this.#handed.add(copy.number, copy.record.messageId);
        return copy;
      }
      this.#end(copy);
      this.#hide(copy, claimedUntil);
    }
    return undefined;
  }

  /** The copy is deleted, soon: one that comes again is found to be done with. */
  done(copy: HandedCopy): void {
    this.#end(copy);
    this.#handed.forget(copy.number);
    this.#held.add(copy.number);
    this.#database.writeAlong(() => this.#delete(copy));
  }

  /** The copy is hidden for a while, or, after so many times, a dead letter. */
  giveBack(copy: HandedCopy): void {
    this.#end(copy);
    this.#hide(copy, this.#clock.now() + this.#options.hiddenMs);
  }

  /** All dead letters, the oldest first. */
  dead(limit: number): readonly HandedCopy[] {
    return this.#database.read(() =>
      (this.#sql.listDead.all(limit) as unknown as readonly CopyRow[]).map(toCopy),
    );
  }

  deleteDead({ number }: HandedCopy): Promise<void> {
    return this.#database.whenSafe(() => {
      this.#database.write(() => void this.#sql.deleteDead.run(number));
    });
  }

  close(): void {
    clearTimeout(this.#wake);
  }

  #send(copies: readonly OutgoingCopy[]): ReadonlyArray<SendError | undefined> {
    const sent = this.#database.write(() => copies.map((copy) => this.#store(copy)));
    for (const copy of sent) if (copy) this.#lines.push(copy);
    this.#tell();
    return copies.map(() => undefined);
  }

  /** Answers the copy if it is visible at once. */
  #store(copy: OutgoingCopy): HandedCopy | undefined {
    const attributes = copyAttributes(copy);
    const groupId = copy.groupId ?? copy.senderId;
    const number = ++this.#last;
    const hiddenUntil = this.#hiddenUntil(copy);
    this.#sql.insert.run(number, groupId, hiddenUntil ?? null, JSON.stringify(attributes), copy.body);
    this.#stored += 1;
    if (hiddenUntil === undefined) return { number, groupId, record: { ...attributes, body: copy.body } };
    this.#hidden += 1;
    this.#wakeAt(hiddenUntil);
    return undefined;
  }

  /** A delay is in whole seconds, as SQS counts; the message knows to the millisecond when its time comes. */
  #hiddenUntil({ messageId, delaySeconds }: OutgoingCopy): number | undefined {
    if (delaySeconds === 0) return undefined;
    const until = this.#clock.now() + delaySeconds * 1_000;
    const { notBefore } = (messageId === undefined ? undefined : this.#messages.get(messageId)) ?? {};
    return notBefore !== undefined && notBefore <= until ? Math.max(notBefore, until - 1_000) : until;
  }

  /**
   * What was being delivered when writes were undone is let alone until its claim is over; the claim of a process that
   * has ended is ended with it.
   */
  #claimedUntil({ record: { messageId } }: HandedCopy): number | undefined {
    const message = messageId === undefined ? undefined : this.#messages.get(messageId);
    const now = this.#clock.now();
    if (message?.status !== "PROCESSING" || isLeaseOver(message, now)) return undefined;
    return this.#endClaim(message, now) ? undefined : message.leaseUntil;
  }

  #endClaim(message: Message, now: number): boolean {
    const { messageId, correlationId } = message;
    const transition = this.#handed.abandonLease(message, { now, correlationId, token: newToken() });
    if (transition === undefined) return false;
    try {
      return this.#messages.apply(messageId, transition).applied;
    } catch {
      return false;
    }
  }

  #end(copy: HandedCopy): void {
    this.#held.delete(copy.number);
    this.#inProgress -= 1;
    this.#lines.end(copy);
  }

  #delete({ number }: HandedCopy): void {
    this.#held.delete(number);
    if (this.#sql.delete.run(number).changes > 0) this.#stored -= 1;
  }

  #hide(copy: HandedCopy, until: number): void {
    try {
      this.#database.write(() => {
        const row = this.#sql.hide.get(until, copy.number) as { receiveCount: number } | undefined;
        // Sent by a group of writes that was undone.
        if (row === undefined) return;
        if (row.receiveCount < this.#options.maxReceiveCount) {
          this.#hidden += 1;
          this.#wakeAt(until);
          return;
        }
        this.#handed.forget(copy.number);
        this.#sql.bury.run(this.#clock.now(), copy.number);
        this.#sql.delete.run(copy.number);
        this.#stored -= 1;
        setImmediate(() => this.onBuried());
      });
    } catch {
      this.#held.add(copy.number);
      const again = () => {
        this.#held.delete(copy.number);
        this.#hide(copy, until);
      };
      setTimeout(again, PAUSE_MS).unref();
    }
  }

  /** Copies whose time has come join the end of their lines. */
  showDue(): void {
    this.#wakesAt = Infinity;
    try {
      const shown = this.#database.write(() =>
        (this.#sql.listHidden.all(this.#clock.now(), SHOWN_AT_ONCE) as unknown as readonly CopyRow[]).map(
          (row) => {
            const number = ++this.#last;
            this.#handed.forget(row.number);
            this.#sql.show.run(number, row.number);
            return toCopy({ ...row, number });
          },
        ),
      );
      this.#hidden -= shown.length;
      for (const copy of shown) this.#lines.push(copy);
      const next = this.#sql.nextHidden.get() as { hiddenUntil: number } | undefined;
      if (next) this.#wakeAt(next.hiddenUntil);
      this.#tell();
    } catch {
      this.#wakeAt(this.#clock.now() + PAUSE_MS);
    }
  }

  #wakeAt(time: number): void {
    if (time >= this.#wakesAt) return;
    this.#wakesAt = time;
    clearTimeout(this.#wake);
    const waitMs = Math.min(Math.max(0, time - this.#clock.now()), LONGEST_SLEEP_MS);
    this.#wake = setTimeout(() => this.showDue(), waitMs).unref();
  }

  #tell(): void {
    queueMicrotask(() => this.onReady());
  }

  #load(groupId: string, after: number, limit: number): LoadedItems<HandedCopy> {
    return this.#database.read(() => {
      const rows = this.#sql.list.all(groupId, after, limit) as unknown as readonly CopyRow[];
      return {
        items: rows.filter(({ number }) => !this.#held.has(number)).map(toCopy),
        after: rows.at(-1)?.number ?? after,
        more: rows.length === limit,
      };
    });
  }

  #openLines(): void {
    let groupId = "";
    for (;;) {
      const row = this.#sql.nextGroup.get(groupId) as { groupId: string } | undefined;
      if (row === undefined) break;
      groupId = row.groupId;
      this.#lines.open(groupId);
    }
    const next = this.#sql.nextHidden.get() as { hiddenUntil: number } | undefined;
    if (next) this.#wakeAt(next.hiddenUntil);
  }

  /** A group of writes was undone, and what is remembered of it is wrong. */
  #startOver(): void {
    this.#lines.clear();
    if (this.#isPaused) return;
    this.#isPaused = true;
    setTimeout(() => {
      this.#isPaused = false;
      this.#inheritedUpTo = this.#last;
      try {
        this.#lines.clear();
        [this.#stored, this.#hidden] = [this.#number(this.#sql.count), this.#number(this.#sql.countHidden)];
        this.#openLines();
        this.#tell();
      } catch {
        this.#startOver();
      }
    }, PAUSE_MS).unref();
  }

  #number(statement: StatementSync): number {
    return Number(Object.values(statement.get() ?? {})[0] ?? 0);
  }
}

function prepare(database: Database) {
  const columns = "number, group_id AS groupId, attributes, body";
  return {
    last: database.prepare("SELECT max(number) FROM copies"),
    count: database.prepare("SELECT count(*) FROM copies"),
    countHidden: database.prepare("SELECT count(*) FROM copies WHERE hidden_until IS NOT NULL"),
    countDead: database.prepare("SELECT count(*) FROM dead_copies"),
    insert: database.prepare(`
      INSERT INTO copies (number, group_id, hidden_until, receive_count, attributes, body)
      VALUES (?, ?, ?, 0, ?, ?)`),
    delete: database.prepare("DELETE FROM copies WHERE number = ?"),
    list: database.prepare(`
      SELECT ${columns} FROM copies WHERE group_id = ? AND hidden_until IS NULL AND number > ?
      ORDER BY number LIMIT ?`),
    nextGroup: database.prepare(`
      SELECT group_id AS groupId FROM copies WHERE group_id > ? AND hidden_until IS NULL
      ORDER BY group_id LIMIT 1`),
    hide: database.prepare(`
      UPDATE copies SET hidden_until = ?, receive_count = receive_count + 1 WHERE number = ?
      RETURNING receive_count AS receiveCount`),
    listHidden: database.prepare(`
      SELECT ${columns} FROM copies WHERE hidden_until <= ? ORDER BY hidden_until LIMIT ?`),
    show: database.prepare("UPDATE copies SET number = ?, hidden_until = NULL WHERE number = ?"),
    nextHidden: database.prepare(`
      SELECT hidden_until AS hiddenUntil FROM copies WHERE hidden_until IS NOT NULL
      ORDER BY hidden_until LIMIT 1`),
    bury: database.prepare(`
      INSERT INTO dead_copies (buried_at, attributes, body)
      SELECT ?, attributes, body FROM copies WHERE number = ?`),
    listDead: database.prepare(`
      SELECT number, '' AS groupId, attributes, body FROM dead_copies ORDER BY number LIMIT ?`),
    deleteDead: database.prepare("DELETE FROM dead_copies WHERE number = ?"),
  };
}

function toCopy({ number, groupId, attributes, body }: CopyRow): HandedCopy {
  return { number, groupId, record: { ...(JSON.parse(attributes) as Omit<QueueRecord, "body">), body } };
}

function refused(copies: readonly OutgoingCopy[], error: unknown): readonly SendError[] {
  const unavailable = new SendError("QUEUE_UNAVAILABLE", true, "StorageError", error);
  return copies.map(() => unavailable);
}
