// Logs are JSON lines. Callers log no bodies, headers or user texts; the redaction here is a safety net for mistakes.
import pino, { type DestinationStream, type Logger } from 'pino';

const REMOVED = '[removed]';

const SECRET_NAMES = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'token',
  'secret',
  'apiKey',
  'webhookToken',
  'signingSecret',
  'jwtSecret',
  'encryptionKey',
  'inviteToken',
  'content',
  'chatInput',
  'messages',
];

/** API keys, bearer tokens, session tokens (JWT), and passwords in database URLs. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/\bparley_[\w-]{8,}/g, `parley_${REMOVED}`],
  [/\b(Bearer|Basic) +[\w.~+/=-]+/gi, `$1 ${REMOVED}`],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]+/g, REMOVED],
  [/\b([a-z][a-z+]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, `$1:${REMOVED}@`],
];

export function createLogger(level: string, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      redact: {
        paths: SECRET_NAMES.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: REMOVED,
      },
      serializers: { err: (error: unknown) => describe(error) },
    },
    destination,
  );
}

const MAX_CAUSES = 5;

/** Logs a fixed set of an error's properties: errors of Postgres contain rows, errors of requests contain headers. */
function describe(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error))
    return { type: typeof error, message: scrub(String(error)), stack: undefined };
  const code = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    message: scrub(error.message),
    stack: error.stack === undefined ? undefined : scrub(error.stack),
    ...(code === undefined ? {} : { code }),
    ...(error.cause === undefined || depth >= MAX_CAUSES ? {} : { cause: describe(error.cause, depth + 1) }),
  };
}

function scrub(text: string): string {
  let scrubbed = text;
  for (const [pattern, replacement] of SECRET_TEXTS) scrubbed = scrubbed.replaceAll(pattern, replacement);
  return scrubbed;
}
