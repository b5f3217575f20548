/** What is asked for an endpoint: everything that is wrong with it, or what may be stored. */
import type { Endpoint, EndpointConfiguration } from "@homing/core/endpoint/endpoint";
import {
  checkConfiguration,
  type EndpointConfigurationInput,
  type EndpointInput,
  endpointConfigurationSchema,
  endpointInputSchema,
} from "@homing/core/endpoint/endpoint-input";
import { mergePatch } from "@homing/core/endpoint/merge-patch";
import { validationError } from "@homing/core/error";
import { FieldErrors } from "@homing/core/field-errors";
import { isJsonObject } from "@homing/core/json";
import { check, UNKNOWN_FIELD } from "./validate.ts";

/** Fits every rule, so that the rest can be checked when its own is missing. */
const SOUND_URL = "https://example.com/";

interface CheckedEndpoint<T> {
  readonly output: T;
  readonly configuration: EndpointConfiguration;
}

/** @throws HomingError VALIDATION_ERROR, which lists `errors` as well. */
export function checkEndpoint(
  document: unknown,
  allowPrivateTargets: readonly string[],
  errors: FieldErrors,
): CheckedEndpoint<EndpointInput> {
  return checkAgainst(endpointInputSchema, document, allowPrivateTargets, errors);
}

/** The configuration after a JSON Merge Patch. @throws HomingError VALIDATION_ERROR */
export function checkPatch(
  endpoint: Endpoint,
  patch: unknown,
  allowPrivateTargets: readonly string[],
): EndpointConfiguration {
  const errors = new FieldErrors();
  const { headers } = endpoint;
  const configured = new Set(Object.keys(endpointConfigurationSchema.entries));
  const given = Object.fromEntries(Object.entries(endpoint).filter(([name]) => configured.has(name)));
  // Before it is merged: an unknown field that is null would vanish without a word.
  for (const [name, value] of Object.entries(isJsonObject(patch) ? patch : {})) {
    if (value === null && !Object.hasOwn(endpointConfigurationSchema.entries, name))
      errors.add(name, UNKNOWN_FIELD);
  }
  const merged = mergePatch(given, withoutOtherSpellings(patch, headers));
  return checkAgainst(endpointConfigurationSchema, merged, allowPrivateTargets, errors).configuration;
}

/** A header is the same however its name is written: one that the patch names takes the place of what is there. */
function withoutOtherSpellings(patch: unknown, stored: Endpoint["headers"]): unknown {
  if (!isJsonObject(patch) || !isJsonObject(patch.headers)) return patch;
  const given = new Set(Object.keys(patch.headers).map((name) => name.toLowerCase()));
  const replaced = Object.keys(stored).filter((name) => given.has(name.toLowerCase()));
  const nulls = Object.fromEntries(replaced.map((name) => [name, null]));
  return { ...patch, headers: { ...nulls, ...patch.headers } };
}

function checkAgainst<S extends typeof endpointInputSchema | typeof endpointConfigurationSchema>(
  schema: S,
  document: unknown,
  allowPrivateTargets: readonly string[],
  errors: FieldErrors,
) {
  const checked = check(schema, document);
  if ("errors" in checked) {
    errors.addAll(checked.errors);
    checkConfiguration(soundPart(document, checked.wrongFields), allowPrivateTargets, errors);
    throw validationError(errors);
  }
  const configuration = checkConfiguration(checked.output, allowPrivateTargets, errors);
  if (!configuration || !errors.isEmpty) throw validationError(errors);
  return { output: checked.output, configuration };
}

/** The fields whose shape is right, so that all of their other errors can be told at once. */
function soundPart(document: unknown, wrongFields: ReadonlySet<string>): EndpointConfigurationInput {
  const sound = Object.entries(isJsonObject(document) ? document : {}).filter(
    ([name]) => Object.hasOwn(endpointConfigurationSchema.entries, name) && !wrongFields.has(name),
  );
  return { url: SOUND_URL, ...Object.fromEntries(sound) };
}
