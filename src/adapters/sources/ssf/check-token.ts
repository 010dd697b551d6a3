import { readFile, stat } from 'node:fs/promises';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import { AppError } from '../../../core/errors.ts';
import { isSingle, securityEventOf } from './schema.ts';

/** Signatures with a public key. HMAC would make everybody who can check one able to make one. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const keyFileBytesMax = 1024 * 1024;
/** A clock that runs ahead is still a clock. */
const aheadSecondsMax = 300;

const jwks = z.looseObject({
  keys: z
    .array(z.looseObject({ kty: z.string() }))
    .min(1)
    .max(100),
});

/** What is agreed on with a sender, for push and for polling alike. */
export const senderShape = {
  issuer: z.string().min(1).max(500).meta({ description: 'Who sends, as `iss` of its tokens says it.' }),
  audience: z
    .string()
    .min(1)
    .max(500)
    .meta({ description: 'For whom, as `aud` of its tokens says it: what was agreed on for the stream.' }),
  jwksFile: z.string().min(1).exactOptional().meta({
    description: 'File of the sender’s public keys (JWK Set); read again when a key is not in it.',
    path: true,
  }),
  jwks: z
    .record(z.string(), z.unknown())
    .exactOptional()
    .meta({ description: 'The keys themselves (JWK Set), instead of a file.' }),
};

export type Sender = {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksFile?: string;
  readonly jwks?: unknown;
};

/** Errors: `bad-config` unless exactly one of both is named. */
export function requireKeys(sender: Sender): void {
  if ((sender.jwks === undefined) === (sender.jwksFile === undefined))
    throw new AppError('bad-config', 'sources.ssf: name jwksFile or jwks, and not both');
}

export type Checked =
  | { readonly ok: true; readonly claims: unknown; readonly issuer: string; readonly id: string }
  /** In the words of RFC 8935, 2.4. */
  | { readonly ok: false; readonly err: string; readonly description: string };

export type CheckToken = (token: string, receivedAt: number) => Promise<Checked>;

/** Errors: `bad-config` for keys that cannot be read. */
export async function openCheck(sender: Sender): Promise<CheckToken> {
  requireKeys(sender);
  let keys = await readKeys(sender);
  const verify = (token: string) =>
    jwtVerify(token, keys, {
      issuer: sender.issuer,
      audience: sender.audience,
      typ: 'secevent+jwt',
      algorithms,
      requiredClaims: ['jti', 'iat', 'events'],
    });
  return async (token, receivedAt) => {
    try {
      const { payload } = await verify(token).catch(async (fault: unknown) => {
        // Senders rotate their keys: the file may have the new one by now.
        if (!(fault instanceof errors.JWKSNoMatchingKey) || sender.jwksFile === undefined) throw fault;
        keys = await readKeys(sender);
        return verify(token);
      });
      if ((payload.iat ?? 0) > receivedAt / 1000 + aheadSecondsMax)
        return refused('invalid_request', 'The token is from the future.');
      const found = securityEventOf(payload);
      if (found === undefined || !isSingle(found))
        return refused('invalid_request', 'The token must hold exactly one event of CAEP, RISC or SSF.');
      return { ok: true, claims: payload, issuer: found.issuer, id: found.id };
    } catch (fault) {
      return refusalOf(fault);
    }
  };
}

/** Why a token was not taken, in the words of RFC 8935, 2.4. */
function refusalOf(fault: unknown): Checked {
  if (fault instanceof errors.JWTClaimValidationFailed) {
    if (fault.claim === 'iss') return refused('invalid_issuer', 'The issuer is not the one agreed on.');
    if (fault.claim === 'aud') return refused('invalid_audience', 'The audience is not the one agreed on.');
    return refused('invalid_request', 'The token lacks what it must have.');
  }
  const isKeyFault =
    fault instanceof errors.JWKSNoMatchingKey ||
    fault instanceof errors.JWKSMultipleMatchingKeys ||
    fault instanceof errors.JOSEAlgNotAllowed ||
    fault instanceof errors.JWSSignatureVerificationFailed ||
    fault instanceof errors.JWKInvalid ||
    fault instanceof errors.JOSENotSupported;
  if (isKeyFault) return refused('invalid_key', 'The signature is not of a key that is known here.');
  if (fault instanceof errors.JOSEError)
    return refused('invalid_request', 'This is no security event token.');
  // A file of keys that cannot be read is a fault of ours.
  throw fault;
}

function refused(err: string, description: string): Checked {
  return { ok: false, err, description };
}

async function readKeys(sender: Sender): Promise<JWTVerifyGetKey> {
  const set = sender.jwks === undefined ? await readKeyFile(sender.jwksFile ?? '') : inline(sender.jwks);
  try {
    return createLocalJWKSet(publicHalves(set));
  } catch (cause) {
    throw new AppError('bad-config', 'sources.ssf: this is no JWK Set', { cause });
  }
}

function inline(given: unknown): z.output<typeof jwks> {
  const parsed = jwks.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new AppError('bad-config', 'sources.ssf.jwks: this is no JWK Set: keys: [{ kty: … }]');
}

/** Members of private halves, which nobody should give us, are not even held in memory. */
function publicHalves(set: z.output<typeof jwks>): JSONWebKeySet {
  const hidden = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']);
  return {
    keys: set.keys.map(({ kty, ...key }) => ({
      kty,
      ...Object.fromEntries(Object.entries(key).filter(([name]) => !hidden.has(name))),
    })),
  };
}

async function readKeyFile(path: string): Promise<z.output<typeof jwks>> {
  const bad = (reason: string) => new AppError('bad-config', `sources.ssf.jwksFile: ${reason}`);
  const size = (await stat(path).catch(() => undefined))?.size;
  if (size === undefined) throw bad('the file does not exist');
  if (size > keyFileBytesMax) throw bad(`the file is larger than ${keyFileBytesMax} bytes`);
  const text = await readFile(path, 'utf8');
  try {
    const parsed = jwks.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
  } catch {
    // Told below: what is no JSON is no set of keys either.
  }
  throw bad('this is no JWK Set: {"keys":[…]}');
}
