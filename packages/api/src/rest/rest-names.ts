// Names and errors in REST's format. Their meaning is the same as over tRPC.
import { getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { describeError } from '../errors.ts';
import { propertiesOf } from './json-schema.ts';
import { toCamelCaseKeys, toSnakeCase, toSnakeCaseKeys, type OpaqueKeys } from './key-case.ts';
import { opaqueKeysOf, type RestRoute } from './rest-routes.ts';

export interface RestError {
  status: number;
  /** `{ reason, message, field_errors?, ... }` */
  body: unknown;
  /** The original error, for the log. */
  error: TRPCError;
}

export interface RestNames {
  opaqueKeys: OpaqueKeys;
  /** @throws RangeError if the value is nested deeper than any input */
  toInput: (value: unknown) => unknown;
  /** Converts an output or an event. */
  toOutput: (value: unknown) => unknown;
  /** Describes a thrown value as tRPC does, with the same reason and its HTTP status. */
  toError: (cause: unknown) => RestError;
}

export function createRestNames(routes: RestRoute[]): RestNames {
  const opaqueKeys = opaqueKeysOf(routes);
  const properties = new Set<string>();
  for (const { input, output } of routes) {
    for (const [name] of [...propertiesOf(input ?? {}), ...propertiesOf(output ?? {})]) properties.add(name);
  }
  const toOutput = (value: unknown): unknown => toSnakeCaseKeys(value, opaqueKeys);
  return {
    opaqueKeys,
    toInput: (value) => toCamelCaseKeys(value, opaqueKeys),
    toOutput,
    toError(cause) {
      const error = getTRPCErrorFromUnknown(cause);
      const { message, data } = describeError(error);
      const { fieldErrors, reason, ...details } = data;
      const body = {
        // Over REST, clients know paths, not procedures.
        reason: reason === 'PROCEDURE_NOT_FOUND' ? 'PATH_NOT_FOUND' : reason,
        ...details,
        message: renameIn(message, properties),
        ...(fieldErrors === undefined ? {} : { fieldErrors: renameFields(fieldErrors, opaqueKeys) }),
      };
      return {
        status: getHTTPStatusCodeFromError(error),
        body: toSnakeCaseKeys(body, fieldErrorsAlone),
        error,
      };
    },
  };
}

const fieldErrorsAlone: OpaqueKeys = new Set(['fieldErrors']);

/** `agentId` becomes `agent_id`, but `config.maxTokens` stays: keys in a record are data. */
function renameFields(
  fieldErrors: Record<string, string[]>,
  opaqueKeys: OpaqueKeys,
): Record<string, string[]> {
  const renamed = Object.entries(fieldErrors).map(([field, messages]) => {
    const keys = field.split('.');
    const opaque = keys.findIndex((key) => opaqueKeys.has(key));
    const own = opaque === -1 ? keys.length : opaque;
    const name = keys.map((key, index) => (index < own ? toSnakeCase(key) : key)).join('.');
    return [name, messages] as const;
  });
  return Object.fromEntries(renamed);
}

/** Renames the inputs that a message names. */
function renameIn(message: string, properties: Set<string>): string {
  return message.replaceAll(/\b[a-z]+(?:[A-Z][a-z]*)+\b/g, (word) =>
    properties.has(word) ? toSnakeCase(word) : word,
  );
}
