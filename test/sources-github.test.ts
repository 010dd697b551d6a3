import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sources } from '../src/adapters/index.ts';
import { packOptions } from '../src/content.ts';
import type { Event } from '../src/core/event.ts';
import { openLogSources } from '../src/core/rules/log-source.ts';
import { compileDocument } from '../src/core/rules/rule-book.ts';
import { compileRuleSet } from '../src/core/rules/rule-set.ts';
import { isDict } from '../src/lib/guards.ts';
import { readLogSourceEntries } from '../src/packs/log-sources-file.ts';
import { openPackFolder, shippedPacksDir } from '../src/packs/pack-folder.ts';
import { readRuleFile } from '../src/packs/rule-files.ts';
import { isRejection, type MapContext } from '../src/ports/source.ts';
import { eventProblems } from './support/event-problems.ts';
import { sourceContext } from './support/source-context.ts';

const corpus = process.env.FOLDBACK_CORPUS ?? join(import.meta.dirname, '../../shared/corpus');
const isThere = existsSync(join(corpus, 'truth.jsonl'));
const reason = isThere ? '' : ' (skipped: no corpus at FOLDBACK_CORPUS)';

const source = sources.find(({ id }) => id === 'github');

function map(payload: unknown, changed: Partial<MapContext> = {}): readonly Event[] {
  const found = source?.map(payload, { ...sourceContext, ...changed });
  return found === undefined || isRejection(found) ? [] : found;
}

const fixtures = new URL('../src/adapters/sources/github/fixtures/', import.meta.url);
const payloads: readonly unknown[] = readdirSync(fixtures)
  .filter((name) => !/\.expected\.json$|-lines\.json$/u.test(name))
  .flatMap((name): readonly unknown[] => {
    const read: unknown = JSON.parse(readFileSync(new URL(name, fixtures), 'utf8').replace(/^\uFEFF/u, ''));
    return Array.isArray(read) ? read : [read];
  });

/** One change to a payload: the member to which a walk leads is dropped, replaced or put somewhere else. */
const change = fc.record({
  walk: fc.array(fc.nat(60), { minLength: 1, maxLength: 6 }),
  how: fc.constantFrom('drop', 'replace', 'nest'),
  value: fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(
      null,
      '',
      0,
      -1,
      [],
      {},
      'closed',
      'edited',
      'approved',
      '9'.repeat(30),
      'x'.repeat(3000),
    ),
  ),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(value: unknown, { walk, how, value: other }: Change): unknown {
  const [step = 0, ...rest] = walk;
  if (typeof value !== 'object' || value === null) return other;
  const entries = Object.entries(value);
  const at = entries[step % Math.max(1, entries.length)];
  if (at === undefined) return other;
  const [key, member] = at;
  const isEnd = rest.length === 0 || typeof member !== 'object' || member === null;
  const next = !isEnd
    ? changed(member, { walk: rest, how, value: other })
    : how === 'nest'
      ? { [key]: member }
      : other;
  if (Array.isArray(value))
    return how === 'drop' && isEnd ? value.toSpliced(Number(key), 1) : value.with(Number(key), next);
  const others = entries.filter(([name]) => name !== key);
  return Object.fromEntries(how === 'drop' && isEnd ? others : [...others, [key, next]]);
}

describe('whatever comes as a delivery or a record of GitHub', () => {
  const eventNames = [
    undefined,
    ...'workflow_run workflow_job deployment deployment_status deployment_review deployment_protection_rule pull_request pull_request_review branch_protection_rule branch_protection_configuration repository_ruleset security_and_analysis deploy_key public_key personal_access_token_request check_run check_suite push secret_scanning_alert secret_scanning_alert_location bypass_request_push_ruleset issues of_tomorrow __proto__'.split(
      ' ',
    ),
  ];

  test('with members dropped, exchanged or moved, it gives valid events or nothing, and never an error', () => {
    fc.assert(
      fc.property(
        fc.nat(payloads.length - 1),
        fc.array(change, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(...eventNames),
        (which, changes, name) => {
          const payload = changes.reduce<unknown>(changed, payloads[which]);
          const headers = name === undefined ? {} : { headers: { 'x-github-event': name } };
          expect(map(payload, headers).flatMap(eventProblems)).toEqual([]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('a delivery that is sent again, later, has the same ids; two switches of one kind have not', () => {
    const frame = { repository: { full_name: 'acme/shop-api' }, sender: { login: 'octo-ana', type: 'User' } };
    const ids = (guid: string, receivedAt: number) =>
      map(
        { action: 'disabled', ...frame },
        {
          receivedAt,
          headers: { 'x-github-event': 'branch_protection_configuration', 'x-github-delivery': guid },
        },
      ).map(({ id }) => id);
    expect(ids('1', sourceContext.receivedAt + 60_000)).toEqual(ids('1', sourceContext.receivedAt));
    expect(ids('2', sourceContext.receivedAt)).not.toEqual(ids('1', sourceContext.receivedAt));
  });
});

describe('push protection', () => {
  const repository = { full_name: 'acme/shop-api' };
  const alert = {
    number: 7,
    secret_type: 'x',
    push_protection_bypassed: true,
    push_protection_bypassed_at: '2024-05-01T09:59:00Z',
    push_protection_bypassed_by: { login: 'octo-ana', type: 'User' },
  };
  const kinds = (more: object) =>
    map({ action: 'created', alert: { ...alert, ...more }, repository }).map(({ kind }) => kind);

  test('who pushed a secret in spite of the warning went around it', () => {
    expect(kinds({})).toEqual(['secret.committed', 'control.bypassed']);
  });

  test('who asked and was allowed did not', () => {
    const reviewer = { push_protection_bypass_request_reviewer: { login: 'octo-ben' } };
    expect(kinds(reviewer)).toEqual(['secret.committed']);
  });

  test('the webhook and the list of the interface tell of one going around', () => {
    const id = (payload: object) => map(payload).find(({ kind }) => kind === 'control.bypassed')?.id;
    expect(id({ ...alert, resolution: null, repository })).toBe(id({ action: 'created', alert, repository }));
  });
});

describe('a control that was loosened', () => {
  const repository = { full_name: 'acme/shop-api' };
  const rule = { id: 1, name: 'main', admin_enforced: false, dismiss_stale_reviews_on_push: true };
  const edited = (now: object, changes: object) =>
    map({ action: 'edited', rule: { ...rule, ...now }, changes, repository })[0];
  const lost = edited({}, { admin_enforced: { from: true } });

  test('is restored by the edit that sets the same back, in the audit log too, and by no other', () => {
    const back = edited({ admin_enforced: true }, { admin_enforced: { from: false } });
    const other = edited({}, { dismiss_stale_reviews_on_push: { from: false } });
    const [logged] = map({
      action: 'protected_branch.update_admin_enforced',
      admin_enforced: true,
      name: 'main',
      repo: 'acme/shop-api',
    });
    expect(lost?.kind).toBe('control.disabled');
    expect([back, other, logged].map((event) => event?.kind)).toEqual(Array(3).fill('control.restored'));
    expect([back, logged].map((event) => event?.joins?.rule)).toEqual(Array(2).fill(lost?.joins?.rule));
    expect(other?.joins?.rule).not.toBe(lost?.joins?.rule);
  });

  test('a feature has one name, whichever of the logs tells that it was switched', () => {
    const feature = (status: string) => ({ security_and_analysis: { secret_scanning: { status } } });
    const told = {
      changes: { from: feature('enabled') },
      repository: { ...repository, ...feature('disabled') },
    };
    const logged = { action: 'repository_secret_scanning.disable', repo: 'acme/shop-api' };
    expect(map(told).map(({ kind, joins }) => [kind, joins?.rule])).toEqual([
      ['control.disabled', 'secret_scanning'],
    ]);
    expect(map(logged)[0]?.joins?.rule).toBe('secret_scanning');
  });
});

test('an alert of the audit log joins the alert of the webhook', () => {
  const values = (payload: object) =>
    map(payload).flatMap(({ fingerprints }) =>
      fingerprints.filter(({ kind }) => kind === 'provider-id').map(({ value }) => value),
    );
  const record = {
    action: 'secret_scanning_alert.create',
    actor: 'github',
    number: 42,
    repo: 'acme/Shop-API',
  };
  const alert = { number: 42, secret_type: 'aws_access_key_id' };
  const delivery = { action: 'created', alert, repository: { full_name: 'acme/shop-api' } };
  expect(values(record)).toHaveLength(1);
  expect(values(record)).toEqual(values(delivery));
});

/** The record of a line of the corpus: a test of a rule by its name, else the file's own. */
function recordOf(file: string, event: string): unknown {
  const read: unknown = JSON.parse(readFileSync(join(corpus, file), 'utf8').replace(/^\uFEFF/u, ''));
  if (isDict(read) && Array.isArray(read.tests))
    return read.tests.filter(isDict).find(({ name }) => name === event)?.log;
  return Array.isArray(read) ? read[Number(event)] : read;
}

function linesOf(name: string): readonly string[] {
  return isThere
    ? readFileSync(join(corpus, name), 'utf8')
        .split('\n')
        .filter((line) => line.includes('github'))
    : [];
}

describe.skipIf(!isThere)(`real deliveries and audit records${reason}`, () => {
  test('every one names whom the independent reading accepts, and nobody where it names nobody', () => {
    const wrong: string[] = [];
    let compared = 0;
    for (const line of linesOf('truth.jsonl')) {
      const truth: {
        file: string;
        event: string | number;
        source: string;
        names_actor: boolean;
        actor: { type: string; accept: readonly string[] };
      } = JSON.parse(line);
      if (truth.source !== 'github') continue;
      compared++;
      const accepted = truth.actor.accept.map((name) => name.toLowerCase());
      const events = map(recordOf(truth.file, String(truth.event)));
      const isRight = events.every(({ actor }) => {
        const names = [actor.id, actor.name, actor.email, actor.account?.name].filter(
          (name) => name !== undefined,
        );
        const known = names.filter((name) => accepted.includes(name.toLowerCase()));
        const isType = !truth.names_actor || [actor.type, 'unknown'].includes(truth.actor.type);
        return isType && (truth.names_actor ? known.length > 0 : known.length === names.length);
      });
      if (!isRight || events.length === 0) wrong.push(`${truth.file} ${truth.event}`);
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(150);
  });

  test('a saved body is told by its shape to be what its header said', () => {
    const folder = join(corpus, 'github-webhooks');
    for (const name of readdirSync(folder).filter((one) => !/^_|^secret_scanning_alert$/u.test(one))) {
      for (const file of readdirSync(join(folder, name))) {
        const actions = map(recordOf(`github-webhooks/${name}/${file}`, '0')).map(({ action }) => action);
        expect([file, actions.map((action) => action?.split('.', 1)[0])]).toEqual([file, [name]]);
      }
    }
  });

  test('what is labelled as a failure can be told by its kind from what is labelled as none', () => {
    const speaking: Readonly<Record<string, RegExp>> = {
      'privileged-workflow-bypass': /^control\.(?:bypassed|disabled)$/u,
      'token-outside-approved-path': /^credential\.created$/u,
      'secret-in-repository': /^secret\.committed$/u,
    };
    const lines = linesOf('labels.jsonl').map(
      (line): { file: string; test: string | number; behaviour: string; expected: boolean } =>
        JSON.parse(line),
    );
    expect(lines.length).toBeGreaterThan(30);
    const wrong = lines.filter(({ file, test: name, behaviour, expected }) => {
      const events = map(recordOf(file, String(name)));
      return events.some(({ kind }) => speaking[behaviour]?.test(kind)) !== expected;
    });
    expect(wrong).toEqual([]);
  });

  test('every public Sigma rule for the audit log matches the kept record of what it looks for', () => {
    const logSources = openLogSources(readLogSourceEntries(openPackFolder(shippedPacksDir(), []), []));
    const folder = join(corpus, 'sigma/application/github/audit');
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      const rules = readRuleFile(text, file, []).flatMap(({ document }) => {
        const compiled = compileDocument(document, { regex: packOptions.regex, logSources });
        return compiled.kind === 'rule' ? [compiled] : [];
      });
      const set = compileRuleSet(rules);
      const actions = [...text.matchAll(/'([a-z_]+\.[a-z_.]+)'/gu)].map((match) => match[1] ?? '');
      expect(actions.length, file).toBeGreaterThan(0);
      for (const action of actions) {
        const [event] = map({ action, actor: 'octo-ana', org: 'acme', created_at: 1_714_557_600_000 });
        const matched = event === undefined ? [] : set.match(event);
        expect([file, action, matched.length]).toEqual([file, action, 1]);
      }
      const [other] = map({ action: 'repo.renamed_of_tomorrow', org: 'acme' });
      expect(other === undefined ? [] : set.match(other)).toEqual([]);
    }
  });
});
