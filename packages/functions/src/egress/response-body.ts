import type { Transform } from "node:stream";
import * as zlib from "node:zlib";

export interface DecodedBody {
  readonly bytes: Buffer;
  /** SIZE: there is more than `limit`. ENCODING: the rest, or all of it, cannot be decoded. */
  readonly cut?: "SIZE" | "ENCODING";
}

/** Real servers use one coding, rarely two; a longer chain is only there to cost time. */
const MAX_CODINGS = 2;

/** The window of zstd's default level; the standard's largest would be 8 MiB for each response. */
const ZSTD_WINDOW_LOG_MAX = 21;

/**
 * Undoes `content-encoding`. Both what is given and the output of every step are at most `limit` bytes, so
 * that a bomb, or a chain of them, never takes more than a few times that. Cut input is decoded as far as it
 * goes. Never rejects.
 */
export async function decodeBody(
  encoded: Buffer,
  contentEncoding: string | undefined,
  limit: number,
): Promise<DecodedBody> {
  const codings = (contentEncoding ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity");
  if (codings.length > MAX_CODINGS) return { bytes: Buffer.alloc(0), cut: "ENCODING" };

  let body: DecodedBody = { bytes: encoded };
  for (const coding of codings.reverse()) {
    if (body.bytes.length === 0) break;
    const decoder = createDecoder(coding, body.bytes);
    if (decoder === undefined) return { bytes: Buffer.alloc(0), cut: "ENCODING" };
    body = { ...body, ...(await run(decoder, body.bytes, limit)) };
  }
  return body;
}

/** All flush what they have when the input ends early, instead of failing. */
function createDecoder(coding: string, bytes: Buffer): Transform | undefined {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush, ZSTD_d_windowLogMax } = zlib.constants;
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return zlib.createGunzip({ finishFlush: Z_SYNC_FLUSH });
    case "deflate":
      // RFC 9110 means zlib's format; some servers send bare deflate. The first byte tells them apart.
      return ((bytes[0] ?? 0) & 0x0f) === 8
        ? zlib.createInflate({ finishFlush: Z_SYNC_FLUSH })
        : zlib.createInflateRaw({ finishFlush: Z_SYNC_FLUSH });
    case "br":
      return zlib.createBrotliDecompress({ finishFlush: BROTLI_OPERATION_FLUSH });
    case "zstd":
      return zlib.createZstdDecompress({
        finishFlush: ZSTD_e_flush,
        params: { [ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX },
      });
    default:
      return undefined;
  }
}

async function run(decoder: Transform, input: Buffer, limit: number): Promise<DecodedBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    decoder.end(input);
    // Leaving the loop destroys the decoder.
    for await (const chunk of decoder) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) return { bytes: Buffer.concat(chunks).subarray(0, limit), cut: "SIZE" };
    }
    return { bytes: Buffer.concat(chunks) };
  } catch {
    return { bytes: Buffer.concat(chunks), cut: "ENCODING" };
  }
}
