import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sources } from '../src/adapters/index.ts';
import { type ReadItem, readEventBatches, readEvents } from '../src/adapters/read-events.ts';
import { byHand, byHandInput } from '../src/adapters/sources/generic/by-hand.ts';
import { type ByHandForm, byHandFields } from '../src/core/by-hand.ts';
import type { Event } from '../src/core/event.ts';
import type { MapContext } from '../src/ports/source.ts';
import { isRejection } from '../src/ports/source.ts';
import { eventProblems } from './support/event-problems.ts';
import { sourceContext } from './support/source-context.ts';

async function read(
  input: string | Uint8Array,
  context: Partial<MapContext> = {},
  id?: string,
): Promise<ReadItem[]> {
  const items: ReadItem[] = [];
  const source = sources.find((one) => one.id === id);
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  const options = {
    sources,
    context: { ...sourceContext, ...context },
    ...(source === undefined ? {} : { source }),
  };
  for await (const item of readEvents([bytes], options)) items.push(item);
  return items;
}

async function events(input: unknown, context: Partial<MapContext> = {}, id?: string): Promise<Event[]> {
  const items = await read(typeof input === 'string' ? input : JSON.stringify(input), context, id);
  return items.flatMap((item) => ('event' in item ? [item.event] : []));
}

const fake = 'not-a-real-token-Yw5Kd9Hs4Jf6Gg1Q';
const gitleaks = (more: object = {}) => ({
  RuleID: 'aws-access-token',
  Secret: fake,
  Match: fake,
  StartLine: 1,
  File: 'a.py',
  Commit: 'a'.repeat(40),
  ...more,
});
const trufflehog = (more: object = {}) => ({
  SourceMetadata: { Data: { Git: { commit: 'b'.repeat(40), file: 'b.py', line: 2 } } },
  DetectorName: 'AWS',
  DecoderName: 'PLAIN',
  Verified: false,
  Raw: fake,
  ...more,
});

describe('what is known of a finding', () => {
  test('only a source that says so makes a secret inactive', async () => {
    const verdicts = await events([
      trufflehog({ Verified: true }),
      trufflehog({ Verified: false }),
      trufflehog({ Verified: false, VerificationError: 'timeout' }),
    ]);
    expect(verdicts.map((event) => [event.secret?.validity, event.secret?.validityNote])).toEqual([
      ['active', undefined],
      ['unknown', 'not verified'],
      ['unknown', 'verification failed'],
    ]);
    // The same finding again is the same event, whatever its state by now: its state is news of it.
    expect(new Set(verdicts.map((event) => event.id)).size).toBe(1);
  });

  test('the repository comes from the record, then from who imports it', async () => {
    const [own] = await events([gitleaks({ Link: 'https://github.com/acme/own/blob/x/a.py#L1' })], {
      repository: 'acme/other',
    });
    const [given] = await events([gitleaks()], { repository: 'acme/other' });
    const [bare] = await events([{ rule: 'x', offender: fake, file: 'a', repo: 'other' }], {
      repository: 'acme/other',
    });
    expect([own, given, bare].map((event) => event?.where.repository)).toEqual([
      'acme/own',
      'acme/other',
      'acme/other',
    ]);
  });

  test('impossible hashes are dropped, and a finding without a date is dated by its receipt', async () => {
    const [event] = await events([
      gitleaks({ Commit: 'g14d7debf9775f957cf4f1e8176da0786431f72c', Date: '0001-01-01T00:00:00Z' }),
    ]);
    expect(event?.where).not.toHaveProperty('commit');
    expect(event?.occurredAt).toBe(sourceContext.receivedAt);
    const [future] = await events([gitleaks({ Date: '2099-01-01T00:00:00Z' })]);
    expect(future?.occurredAt).toBe(sourceContext.receivedAt);
  });

  test('the sender of an alert is never its author', async () => {
    const sender = { login: 'handled-it', type: 'User' };
    const alert = { number: 7, secret_type: 'x', resolution: null };
    const found = await events({ action: 'created', alert, repository: { full_name: 'acme/x' }, sender });
    expect(found[0]?.actor).toEqual({ type: 'unknown' });
    expect(JSON.stringify(found)).not.toContain('handled-it');
  });

  test('a user name or token in the address of a repository is left out', async () => {
    const Data = {
      Git: {
        repository: `https://ana:${fake}@git.example/acme/x.git`,
        link: `https://ana:${fake}@git.example/acme/x/blob/a`,
      },
    };
    const found = await events([
      trufflehog({ SourceMetadata: { Data }, Raw: 'another-example-value-8Zt3LmX7' }),
    ]);
    expect(found[0]?.where).toEqual({ repository: 'acme/x', url: 'https://git.example/acme/x/blob/a' });
  });
});

describe('GitHub deliveries', () => {
  const github = sources.find((source) => source.id === 'github');
  const alert = { number: 7, secret_type: 'x', resolution: null, resolved_at: null };
  const delivery = (event: string, payload: object, guid = '1'): readonly Event[] => {
    const headers = { 'x-github-event': event, 'x-github-delivery': guid };
    const result = github?.map(
      { repository: { full_name: 'acme/x' }, ...payload },
      { ...sourceContext, headers },
    );
    return result === undefined || isRejection(result) ? [] : result;
  };

  test('the header says what a delivery is; one without a nearer kind is an activity, and a star is silence', () => {
    expect(delivery('secret_scanning_alert', { action: 'created', alert })).toHaveLength(1);
    expect(delivery('secret_scanning_alert', { action: 'of_tomorrow', alert })).toEqual([]);
    const activity = { kind: 'activity.recorded', actor: { type: 'unknown' } };
    expect(delivery('code_scanning_alert', { action: 'created', alert })).toMatchObject([
      { ...activity, action: 'code_scanning_alert.created' },
    ]);
    expect(delivery('of_tomorrow', { zen: 'x' })).toMatchObject([{ ...activity, action: 'of_tomorrow' }]);
    expect(delivery('constructor', { action: 'x' })).toMatchObject([activity]);
    expect(delivery('star', { action: 'created' })).toEqual([]);
  });

  test('a delivery that is sent again has the same id, also in the old form that has no time', () => {
    const ids = (guid: string) =>
      delivery('secret_scanning_alert', { action: 'reopened', alert }, guid).map(({ id }) => id);
    expect(ids('1')).toEqual(ids('1'));
    expect(ids('1')).not.toEqual(ids('2'));
  });

  test('closing as a false positive says nothing about whether the secret works', () => {
    const resolved = (resolution: string) =>
      delivery('secret_scanning_alert', { action: 'resolved', alert: { ...alert, resolution } })[0];
    expect(resolved('false_positive')?.secret?.validity).toBe('unknown');
    expect(resolved('false_positive')?.record.resolution).toBe('false_positive');
    expect(resolved('revoked')?.secret).toMatchObject({
      validity: 'inactive',
      validityNote: 'resolved as revoked',
    });
  });

  test('a push of a bot is a workload’s, and its authors are leads once', () => {
    const commit = { author: { name: 'Ana', email: 'ana@example.com' } };
    const push = {
      ref: 'refs/heads/main',
      before: 'a'.repeat(40),
      after: 'b'.repeat(40),
      commits: [commit, commit],
    };
    const [made] = delivery('push', {
      ...push,
      pusher: { name: 'tool[bot]' },
      sender: { login: 'tool[bot]', type: 'Bot' },
    });
    expect(made).toMatchObject({ kind: 'push.made', actor: { type: 'workload' }, where: { branch: 'main' } });
    expect(made?.leads.filter(({ kind }) => kind === 'commit-author')).toHaveLength(1);
  });
});

describe('capture by hand', () => {
  const keyForm: ByHandForm = {
    id: 'key',
    title: 'A key',
    event: { kind: 'secret.committed' },
    asks: {},
  };
  const callForm: ByHandForm = {
    id: 'call',
    title: 'An agent did what it should not',
    event: { kind: 'agent.called', actor: 'agent', identity: 'agent', resource: 'tool' },
    asks: {},
  };

  test('what was done is an event of its doer, with a person as the lead and a program as none', () => {
    const click = byHandInput.parse({
      title: 'She rang up',
      who: 'Ana Sol <ana@example.com>',
      campaign: '7',
    });
    const form: ByHandForm = {
      ...callForm,
      event: { kind: 'phish.clicked', actor: 'person', identity: 'mail-account' },
    };
    const clicked = byHand(click, form, sourceContext);
    expect(clicked).toMatchObject({
      source: 'by-hand',
      kind: 'phish.clicked',
      actor: { type: 'person', name: 'Ana Sol', email: 'ana@example.com' },
      identity: { type: 'mail-account', id: 'ana@example.com' },
      joins: { campaign: '7' },
      leads: [{ kind: 'named-by-hand', email: 'ana@example.com' }],
    });
    expect(clicked.secret).toBeUndefined();
    const call = byHandInput.parse({
      title: 'It mailed',
      who: 'build-agent',
      rule: 'denied-tool',
      resource: 'Mail',
    });
    const called = byHand(call, callForm, sourceContext);
    expect(called).toMatchObject({
      actor: { type: 'agent', id: 'build-agent' },
      identity: { type: 'agent', id: 'build-agent' },
      resource: { type: 'tool', id: 'Mail' },
      leads: [],
    });
    for (const event of [clicked, called]) expect(eventProblems(event)).toEqual([]);
    expect(byHand(call, callForm, sourceContext).id).toBe(called.id);
    expect(byHand({ ...call, resource: 'Shell' }, callForm, sourceContext).id).not.toBe(called.id);
  });

  test('a secret of a known shape is masked in whichever field it slipped into', () => {
    const slipped = ['gh', 'p_', 'Ab3'.repeat(12)].join('');
    for (const field of byHandFields.filter((name) => name !== 'line' && name !== 'commit')) {
      const made = byHand({ title: 'Seen today', [field]: `x ${slipped}` }, callForm, sourceContext);
      expect([field, JSON.stringify(made).includes('Ab3Ab3')]).toEqual([field, false]);
    }
  });
  test('a form gives one event, with the owner as a lead, and the same form the same event', () => {
    const form = byHandInput.parse({
      title: 'Key in the wiki',
      repository: 'https://github.com/acme/x',
      file: 'README.md',
      line: 3,
      commit: 'A'.repeat(40),
      provider: 'AWS',
      occurredAt: '2024-05-01T10:00:00Z',
      owner: 'Ana Sol <ana@example.com>',
    });
    const event = byHand(form, keyForm, sourceContext);
    expect(event).toMatchObject({
      kind: 'secret.committed',
      occurredAt: Date.UTC(2024, 4, 1, 10),
      where: { repository: 'acme/x', commit: 'a'.repeat(40), file: 'README.md', line: 3 },
      leads: [{ kind: 'named-by-hand', name: 'Ana Sol', email: 'ana@example.com' }],
      secret: { provider: 'aws', validity: 'unknown' },
    });
    expect(eventProblems(event)).toEqual([]);
    expect(byHand(form, keyForm, { ...sourceContext, receivedAt: sourceContext.receivedAt + 5 }).id).toBe(
      event.id,
    );
  });

  test('a secret of a known shape that slipped into the title is masked', () => {
    const slipped = ['gh', 'p_', 'Ab3'.repeat(12)].join('');
    expect(JSON.stringify(byHand({ title: `Found ${slipped}` }, keyForm, sourceContext))).not.toContain(
      'Ab3Ab3',
    );
  });

  test('fields that do not exist, and half a commit, are refused', () => {
    for (const bad of [
      { title: 'x y z', secret: 'x' },
      { title: 'x y z', commit: 'abc' },
      { title: 'x' },
      { title: 'x y z', occurredAt: 'soon' },
    ])
      expect(byHandInput.safeParse(bad).success).toBe(false);
  });
});

describe('files', () => {
  test.each(['', '\n', '[]', 'null', '{}', '{"runs":[]}', '{"results":[],"version":"1"}'])(
    '%j is zero events and no error, with and without a source',
    async (text) => {
      expect(await read(text)).toEqual([]);
      for (const source of sources) expect(await read(text, {}, source.id)).toEqual([]);
    },
  );

  test('an unknown file is one clear end that quotes nothing', async () => {
    for (const text of [
      `password,host\n${fake},x\n`,
      `{"password":"${fake}"}`,
      `<xml>${fake}</xml>`,
      fake,
      '[1,2]',
    ]) {
      const items = await read(text);
      expect(items).toEqual([expect.objectContaining({ code: 'unrecognised-file', fatal: true, line: 1 })]);
      expect(JSON.stringify(items)).not.toContain(fake.slice(0, 6));
    }
    expect(await read('[{"RuleID":"x","StartLine":1}]', {}, 'trufflehog')).toMatchObject([
      { code: 'bad-record', fatal: false },
    ]);
    expect(await read('a,b\n1,2', {}, 'trufflehog')).toMatchObject([
      { code: 'unrecognised-file', fatal: true },
    ]);
  });

  test('one bad record is reported with its line and the rest goes on, compressed too', async () => {
    const text = `[\n${JSON.stringify(gitleaks())},\n{"Secret":"${fake}"},\n{"RuleID": tru},\n${JSON.stringify(gitleaks({ StartLine: 2 }))}\n]`;
    for (const input of [Buffer.from(text), gzipSync(text)]) {
      const items = await read(input);
      expect(
        items.map((item) => ('event' in item ? item.event.where.line : [item.line, item.fatal])),
      ).toEqual([1, [3, false], [4, false], 2]);
      expect(JSON.stringify(items)).not.toContain('Kd9Hs4');
    }
  });

  test('a report that breaks off gives what it held and then one clear end', async () => {
    const items = await read(`[${JSON.stringify(gitleaks())},{"RuleID":"x","Sec`);
    expect(items).toMatchObject([{ event: {} }, { fatal: true, code: 'bad-json' }]);
  });

  test('batches tell how many records were read', async () => {
    const lines = Array.from({ length: 40 }, () => JSON.stringify(trufflehog())).join('\n');
    const totals: number[] = [];
    const pieces = lines.match(/[\s\S]{1,1000}/gu)?.map((piece) => Buffer.from(piece)) ?? [];
    for await (const batch of readEventBatches(pieces, { sources, context: sourceContext }))
      totals.push(batch.records);
    expect(totals.at(-1)).toBe(40);
  });
});
