import { expect, test } from 'vitest';
import { isOwnHost } from './own-host.ts';

test('a host below a domain has its sub-domains for itself; a domain, an address and a bare name have not', () => {
  for (const host of ['feedback.example.com', 'loop.security.example.co.uk', 'Feedback.Example.com'])
    expect([host, isOwnHost(host)]).toEqual([host, true]);
  for (const host of [
    'example.com',
    'example.co.uk',
    'Example.com',
    'localhost',
    '127.0.0.1',
    '[::1]',
    'intranet',
  ])
    expect([host, isOwnHost(host)]).toEqual([host, false]);
});
