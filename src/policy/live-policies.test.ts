import { afterAll, describe, expect, test } from 'vitest';
import type { PolicyContent } from '../core/policy/content.ts';
import { shippedPacksDir } from '../packs/pack-folder.ts';
import { contentVersion, loadPolicyFiles } from '../packs/policy-files.ts';
import { openLivePolicies } from './live-policies.ts';
import { openPolicies, type PolicySet } from './policy-set.ts';
import { replay } from './replay.ts';
import type { PolicyRequest } from './request.ts';

const { content } = loadPolicyFiles(shippedPacksDir());

function open(given: PolicyContent): PolicySet {
  const opened = openPolicies(given, contentVersion(given));
  if (opened.kind === 'error') throw new Error(JSON.stringify(opened.problems));
  return opened.set;
}

/** The shipped policies with one text in them replaced. */
const changed = (from: string, to: string): PolicyContent => ({
  ...content,
  policies: content.policies.map(({ file, text }) => ({ file, text: text.replace(from, to) })),
});

const push: PolicyRequest = {
  subject: { type: 'user', id: 'ana' },
  action: { name: 'push' },
  resource: { type: 'branch', id: 'main', properties: { protected: true } },
};

describe('policies that change while they are in force', () => {
  const live = openLivePolicies(open(content));
  afterAll(() => live.close());
  const take = (given: PolicyContent) => live.replace(given, contentVersion(given));

  test('are taken over when they are sound', () => {
    expect(take(content)).toBe('same');
    expect(live.current().decide(push).decision).toBe(false);
    expect(take(changed('resource.protected }', '!resource.protected }'))).toBe('replaced');
    expect(live.current().decide(push).decision).toBe(true);
  });

  test('are not taken over when they are not: the ones before stay, and it is said why', () => {
    expect(take(content)).toBe('replaced');
    expect(take(changed('forbid (', 'forbid ('))).toBe('same');
    expect(take(changed('resource is branch', 'resource is nothing'))).toBe('refused');
    expect(live.current().decide(push).decision).toBe(false);
    expect(live.status().problems.length).toBeGreaterThan(0);
    expect(live.replace(content, contentVersion(content), [{ file: 'x', line: 1, reason: 'unread' }])).toBe(
      'refused',
    );
    expect(take({ ...content, policies: [] })).toBe('refused');
    expect(live.current().decide(push).decision).toBe(false);
    expect(take(content)).toBe('same');
    expect(live.status().problems).toEqual([]);
  });
});

test('packs without policies permit nothing, and say so', () => {
  const set = open({ policies: [], words: content.words, tests: [] });
  expect(set.decide(push)).toMatchObject({ decision: false, outcome: 'nothing-permits' });
  set.close();
});

describe('asking policies about what was decided', () => {
  const recorded = {
    at: '2026-11-23T10:00:00Z',
    outcome: 'forbidden',
    rule: 'push-to-protected-branch',
    weight: 1,
    request: push,
  };
  const granted = {
    at: '2026-11-23T10:00:00Z',
    outcome: 'permitted',
    weight: 100,
    request: { ...push, resource: { type: 'branch', id: 'x' } },
  };

  test('shows no difference for the policies that decided it', () => {
    const set = open(content);
    expect(replay(set, [recorded, granted])).toEqual({ decisions: 101, differences: [] });
    set.close();
  });

  test('shows what would be let through first, then what would be stopped, with what each stands for', () => {
    const set = open(changed('resource has protected && resource.protected', 'resource has repository'));
    const closed = {
      ...granted,
      request: { ...push, resource: { type: 'branch', id: 'x', properties: { repository: 'r' } } },
    };
    const { differences } = replay(set, [closed, recorded, recorded]);
    expect(differences.map(({ kind, n }) => [kind, n])).toEqual([
      ['opens', 2],
      ['closes', 100],
    ]);
    set.close();
  });
});
