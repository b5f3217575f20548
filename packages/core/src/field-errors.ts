/** What is wrong with a request: told up to a bound, counted beyond it. A refusal is never larger than what was asked. */

/** One thing that is wrong with a request; `path` is dotted, "" is the document. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** More than anybody reads at once. */
export const MAX_FIELD_ERRORS = 50;
/** A path is made of the caller's own names, which may be as long as the request. */
export const MAX_PATH_LENGTH = 200;

/** The names and indices on the way to a value, or one name. */
export type FieldPath = string | readonly (string | number)[];

/** Takes note of an error. The path is read at once: it may change afterwards. */
export interface ErrorSink {
  add(path: FieldPath, message: string): void;
}

export class FieldErrors implements ErrorSink {
  readonly #listed: FieldError[] = [];
  #omitted = 0;

  static of(...errors: readonly FieldError[]): FieldErrors {
    const all = new FieldErrors();
    for (const { path, message } of errors) all.add(path, message);
    return all;
  }

  /** The first of them, in the order in which they were found. */
  get listed(): readonly FieldError[] {
    return this.#listed;
  }

  /** How many more there are. */
  get omitted(): number {
    return this.#omitted;
  }

  get isEmpty(): boolean {
    return this.#listed.length === 0;
  }

  add(path: FieldPath, message: string): void {
    if (this.#listed.length < MAX_FIELD_ERRORS) this.#listed.push({ path: shortPath(path), message });
    else this.#omitted += 1;
  }

  addAll(errors: FieldErrors | undefined): void {
    for (const { path, message } of errors?.listed ?? []) this.add(path, message);
    this.#omitted += errors?.omitted ?? 0;
  }

  /** Whether there are errors, and all of them at this path. */
  areOnlyAt(path: string): boolean {
    return !this.isEmpty && this.#omitted === 0 && this.#listed.every((error) => error.path === path);
  }
}

/** Cut before it is joined, so that what is kept does not hold on to names of megabytes. */
function shortPath(path: FieldPath): string {
  const names = typeof path === "string" ? [path] : path;
  let text = "";
  for (const [at, name] of names.entries()) {
    if (text.length > MAX_PATH_LENGTH) break;
    text += `${at === 0 ? "" : "."}${String(name).slice(0, MAX_PATH_LENGTH)}`;
  }
  // Neither the cut nor a name may leave half of a surrogate pair in an answer.
  return text.slice(0, MAX_PATH_LENGTH).toWellFormed();
}
