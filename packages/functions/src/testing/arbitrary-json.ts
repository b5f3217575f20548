/** Values that fit a JSON schema of the OpenAPI document, and values that almost do. */
import fc from "fast-check";

export interface SchemaLike {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaLike[];
  readonly items?: SchemaLike;
  readonly properties?: Readonly<Record<string, SchemaLike>>;
  readonly additionalProperties?: boolean | SchemaLike;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Lists and texts stay short: what is long is tested on its own. */
const LONGEST = 6;

/** `resolve` finds a schema by its `$ref`; `special` may put better values at a field, by its name. */
export function arbitraryFor(
  schema: SchemaLike,
  resolve: (ref: string) => SchemaLike,
  special: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<unknown> {
  const of = (one: SchemaLike): fc.Arbitrary<unknown> => arbitraryFor(one, resolve, special);
  if (schema.$ref !== undefined) return of(resolve(schema.$ref));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(of));
  switch (schema.type) {
    case "object":
      return objectFor(schema, of, special);
    case "array":
      return fc.array(of(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? LONGEST, LONGEST),
      });
    case "string":
      return textFor(schema);
    case "integer":
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000 });
    case "boolean":
      return fc.boolean();
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

function objectFor(
  { properties = {}, required = [], additionalProperties }: SchemaLike,
  of: (schema: SchemaLike) => fc.Arbitrary<unknown>,
  special: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<unknown> {
  if (typeof additionalProperties === "object")
    return fc.dictionary(fc.stringMatching(/^[A-Za-z-]{1,12}$/), of(additionalProperties), {
      maxKeys: LONGEST,
    });
  const fields = Object.entries(properties).map(([name, schema]) => [name, special[name] ?? of(schema)]);
  return fc.record<Record<string, unknown>>(Object.fromEntries(fields), { requiredKeys: [...required] });
}

function textFor({ format, pattern, minLength = 0, maxLength = 20 }: SchemaLike): fc.Arbitrary<string> {
  if (format === "date-time") {
    const min = new Date("2026-11-01T00:00:00Z");
    const max = new Date("2026-12-31T00:00:00Z");
    return fc.date({ min, max, noInvalidDate: true }).map((date) => date.toISOString());
  }
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ unit: "grapheme", minLength, maxLength: Math.min(maxLength, 20) });
}

/** A document with something changed: a field replaced, left out or made up, or something else altogether. */
export function spoiled(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const anything = fc.jsonValue({ maxDepth: 3 });
  return fc
    .tuple(valid, anything, fc.nat(), fc.constantFrom("replace", "omit", "add", "all"))
    .map(([document, other, at, way]) => {
      if (way === "all" || typeof document !== "object" || document === null) return other;
      const names = Object.keys(document);
      const name = names[at % Math.max(1, names.length)] ?? "surprise";
      if (way === "add") return { ...document, surprise: other };
      if (way === "replace") return { ...document, [name]: other };
      return Object.fromEntries(Object.entries(document).filter(([one]) => one !== name));
    });
}
