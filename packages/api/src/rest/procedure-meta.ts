import type { DomainErrorReason } from '../errors.ts';

/** What is said of a procedure besides its schemas: who may call it, and how it looks over REST. */
export interface ProcedureMeta {
  /** Set by the base procedure, which also enforces it. */
  access?: 'anyone' | 'user' | 'session' | 'admin';
  /** Without it, the procedure is for tRPC alone. */
  rest?: RestMeta;
}

type RestMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface RestMeta {
  /**
   * Method and path. `{chat_id}` in the path is the input's `chatId`; the rest of the input comes from the query string
   * of a GET or DELETE, and from the JSON body of a POST or PUT.
   */
  route: `${RestMethod} /api/${string}`;
  summary: string;
  description?: string;
  /** Of a success. Default: 200. */
  status?: 201;
  /** The reasons of failures that are this procedure's own, for the documentation. */
  errors?: readonly DomainErrorReason[];
}
