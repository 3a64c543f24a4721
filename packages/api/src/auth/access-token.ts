// The access token: a short-lived JWT that names the session. It is believed only together with a live session.
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

const ALGORITHM = 'HS256';
const ISSUER = 'parley';
const AUDIENCE = 'parley';
const CLOCK_TOLERANCE_SECONDS = 30;

const ACCESS_TOKEN_SECONDS = 60 * 60;

export interface AccessTokenClaims {
  /** SHA-256 of the session's id, hex. */
  sessionIdHash: string;
  userId: string;
}

export type AccessTokenCheck =
  { status: 'valid'; claims: AccessTokenClaims } | { status: 'expired' } | { status: 'invalid' };

export interface AccessTokens {
  sign(claims: AccessTokenClaims): Promise<string>;
  verify(token: string): Promise<AccessTokenCheck>;
}

const payloadSchema = z.object({ sub: z.string(), sid: z.string() });

/** @param lifetimeSeconds shorter ones are for tests */
export function createAccessTokens(secret: Uint8Array, lifetimeSeconds = ACCESS_TOKEN_SECONDS): AccessTokens {
  return {
    sign({ sessionIdHash, userId }) {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ sid: sessionIdHash })
        .setProtectedHeader({ alg: ALGORITHM })
        .setSubject(userId)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(now)
        .setExpirationTime(now + lifetimeSeconds)
        .sign(secret);
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, secret, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          audience: AUDIENCE,
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
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
