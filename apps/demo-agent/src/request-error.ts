// Errors of refused requests, in the shape of n8n's errors: `{ code, message, hint }`.

export class RequestError extends Error {
  readonly status: number;
  readonly hint: string | undefined;

  constructor(status: number, message: string, hint?: string) {
    super(message);
    this.status = status;
    this.hint = hint;
  }

  /** Any other error is a bug of the demo agent: 500 with its message, which cannot contain a secret. */
  static from(error: unknown): RequestError {
    return error instanceof RequestError
      ? error
      : new RequestError(500, `The demo agent failed: ${String(error)}`);
  }

  get body() {
    return { code: this.status, message: this.message, hint: this.hint };
  }
}

/** n8n's error for a path without an active workflow. It names the path without the leading slash. */
export function notRegistered(method: string, path: string, knownPaths: string[]): RequestError {
  return new RequestError(
    404,
    `The requested webhook "${method} ${path.replace(/^\//, '')}" is not registered.`,
    `The demo agent answers POST requests to ${knownPaths.join(', ')}.`,
  );
}

/** n8n answers 404 here, too, not 405. */
export function wrongMethod(method: string): RequestError {
  return new RequestError(
    404,
    `This webhook is not registered for ${method} requests. Did you mean to make a POST request?`,
  );
}
