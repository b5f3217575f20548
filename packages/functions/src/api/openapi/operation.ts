/** What a route says of itself, as an operation of OpenAPI. */
import type { DescribeRouteOptions } from "hono-openapi";
import type { OpenAPIV3_1 } from "openapi-types";
import type { RouteDescription } from "./describe.ts";
import { EXAMPLES, type ExampleName } from "./examples.ts";
import { inlineSchema } from "./json-schema.ts";
import {
  type HeaderName,
  headerRefs,
  PATH_PARAMETERS,
  PROBLEMS,
  type ProblemName,
  problemContent,
  REQUEST_HEADERS,
} from "./parts.ts";
import { refTo, type SchemaName } from "./schemas.ts";

type Parameter = OpenAPIV3_1.ParameterObject;
type Responses = Record<string, OpenAPIV3_1.ResponseObject>;

const EVERYWHERE = ["VALIDATION_ERROR", "SYSTEM_ERROR"] as const;
/** A key is looked up in the storage, which may not answer. */
const WITH_KEY = ["UNAUTHORIZED", "RATE_LIMITED", "UNAVAILABLE"] as const;

export function operationOf(route: RouteDescription): DescribeRouteOptions {
  const { operationId, tag, summary, description, open, body } = route;
  const problems: readonly ProblemName[] = [
    ...EVERYWHERE,
    ...(open ? [] : WITH_KEY),
    ...(open || route.anyKey ? [] : (["FORBIDDEN"] as const)),
    ...(route.problems ?? []),
  ];
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(open ? { security: [] } : {}),
    parameters: parametersOf(route),
    ...(body
      ? {
          requestBody: {
            required: body.optional !== true,
            content: {
              "application/json": { schema: refTo(body.schema), example: EXAMPLES[body.example] },
            },
          },
        }
      : {}),
    responses: { ...answersOf(route), ...problemsOf(problems) },
  };
}

function parametersOf({ path = [], query, headers = [] }: RouteDescription): Parameter[] {
  return [
    ...path.map(
      (name): Parameter => ({
        in: "path",
        name,
        required: true,
        schema: { type: "string" },
        ...PATH_PARAMETERS[name],
      }),
    ),
    ...Object.entries(query?.entries ?? {}).map(([name, schema]): Parameter => {
      const { description, ...rest } = inlineSchema(schema);
      return {
        in: "query",
        name,
        ...(description === undefined ? {} : { description }),
        schema: rest as NonNullable<Parameter["schema"]>,
      };
    }),
    ...[...headers, "x-correlation-id" as const].map(
      (name): Parameter => ({ in: "header", name, ...REQUEST_HEADERS[name] }),
    ),
  ];
}

function answersOf({ answers, open }: RouteDescription): Responses {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const { description, schema, headers = [], mediaType = "application/json" } = answer;
      const example = answer.example ?? (schema && exampleOf(schema));
      const names: HeaderName[] = [
        "x-correlation-id",
        ...(open ? [] : (["ratelimit", "ratelimit-policy"] as const)),
        ...headers,
      ];
      const content = {
        schema: schema ? refTo(schema) : { type: mediaType === "application/json" ? "object" : "string" },
        ...(example === undefined ? {} : { example: EXAMPLES[example] }),
      } as OpenAPIV3_1.MediaTypeObject;
      const problem = answer.orProblem ? problemContent(PROBLEMS[answer.orProblem].example) : {};
      return [
        status,
        { description, headers: headerRefs(names), content: { ...problem, [mediaType]: content } },
      ];
    }),
  );
}

function problemsOf(names: readonly ProblemName[]): Record<string, OpenAPIV3_1.ReferenceObject> {
  return Object.fromEntries(
    names.map((name) => [PROBLEMS[name].status, { $ref: `#/components/responses/${name}` }]),
  );
}

function exampleOf(schema: SchemaName): ExampleName | undefined {
  const name = `${schema.charAt(0).toLowerCase()}${schema.slice(1)}`;
  return Object.hasOwn(EXAMPLES, name) ? (name as ExampleName) : undefined;
}
