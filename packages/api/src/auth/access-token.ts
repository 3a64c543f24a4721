// The access token: a short-lived JWT that names a session. It is valid only while that session is live.
import { createHmac } from 'node:crypto';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

const ALGORITHM = 'HS256';
const ISSUER = 'parley';
const AUDIENCE = 'parley';
const CLOCK_TOLERANCE_SECONDS = 30;

const ACCESS_TOKEN_SECONDS = 60 * 60;

export interface AccessTokenClaims {
  /** SHA-256 of the session's id, in hex. */
  sessionIdHash: string;
  userId: string;
}

type AccessTokenCheck =
  { status: 'valid'; claims: AccessTokenClaims } | { status: 'expired' } | { status: 'invalid' };

export interface AccessTokens {
  sign(claims: AccessTokenClaims): Promise<string>;
  verify(token: string): Promise<AccessTokenCheck>;
}

const payloadSchema = z.object({ sub: z.string(), sid: z.string() });

/**
 * @param secrets the first signs, all verify; to rotate, prepend a new one and remove the old one an hour later
 * @param options.lifetimeSeconds default: one hour
 * @param options.now milliseconds since 1970; pass the database's clock, which all instances share
 */
export function createAccessTokens(
  secrets: readonly Uint8Array[],
  {
    lifetimeSeconds = ACCESS_TOKEN_SECONDS,
    now = Date.now,
  }: { lifetimeSeconds?: number | undefined; now?: (() => number) | undefined } = {},
): AccessTokens {
  const keys = secrets.map((secret) => ({ id: keyIdOf(secret), secret }));
  const [signing] = keys;
  if (signing === undefined) throw new Error('at least one JWT secret is required');

  return {
    sign({ sessionIdHash, userId }) {
      const issuedAt = Math.floor(now() / 1000);
      return new SignJWT({ sid: sessionIdHash })
        .setProtectedHeader({ alg: ALGORITHM, kid: signing.id })
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .sign(signing.secret);
    },
    async verify(token) {
      try {
        // Nothing is verified yet: the header only selects one of our own keys.
        const { kid } = decodeProtectedHeader(token);
        const key = keys.find(({ id }) => id === kid);
        if (key === undefined) return { status: 'invalid' };
        const { payload } = await jwtVerify(token, key.secret, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          requiredClaims: ['exp'],
          currentDate: new Date(now()),
        });
        const parsed = payloadSchema.safeParse(payload);
        if (!parsed.success) return { status: 'invalid' };
        return { status: 'valid', claims: { userId: parsed.data.sub, sessionIdHash: parsed.data.sid } };
      } catch (error) {
        return { status: error instanceof errors.JWTExpired ? 'expired' : 'invalid' };
      }
    },
  };
}

/** Equal on every instance with this secret, and useless without it. */
function keyIdOf(secret: Uint8Array): string {
  return createHmac('sha256', secret).update('parley access token key').digest('base64url').slice(0, 8);
}
