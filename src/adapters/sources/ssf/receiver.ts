import { readFile, stat } from 'node:fs/promises';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { z } from 'zod';
import { AppError } from '../../../core/errors.ts';
import type { OpenReceiver, ReceiverVerdict, SourceReceiver } from '../../../ports/source.ts';
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

export const receiverSettings = z
  .strictObject({
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
  })
  .refine((given) => (given.jwks === undefined) !== (given.jwksFile === undefined), {
    message: 'name jwksFile or jwks, and not both',
    path: ['jwksFile'],
  });

/** Push delivery of Security Event Tokens (RFC 8935). */
export const receiver: SourceReceiver = {
  types: ['application/secevent+jwt'],
  settings: receiverSettings,
  open: async (given) => {
    const parsed = receiverSettings.safeParse(given);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new AppError('bad-config', `sources.ssf.receiver.${issue?.path.join('.')}: ${issue?.message}`);
    }
    return openReceiver(parsed.data);
  },
};

async function openReceiver(settings: z.output<typeof receiverSettings>): Promise<OpenReceiver> {
  let keys = await readKeys(settings);
  const verify = (token: string) =>
    jwtVerify(token, keys, {
      issuer: settings.issuer,
      audience: settings.audience,
      typ: 'secevent+jwt',
      algorithms,
      requiredClaims: ['jti', 'iat', 'events'],
    });
  return {
    take: async ({ body, receivedAt }) => {
      const token = new TextDecoder().decode(body).trim();
      try {
        const { payload } = await verify(token).catch(async (fault: unknown) => {
          // Senders rotate their keys: the file may have the new one by now.
          if (!(fault instanceof errors.JWKSNoMatchingKey) || settings.jwksFile === undefined) throw fault;
          keys = await readKeys(settings);
          return verify(token);
        });
        if ((payload.iat ?? 0) > receivedAt / 1000 + aheadSecondsMax)
          return refused('invalid_request', 'The token is from the future.');
        const found = securityEventOf(payload);
        if (found === undefined || !isSingle(found))
          return refused('invalid_request', 'The token must hold exactly one event of CAEP, RISC or SSF.');
        return { ok: true, record: payload, deliveryId: `${found.issuer} ${found.id}`, status: 202 };
      } catch (fault) {
        return verdictOf(fault);
      }
    },
  };
}

/** Why a token was not taken, in the words of RFC 8935, 2.4. */
function verdictOf(fault: unknown): ReceiverVerdict {
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

function refused(err: string, description: string): ReceiverVerdict {
  return { ok: false, status: 400, body: { err, description } };
}

async function readKeys(settings: z.output<typeof receiverSettings>): Promise<JWTVerifyGetKey> {
  const set =
    settings.jwks === undefined ? await readKeyFile(settings.jwksFile ?? '') : inline(settings.jwks);
  try {
    return createLocalJWKSet(publicHalves(set));
  } catch (cause) {
    throw new AppError('bad-config', 'sources.ssf.receiver: this is no JWK Set', { cause });
  }
}

function inline(given: unknown): z.output<typeof jwks> {
  const parsed = jwks.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new AppError('bad-config', 'sources.ssf.receiver.jwks: this is no JWK Set: keys: [{ kty: … }]');
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
  const bad = (reason: string) => new AppError('bad-config', `sources.ssf.receiver.jwksFile: ${reason}`);
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
