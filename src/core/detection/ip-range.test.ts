import { describe, expect, test } from 'vitest';
import { isInRange, parseIpRange } from './ip-range.ts';

function isIn(address: string, range: string): boolean {
  const parsed = parseIpRange(range);
  if (parsed === undefined) throw new Error(range);
  return isInRange(address, parsed);
}

describe('a range of addresses', () => {
  test.each([
    ['10.255.255.255', '10.0.0.0/8', true],
    ['172.31.255.255', '172.16.0.0/12', true],
    ['172.32.0.0', '172.16.0.0/12', false],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.1/32', true],
    ['192.0.2.2', '192.0.2.1/32', false],
    ['203.0.113.9', '0.0.0.0/0', true],
    ['::1', '0.0.0.0/0', false],
    ['10.1.2.3', '10.9.9.9/8', true],
    ['::ffff:10.1.2.3', '10.0.0.0/8', true],
    ['::ffff:a01:203', '10.0.0.0/8', true],
    ['10.1.2.3', '::ffff:0:0/96', true],
    ['::1', '::1/128', true],
    ['0:0:0:0:0:0:0:1', '::1', true],
    ['fdff::1', 'fc00::/7', true],
    ['fe80::1%eth0', 'fe80::/10', true],
    ['febf:ffff::', 'fe80::/10', true],
    ['2620:83:8000:1::', '2620:83:8000::/48', true],
    ['2620:83:8001::', '2620:83:8000::/48', false],
    ['64:ff9b::192.0.2.33', '64:ff9b::/96', true],
    ['2001:db8::', '::/0', true],
    // Octal to some readers, decimal to others: no address.
    ['010.1.2.3', '10.0.0.0/8', false],
    ['10.1.2', '10.0.0.0/8', false],
    ['10.1.2.3:443', '10.0.0.0/8', false],
    ['256.1.2.3', '0.0.0.0/0', false],
    ['AWS Internal', '0.0.0.0/0', false],
    ['', '::/0', false],
    [':::', '::/0', false],
    ['1:2:3:4:5:6:7:8:9', '::/0', false],
    ['1:2:3:4:5:6:7:8', '::/0', true],
    ['1::2::3', '::/0', false],
    [`${'1:'.repeat(1000)}1`, '::/0', false],
  ])('%s in %s: %s', (address, range, expected) => {
    expect(isIn(address, range)).toBe(expected);
  });

  test.each([
    '',
    'example.com',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '::/129',
    '::/x',
    '10.0.0/8',
    '/8',
  ])('"%s" is none', (text) => {
    expect(parseIpRange(text)).toBeUndefined();
  });
});
