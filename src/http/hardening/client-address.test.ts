import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

async function seen(remoteAddress: string | undefined, forwarded?: string, trusted?: readonly string[]) {
  const app = new Hono();
  app.get('/', (c) => c.text(clientAddress(c, trusted) ?? 'nobody'));
  const headers = forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded };
  const env = remoteAddress === undefined ? {} : { incoming: { socket: { remoteAddress } } };
  return (await app.request('/', { headers }, env)).text();
}

test('is the address of the socket', async () => {
  expect(await seen('192.0.2.7')).toBe('192.0.2.7');
  expect(await seen('::ffff:192.0.2.7')).toBe('192.0.2.7');
  expect(await seen(undefined)).toBe('nobody');
});

test('counts a whole IPv6 network of 64 bits as one', async () => {
  expect(await seen('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
  expect(await seen('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64');
});

test('does not believe a forwarded address that no trusted proxy wrote', async () => {
  expect(await seen('192.0.2.7', '203.0.113.1')).toBe('192.0.2.7');
  expect(await seen('192.0.2.7', '203.0.113.1', ['10.0.0.0/8'])).toBe('192.0.2.7');
});

test('reads what trusted proxies wrote, from the right, up to the first stranger', async () => {
  const trusted = ['10.0.0.0/8', '2001:db8::1'];
  expect(await seen('10.0.0.1', '198.51.100.9, 203.0.113.1, 10.0.0.2', trusted)).toBe('203.0.113.1');
  expect(await seen('2001:db8::1', '203.0.113.1', trusted)).toBe('203.0.113.1');
  expect(await seen('10.0.0.1', 'nonsense', trusted)).toBe('10.0.0.1');
  expect(await seen('10.0.0.1', undefined, trusted)).toBe('10.0.0.1');
});
