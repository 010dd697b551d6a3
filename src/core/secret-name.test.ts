import { expect, test } from 'vitest';
import { isSecretName } from './secret-name.ts';

test.each([
  'password',
  'masterUserPassword',
  'secretAccessKey',
  'sessionToken',
  'client_token',
  'client-secret',
  'Authorization',
  'private_key',
  'apiKey',
])('what stands under %s is a secret', (name) => expect(isSecretName(name)).toBe(true));

test.each([
  'accessKeyId',
  'hashed_token',
  'token_id',
  'tokenType',
  'secret_type',
  'nextToken',
  'secretId',
  'publicKey',
  'secrets',
])('what stands under %s may be read by a rule', (name) => expect(isSecretName(name)).toBe(false));
