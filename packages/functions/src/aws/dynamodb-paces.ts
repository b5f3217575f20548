/** The paces of limited endpoints, each an item of its own that one conditional update moves on. */
import type { UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import type { EndpointOwner } from "@homing/core/endpoint/endpoint-store";
import {
  MOST_AHEAD_MS,
  MS,
  type Pace,
  paceExpiresAt,
  reserveSlots,
  type SlotRequest,
  slotsBefore,
} from "@homing/core/endpoint/pace";
import { StorageError } from "@homing/core/store/message-store";
import { paceKey } from "./endpoint-item.ts";
import { READABLE_FORMAT, readable, readableCondition } from "./item-format.ts";
import { encodeExpiry, type Item } from "./message-item.ts";
import type { Table } from "./table.ts";

/** A refused one tells how the pace is, and a pace only moves on: the third cannot be refused but by one that expired. */
const TRIES = 4;
/** At some hundred bytes each. */
const MOST_REMEMBERED = 10_000;

type Update = Pick<
  UpdateItemCommandInput,
  "UpdateExpression" | "ConditionExpression" | "ExpressionAttributeValues"
>;

export class DynamoDbPaces {
  readonly #table: Table;
  /**
   * As they were last seen. DynamoDB knows no maximum, so there is one update for an endpoint that rests and another for
   * one that is asked for more than it takes: whoever remembers the pace mostly tries the right one first.
   */
  readonly #seen = new Map<string, Pace>();

  constructor(table: Table) {
    this.#table = table;
  }

  /** @throws StorageError */
  async reserve(owner: EndpointOwner, request: SlotRequest): Promise<readonly number[]> {
    let seen = this.#seen.get(owner.endpointId);
    let isCurrent = false;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { pace, slotsAt } = reserveSlots(seen, request);
      if (pace === undefined || slotsAt.length === 0) {
        if (isCurrent) return [];
        // Somebody may have changed the rate since it was seen: a message waits for long that finds no slot.
        seen = await this.#look(owner);
        isCurrent = true;
        continue;
      }
      const continues = seen !== undefined && seen.since === pace.since && seen.nextAtUs >= request.now * MS;
      const update = continues ? continuing(pace, request, slotsAt.length) : beginning(pace, request);
      const { applied, item } = await this.#table.update({
        Key: paceKey(owner),
        ...update,
        ExpressionAttributeNames: { "#format": "format" },
      });
      seen = this.#remember(owner, item);
      isCurrent = true;
      if (applied && seen) return slotsBefore(seen, slotsAt.length);
    }
    throw new StorageError(
      false,
      true,
      new Error("The pace of an endpoint was moved on by others each time."),
    );
  }

  async #look(owner: EndpointOwner): Promise<Pace | undefined> {
    return this.#remember(owner, await this.#table.read(paceKey(owner)));
  }

  #remember({ endpointId }: EndpointOwner, item: Item | undefined): Pace | undefined {
    const pace = item && decodePace(readable(item));
    this.#seen.delete(endpointId);
    if (pace) this.#seen.set(endpointId, pace);
    for (const oldest of this.#seen.keys()) {
      if (this.#seen.size <= MOST_REMEMBERED) break;
      this.#seen.delete(oldest);
    }
    return pace;
  }
}

const READABLE = readableCondition("#format", ":format");

/** Behind what is reserved already. */
function continuing({ spacingUs, since }: Pace, { now }: SlotRequest, slots: number): Update {
  return {
    UpdateExpression: "SET nextAtUs = nextAtUs + :step, expiresAt = :expiresAt",
    ConditionExpression: `rateSince = :since AND nextAtUs BETWEEN :now AND :latest AND ${READABLE}`,
    ExpressionAttributeValues: {
      ":step": { N: String(slots * spacingUs) },
      ":latest": { N: String((now + MOST_AHEAD_MS) * MS - (slots - 1) * spacingUs) },
      ...common(since, now),
    },
  };
}

/** From now on: nothing is reserved, or what is was reserved under a rate that no longer holds. */
function beginning({ nextAtUs, spacingUs, since }: Pace, { now }: SlotRequest): Update {
  return {
    UpdateExpression:
      "SET nextAtUs = :next, rateSince = :since, spacingUs = :spacing, expiresAt = :expiresAt",
    ConditionExpression: `(attribute_not_exists(pk) OR rateSince < :since OR (rateSince = :since AND nextAtUs < :now)) AND ${READABLE}`,
    ExpressionAttributeValues: {
      ":next": { N: String(nextAtUs) },
      ":spacing": { N: String(spacingUs) },
      ...common(since, now),
    },
  };
}

function common(since: number, now: number): Item {
  return {
    ":since": { N: String(since) },
    ":now": { N: String(now * MS) },
    ":expiresAt": encodeExpiry(paceExpiresAt(now)),
    ":format": { N: String(READABLE_FORMAT) },
  };
}

function decodePace({ nextAtUs, spacingUs, rateSince }: Item): Pace {
  return { nextAtUs: Number(nextAtUs?.N), spacingUs: Number(spacingUs?.N), since: Number(rateSince?.N) };
}
