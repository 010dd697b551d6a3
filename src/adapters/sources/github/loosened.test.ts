import { describe, expect, test } from 'vitest';
import { editOfProtection, editOfRuleset, strengthOf } from './loosened.ts';

describe('an edit of a protected branch', () => {
  const edit = (name: string, from: unknown, now: unknown, rest: object = {}) =>
    editOfProtection({ [name]: now, ...rest }, { [name]: { from } });
  const loosened = (name: string) => ({ loosened: [name], tightened: [] });
  const tightened = (name: string) => ({ loosened: [], tightened: [name] });
  const nothing = { loosened: [], tightened: [] };

  test.each([
    ['admin_enforced', true, false],
    ['required_approving_review_count', 2, 1],
    ['pull_request_reviews_enforcement_level', 'everyone', 'non_admins'],
    ['required_status_checks_enforcement_level', 'non_admins', 'off'],
    ['dismiss_stale_reviews_on_push', true, null],
    ['allow_force_pushes_enforcement_level', 'off', 'everyone'],
    ['allow_deletions_enforcement_level', 'off', 'non_admins'],
    ['required_status_checks', ['test', 'lint'], ['test']],
  ])('%s loosens one way and tightens the other', (name, from, now) => {
    expect(edit(name, from, now)).toEqual(loosened(name));
    expect(edit(name, now, from)).toEqual(tightened(name));
    expect(edit(name, now, now)).toEqual(nothing);
  });

  test('one more who may push in spite of the rule loosens it, but only where others may not', () => {
    const more = (only: boolean) =>
      edit('authorized_actor_names', ['ana'], ['ana', 'ben'], { authorized_actors_only: only });
    expect(more(true)).toEqual(loosened('authorized_actor_names'));
    expect(more(false)).toEqual(nothing);
  });

  test('a new name, a setting of tomorrow and values of another kind say nothing', () => {
    expect(edit('name', 'main', 'trunk')).toEqual(nothing);
    expect(edit('of_tomorrow', true, false)).toEqual(nothing);
    expect(edit('admin_enforced', 'yes', { now: true })).toEqual(nothing);
    expect(editOfProtection({ admin_enforced: false }, { admin_enforced: true })).toEqual(nothing);
    expect(editOfProtection({}, { admin_enforced: { from: true } })).toEqual(nothing);
  });

  test('a list of checks with one more and one fewer is looser: something is no longer asked for', () => {
    expect(edit('required_status_checks', ['test'], ['lint'])).toEqual(loosened('required_status_checks'));
  });
});

describe('an edit of a ruleset', () => {
  const pull = (count: number) => ({
    type: 'pull_request',
    parameters: { required_approving_review_count: count },
  });
  const updated = (from: string, count: number) => ({
    rules: { updated: [{ rule: pull(count), changes: { configuration: { from } } }] },
  });

  test('switching its enforcement off or to evaluating loosens it, switching it on tightens it', () => {
    const to = (now: string, from: string) => editOfRuleset({ enforcement: now }, { enforcement: { from } });
    expect(to('disabled', 'active').loosened).toEqual(['enforcement']);
    expect(to('evaluate', 'active').loosened).toEqual(['enforcement']);
    expect(to('active', 'evaluate').tightened).toEqual(['enforcement']);
    expect(to('disabled', 'evaluate')).toEqual({ loosened: [], tightened: [] });
  });

  test('a rule taken out loosens it, a rule added tightens it', () => {
    const changes = { rules: { deleted: [{ type: 'deletion' }], added: [{ type: 'non_fast_forward' }] } };
    expect(editOfRuleset({}, changes)).toEqual({ loosened: ['deletion'], tightened: ['non_fast_forward'] });
  });

  test('a parameter is compared with the former one, which stands as JSON in a text', () => {
    const before = (count: number) => JSON.stringify({ required_approving_review_count: count });
    expect(editOfRuleset({}, updated(before(2), 1)).loosened).toEqual(['required_approving_review_count']);
    expect(editOfRuleset({}, updated(before(0), 1)).tightened).toEqual(['required_approving_review_count']);
    for (const from of ['', 'no JSON', '[]', 'null', '"'.repeat(30_000)])
      expect(editOfRuleset({}, updated(from, 1))).toEqual({ loosened: [], tightened: [] });
  });

  test('a branch that is no longer included, or newly excluded, loosens it', () => {
    const conditions = (now: object, changes: object) =>
      editOfRuleset({}, { conditions: { updated: [{ condition: { ref_name: now }, changes }] } });
    expect(conditions({ include: ['a'] }, { include: { from: ['a', 'b'] } }).loosened).toEqual(['include']);
    expect(conditions({ exclude: ['a'] }, { exclude: { from: [] } }).loosened).toEqual(['exclude']);
    expect(conditions({ exclude: [] }, { exclude: { from: ['a'] } }).tightened).toEqual(['exclude']);
  });
});

test('levels, switches and numbers have a strength, texts have none', () => {
  expect([null, false, true, 'off', 'non_admins', 'everyone', 3, '3', {}].map(strengthOf)).toEqual([
    0,
    0,
    1,
    0,
    1,
    2,
    3,
    undefined,
    undefined,
  ]);
});
