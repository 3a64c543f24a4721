// A procedure's declarations besides its schemas. REST dispatch, body limits and the OpenAPI document all read them here.
import type { z } from 'zod';
import type { KeyScope } from '@parley/db';
import type { DomainErrorReason } from '../errors.ts';

export interface ProcedureMeta {
  /** Set by the base procedure, which also enforces it. */
  access?: 'anyone' | 'cookie' | 'user' | 'session' | 'admin';
  /** The scope that an API key needs. Without it, no key may call the procedure, unless anyone may. */
  scope?: KeyScope;
  /** A procedure without it is served over tRPC alone. */
  rest?: RestMeta;
}

type RestMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface RestMeta {
  /**
   * Method and path. `{chat_id}` in the path is the input's `chatId`. The rest of the input comes from the query string
   * of a GET or DELETE, and from the body of a POST or PUT.
   */
  route: `${RestMethod} /api/${string}`;
  summary: string;
  description?: string;
  /** Status of a success. Default: 200. */
  status?: 201;
  /** Reasons of the procedure's own failures, for the documentation. */
  errors?: readonly DomainErrorReason[];
  /** Default: a JSON object. */
  body?: MultipartBody;
  /** Default: the output as JSON. */
  response?: BytesResponse | ExportResponse | RunResponse | EventsResponse;
  /** Ids in the input for which REST makes a new UUID if the client sends none. */
  newIds?: readonly string[];
}

/** A form with one file. The procedure's input is the `FormData`, to which REST adds the path's parameters. */
export interface MultipartBody {
  type: 'multipart';
  /** Name of the file's field. */
  file: string;
  /** Media types of the file, for the documentation: the procedure checks the bytes. */
  mediaTypes: readonly string[];
  /** Limit for the whole form. */
  maxBytes: number;
}

/** A file of known size, with an ETag. The procedure's output is `bytesOutput`. */
export interface BytesResponse {
  type: 'bytes';
  mediaType: string;
  fileName: string;
  description: string;
}

/**
 * A download of any length. The procedure's input has `format` and `cursor`, its output is `exportOutput`: REST calls it
 * until there is no `nextCursor`, and joins the pieces.
 */
export interface ExportResponse {
  type: 'export';
  /** Without the extension. */
  fileName: string;
  description: string;
  /** By the values of the input's `format`. */
  formats: Readonly<Record<string, ExportFormat>>;
}

interface ExportFormat {
  mediaType: string;
  extension: string;
  schema: z.ZodType;
  /** For the documentation. Default: a sample of the schema. */
  example?: unknown;
}

/**
 * The run that the procedure started: its events as Server-Sent Events, or its final message as JSON, as the client
 * accepts. The procedure's input has `chatId`, its output is `sendMessageOutput`.
 */
export interface RunResponse {
  type: 'run';
}

/**
 * The events of a run as Server-Sent Events. The procedure is a subscription of run events with `tracked` ids; its input has
 * `chatId`, `runId` and `lastEventId`, which REST also reads from the header `Last-Event-ID`.
 */
export interface EventsResponse {
  type: 'events';
}
