import type { AwsUse } from "@homing/proof/dynamodb-local/aws-meter";
import { newDatabase } from "@homing/proof/dynamodb-local/client";
import { measureUnits } from "@homing/proof/dynamodb-local/measure-units";
import { startDynamoDbLocal } from "@homing/proof/dynamodb-local/server";
import { atMost, type Finding, type Row } from "../row.ts";

const BUDGETS = [
  { kib: 1, writeUnits: 11 },
  { kib: 100, writeUnits: 110 },
];
const ACCEPT_ROUND_TRIPS = 3;
const WORKER_WRITES = 3;

/** What DynamoDB itself says it would bill, on DynamoDB Local. The exact table is a test. */
export const units: Row = {
  name: "units",
  run: async () => {
    const server = await startDynamoDbLocal();
    try {
      return findings(await measureUnits(() => newDatabase(server.endpoint)));
    } finally {
      await server.close();
    }
  },
};

function findings(uses: ReadonlyMap<string, AwsUse>): Finding[] {
  const use = (name: string): AwsUse => {
    const found = uses.get(name);
    if (!found) throw new Error(`"${name}" was not measured.`);
    return found;
  };
  const accept = use("accept, 1 KiB");
  const deliver = use("deliver, 1 KiB");
  return [
    ...BUDGETS.map(({ kib, writeUnits }) => {
      const [accepted, delivered] = [use(`accept, ${kib} KiB`), use(`deliver, ${kib} KiB`)];
      const total = accepted.writeUnits + delivered.writeUnits;
      return {
        what: `Write units of a delivered message, ${kib} KiB`,
        target: `≤ ${writeUnits}`,
        result: `${total} (${accepted.writeUnits} accept + ${delivered.writeUnits} deliver)`,
        ...atMost(total, writeUnits),
        values: { total },
      };
    }),
    {
      what: "Sequential round trips to accept, and reads",
      target: `≤ ${ACCEPT_ROUND_TRIPS}, 0`,
      result: `${accept.roundTrips}, ${accept.reads}`,
      met: accept.roundTrips <= ACCEPT_ROUND_TRIPS && accept.reads === 0,
      values: { ...accept },
    },
    {
      what: "Writes of the worker a message",
      target: `≤ ${WORKER_WRITES}`,
      result: String(deliver.writes),
      ...atMost(deliver.writes, WORKER_WRITES),
      values: { ...deliver },
    },
    {
      what: `All calls and steps (${uses.size}): in bench/results.json, and tested to the unit`,
      target: "",
      result: "",
      values: Object.fromEntries(uses),
    },
  ];
}
