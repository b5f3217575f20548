/** Schemas of valibot as OpenAPI has them. */
import {
  type ConversionConfig,
  type JsonSchema,
  toJsonSchema,
  toJsonSchemaDefs,
} from "@valibot/to-json-schema";
import type { OpenAPIV3_1 } from "openapi-types";
import * as v from "valibot";

type SchemaObject = OpenAPIV3_1.SchemaObject;

/**
 * What is sent, not what it is read as. Rules that JSON Schema cannot state, such as the calendar of a date, are
 * left out: the API's own answer names them.
 */
const OPTIONS = {
  typeMode: "input",
  target: "draft-2020-12",
  errorMode: "ignore",
  overrideSchema: ({ valibotSchema, jsonSchema }) =>
    literalSchema(valibotSchema, jsonSchema) ?? describedSchema(valibotSchema, jsonSchema),
  overrideAction: ({ valibotAction }) => refuseFlags(valibotAction),
} as const satisfies ConversionConfig;

/** A pattern that loses its flag says something else, and refuses what the API takes; `u` alone is how all are read. */
function refuseFlags(action: object): undefined {
  if (!("requirement" in action) || !(action.requirement instanceof RegExp)) return;
  const { source, flags } = action.requirement;
  if (flags !== "" && flags !== "u") throw new Error(`JSON Schema has no such flag: /${source}/${flags}`);
}

/**
 * Generators of clients read a constant if it has a type and is a text; `const: true` they write into programs that
 * do not even load. That it is always true, the description says.
 */
function literalSchema(schema: object, json: JsonSchema): JsonSchema | undefined {
  if (!("type" in schema) || schema.type !== "literal" || !("literal" in schema)) return undefined;
  const { const: _, ...rest } = json;
  return typeof schema.literal === "string"
    ? { ...rest, type: "string", const: schema.literal }
    : { ...rest, type: "boolean" };
}

/** What is said of an optional value that is read as something else: the conversion ends before, where that begins. */
function describedSchema(schema: object, json: JsonSchema): JsonSchema | undefined {
  const { wrapped } = schema as { readonly wrapped?: v.GenericSchema };
  if (wrapped === undefined || json.$ref !== undefined || json.description !== undefined) return undefined;
  const description = v.getDescription(wrapped);
  return description === undefined ? undefined : { ...json, description };
}

/** Many under their names; where one holds another of them, it refers to that. */
export function namedSchemas<Name extends string>(
  schemas: Readonly<Record<Name, v.GenericSchema>>,
  refTo: (name: Name) => { readonly $ref: string },
): Record<Name, SchemaObject> {
  return toJsonSchemaDefs(schemas, {
    ...OPTIONS,
    overrideRef: ({ referenceId }) => refTo(referenceId as Name).$ref,
  }) as Record<Name, SchemaObject>;
}

export function inlineSchema(schema: v.GenericSchema): SchemaObject {
  const { $schema: _, ...rest } = toJsonSchema(schema, OPTIONS);
  return rest as SchemaObject;
}
