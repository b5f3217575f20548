/** What a stage would deploy, as plain data: written by program.ts, read by the tests. */

export interface Resource {
  /** Pulumi's type token, for example `aws:sqs/queue:Queue`. */
  readonly type: string;
  /** The logical name: stable, unlike the physical one, which ends in a random suffix. */
  readonly name: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly retainOnDelete: boolean;
}

/** A request of SST to bundle one function, exactly as its command line would receive it. */
export interface Build {
  readonly functionID: string;
  readonly handler: string;
  readonly runtime: string;
  readonly links: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly properties: Readonly<Record<string, unknown>>;
  /** What is uploaded beside the bundle, from the same place in the repository. */
  readonly copyFiles?: ReadonlyArray<{ readonly to: string }>;
  readonly encryptionKey: string;
  readonly dev: boolean;
}

export interface Graph {
  readonly resources: readonly Resource[];
  readonly builds: readonly Build[];
  /** What is uploaded with each bundle, by `functionID`. */
  readonly sourceMaps: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What `run()` returns: printed at the end of a deployment. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What components tell SST's command line, by logical name: the panes of `sst dev` are made from it. */
  readonly registered: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What `app()` answers: SST reads it before anything else. */
export interface App {
  readonly name: string;
  readonly home: string;
  readonly removal: "remove" | "retain" | "retain-all";
  readonly protect: boolean;
}

export interface Evaluation {
  readonly app: App;
  readonly graph: Graph;
}

/** Resources of a type; the type may be given without its package, for example `Queue`. */
export function ofType(graph: Graph, type: string): readonly Resource[] {
  return graph.resources.filter((resource) => resource.type === type || resource.type.endsWith(`:${type}`));
}

/**
 * The one resource of a type whose logical name begins so.
 *
 * @throws Error when there is none, or more than one.
 */
export function only(graph: Graph, type: string, namePrefix = ""): Resource {
  const found = ofType(graph, type).filter(({ name }) => name.startsWith(namePrefix));
  const [resource] = found;
  if (resource === undefined || found.length > 1) {
    throw new Error(`${found.length} resources of type ${type} begin with "${namePrefix}"; wanted one.`);
  }
  return resource;
}
