/** Lists of endpoints, from the indexes. */
import type { Endpoint } from "@homing/core/endpoint/endpoint";
import {
  type EndpointListQuery,
  type EndpointPlace,
  newestEndpointFirst,
} from "@homing/core/endpoint/endpoint-store";
import type { IndexName } from "@homing/core/store/table-definition";
import { ENDPOINT_GROUP, endpointOfRow, FAILING_GROUP } from "./endpoint-item.ts";
import { type IndexReader, partitionsOf } from "./index-page.ts";
import { readMerged } from "./read-merged.ts";

type EndpointRow = Pick<Endpoint, "senderId" | "endpointId" | "createdAt">;

/** Endpoints of all senders, newest first, at most `limit` rows, merged from every shard. */
export async function listEndpointRows(
  reader: IndexReader,
  { attention, after, limit }: EndpointListQuery,
): Promise<EndpointRow[]> {
  const groups = attention ? [ENDPOINT_GROUP, FAILING_GROUP] : [ENDPOINT_GROUP];
  return readEndpointRows(reader, attention ? "attention" : "list", groups, limit, after);
}

/** Endpoints that fail, at most `limit` rows. */
export async function listFailingRows(reader: IndexReader, limit: number): Promise<EndpointRow[]> {
  return readEndpointRows(reader, "attention", [FAILING_GROUP], limit);
}

function readEndpointRows(
  reader: IndexReader,
  index: IndexName,
  groups: readonly string[],
  limit: number,
  after?: EndpointPlace,
): Promise<EndpointRow[]> {
  return readMerged<EndpointRow>(reader, {
    index,
    partitions: partitionsOf(reader, groups),
    from: 0,
    to: after?.createdAt ?? Number.MAX_SAFE_INTEGER,
    descending: true,
    toRow: (item) => ({ ...endpointOfRow(item), createdAt: Number(item.createdAt?.N) }),
    timeOf: ({ createdAt }) => createdAt,
    compare: newestEndpointFirst,
    after: after && { senderId: "", ...after },
    limit,
  });
}
