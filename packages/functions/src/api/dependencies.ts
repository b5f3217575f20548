import type { KeyStore } from "../keys/key-store.ts";
import type { Services } from "../services.ts";
import type { Admission } from "./admission.ts";
import type { BeginCall } from "./answered-when-safe.ts";
import type { Cursors } from "./cursor.ts";
import type { Authenticator } from "./principal.ts";
import type { RateLimit } from "./rate-limit.ts";

/** What the API is made of. */
export interface AppDependencies extends Services {
  readonly authenticator: Authenticator;
  readonly keyStore: KeyStore;
  /** The secret that every sender's signing secrets follow from. */
  readonly signingMaster: string;
  /** See `AcceptDependencies`. */
  readonly onStored?: () => void;
  /** Absent where a storage answers only once what it has written is safe. */
  readonly beginCall?: BeginCall;
  /** Told of every rotation of a sender's secret, also of one that may have failed. */
  readonly onRotation?: (senderId: string) => void;
  /** The origin of the dashboard, for links to it; absent: the one that is asked. */
  readonly publicUrl?: string;
  readonly rateLimit?: RateLimit;
  /** Calls that the process works on at a time; further ones are refused. Without it, any number. */
  readonly maxCallsInProgress?: number;
  /** Bytes of bodies that the process keeps at a time; see `LoadLimits`. */
  readonly maxHeldBytes?: number;
  /** Where the Markdown files of the pages at `/docs` lie; absent, in the repository that this is part of. */
  readonly repository?: URL;
}

/** What a group of routes is given. */
export interface RouteDependencies extends AppDependencies {
  readonly admission: Admission;
  readonly cursors: Cursors;
}
