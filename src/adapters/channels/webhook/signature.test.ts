import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { secretBytes, signedHeaders, verifyStandardWebhook } from './signature.ts';

// An obvious fake: bytes 0 to 31.
const secret = `whsec_${Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64')}`;
const other = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const at = Date.UTC(2026, 10, 23, 10, 41);
const body = '{"test":2432232314}';

describe('a delivery', () => {
  const headers = signedHeaders('msg-1', at, body, [secret]);

  test('is accepted by whoever has the secret, with or without its prefix', () => {
    expect(verifyStandardWebhook(headers, body, [secret], at)).toEqual({ ok: true, id: 'msg-1' });
    expect(verifyStandardWebhook(headers, body, [secret.slice(6)], at)).toEqual({ ok: true, id: 'msg-1' });
    expect(verifyStandardWebhook(headers, body, [other, secret], at)).toEqual({ ok: true, id: 'msg-1' });
  });

  test('is accepted with the old and the new secret during a rotation', () => {
    const both = signedHeaders('msg-1', at, body, [other, secret]);
    expect(verifyStandardWebhook(both, body, [secret], at).ok).toBe(true);
    expect(verifyStandardWebhook(both, body, [other], at).ok).toBe(true);
  });

  test.each([
    ['another body', { body: `${body} ` }, 'bad-signature'],
    ['another id', { headers: { ...headers, 'webhook-id': 'msg-2' } }, 'bad-signature'],
    [
      'another time',
      { headers: { ...headers, 'webhook-timestamp': String(at / 1000 + 1) } },
      'bad-signature',
    ],
    ['another secret', { secrets: [other] }, 'bad-signature'],
    ['no secret', { secrets: [] }, 'no-secret'],
    ['an empty secret', { secrets: ['', 'whsec_'] }, 'no-secret'],
    ['no id', { headers: { ...headers, 'webhook-id': '' } }, 'missing-header'],
    ['a time that is no number', { headers: { ...headers, 'webhook-timestamp': '1e9' } }, 'missing-header'],
    ['a clock that is late', { at: at + 301_000 }, 'too-old'],
    ['a clock that is early', { at: at - 301_000 }, 'too-new'],
  ] as const)('with %s is refused', (_name, over, reason) => {
    const given = { headers, body, secrets: [secret], at, ...over };
    expect(verifyStandardWebhook(given.headers, given.body, given.secrets, given.at)).toEqual({
      ok: false,
      reason,
    });
  });
});

test('a secret holds 24 to 64 bytes', () => {
  expect(secretBytes(secret)).toHaveLength(32);
  for (const bytes of [0, 1, 23, 65])
    expect(secretBytes(Buffer.alloc(bytes, 1).toString('base64'))).toBeUndefined();
  expect(secretBytes('whsec_not base64!')).toBeUndefined();
});

const vectorFile = join(
  process.env.FOLDBACK_STANDARDS ?? join(import.meta.dirname, '../../../../../shared/standards'),
  'standard-webhooks/vectors.json',
);
const vectorSchema = z.object({
  hmac_bytes: z.array(z.number()),
  body: z.string(),
  cases: z.array(
    z.object({
      name: z.string(),
      headers: z.record(z.string(), z.string()),
      receiver_clock_minus_timestamp_seconds: z.number(),
      accept: z.boolean(),
    }),
  ),
});

test('the published vectors are judged as published', (context) => {
  if (!existsSync(vectorFile)) context.skip(`the vectors of the standard are not here: ${vectorFile}`);
  const vectors = vectorSchema.parse(JSON.parse(readFileSync(vectorFile, 'utf8')));
  const published = Buffer.from(vectors.hmac_bytes).toString('base64');
  expect(vectors.cases.length).toBeGreaterThan(5);
  for (const one of vectors.cases) {
    const clock =
      (Number(one.headers['webhook-timestamp'] ?? 1614265330) + one.receiver_clock_minus_timestamp_seconds) *
      1000;
    expect(verifyStandardWebhook(one.headers, vectors.body, [published], clock).ok, one.name).toBe(
      one.accept,
    );
  }
});
