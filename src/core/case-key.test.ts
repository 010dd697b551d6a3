import { describe, expect, test } from 'vitest';
import { caseParts, caseValuesOf } from './case-key.ts';
import type { Event } from './event.ts';

const event = (over: Partial<Event>): Event => ({
  id: 'e',
  source: 's',
  kind: 'token.issued',
  occurredAt: 0,
  receivedAt: 0,
  actor: { type: 'unknown' },
  where: {},
  fingerprints: [],
  leads: [],
  record: {},
  ...over,
});

describe('the key of a case', () => {
  test('names its parts, and nothing that events do not have', () => {
    expect(caseParts('actor+rule+repository')).toEqual(['actor', 'rule', 'repository']);
    expect(caseParts('actor+colour')).toBeUndefined();
    expect(caseParts('actor+actor')).toBeUndefined();
    expect(caseParts('')).toBeUndefined();
  });

  test('is the same for one person under one address, whatever its letters', () => {
    const values = (email: string) =>
      caseValuesOf('actor+campaign', event({ actor: { type: 'person', email }, joins: { campaign: '7' } }));
    expect(values('Ana@Example.com')).toEqual(values('ana@example.com'));
    expect(values('bob@example.com')).not.toEqual(values('ana@example.com'));
  });

  test('tells apart cases of which one part is missing', () => {
    const one = caseValuesOf('identity+resource', event({ identity: { type: 'role', id: 'deploy' } }));
    const other = caseValuesOf('identity+resource', event({ resource: { type: 'role', id: 'deploy' } }));
    expect(one).not.toEqual(other);
  });

  test('tells apart accounts of one name in two systems, so that the end of one is no end of the other', () => {
    const values = (id: string, provider?: string) =>
      caseValuesOf(
        'identity',
        event({ identity: { type: 'account', id, ...(provider === undefined ? {} : { provider }) } }),
      );
    expect(values('ana', 'aws')).not.toEqual(values('ana', 'github'));
    expect(values('ana', 'aws')).toEqual(values('Ana', 'AWS'));
    // What is one everywhere is told by systems of any name.
    expect(values('ana@example.com', 'okta')).toEqual(values('ana@example.com'));
    expect(values('arn:aws:iam::1:user/ci', 'aws')).toEqual(values('arn:aws:iam::1:user/ci'));
  });

  test('is none when an event has none of its parts', () => {
    expect(caseValuesOf('actor+run', event({}))).toBeUndefined();
  });
});
