import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256Hex } from '../../src/lib/hmac.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { day, fakeSecret, monday } from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { type AskOptions, type Doors, finding, openDoors } from './doors.ts';

let serial = 50_000;
function fresh(over: Readonly<Record<string, unknown>> = {}) {
  serial += 1;
  return finding(fakeSecret(serial), { StartLine: serial, Fingerprint: `${serial}`, ...over });
}

for (const kind of testStores()) {
  describe.skipIf(kind.skip !== undefined)(`an import over the ${kind.name} store`, () => {
    let store: Store;
    let doors: Doors;
    let token: string;
    beforeAll(async () => {
      store = await kind.open();
      doors = openDoors({ store });
      token = await doors.token(['events:write']);
    });
    afterAll(() => store?.close());

    const events = async () => (await store.read.totals(loopPrincipal)).events;
    const importing = (
      body: string | Uint8Array<ArrayBuffer>,
      query = '',
      more: AskOptions = {},
      on = doors,
    ) =>
      on.ask(`/v1/imports?id=${sha256Hex(body)}${query}`, {
        token,
        body,
        type: 'application/octet-stream',
        ...more,
      });
    const linesOf = (text: string): readonly Record<string, unknown>[] =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));

    test('takes a file of any length as history, packed or not, and tells nobody', async () => {
      const body = new Uint8Array(gzipSync(JSON.stringify(Array.from({ length: 2500 }, () => fresh()))));
      const before = await events();
      const taken = await importing(body, '&repository=acme/imported');
      expect(taken.status).toBe(200);
      expect(taken.json).toMatchObject({
        records: 2500,
        events: 2500,
        accepted: 2500,
        duplicates: 0,
        rejected: 0,
        source: 'gitleaks',
      });
      expect(await events()).toBe(before + 2500);
      await doors.house.settleDown();
      expect((await store.read.messages(loopPrincipal, { limit: 10 })).items).toEqual([]);
      expect((await store.read.loops(loopPrincipal, { state: 'backlog', limit: 1 })).items).toHaveLength(1);
    });

    test('of the same file again adds nothing, and of the same findings in another file neither', async () => {
      const report = Array.from({ length: 1200 }, () => fresh());
      const body = JSON.stringify(report);
      const first = await importing(body);
      expect(first.json).toMatchObject({ accepted: 1200 });
      const before = await events();
      expect((await importing(body)).json).toMatchObject({ records: 1200, accepted: 1200, duplicates: 0 });
      expect((await importing(JSON.stringify([...report].reverse()))).json).toMatchObject({
        accepted: 0,
        duplicates: 1200,
      });
      expect(await events()).toBe(before);
    });

    test('of an old report, under another name, disproves no fix that a later one proved', async () => {
      serial += 1;
      const found = (verified: boolean) =>
        JSON.stringify({
          DetectorName: 'Stripe',
          Raw: fakeSecret(serial),
          Verified: verified,
          SourceMetadata: { Data: { Git: { repository: 'acme/old', file: 'a.env', line: serial } } },
        });
      const at = (days: number) => `&takenAt=${new Date(monday - days * day).toISOString()}`;
      const stateOf = async () => {
        const { items } = await store.read.loops(loopPrincipal, { repository: 'acme/old', limit: 5 });
        return items.map((loop) => `${loop.state} ${loop.rung}`);
      };
      await importing(`${found(true)}\n`, at(7));
      await importing(`${found(false)}\n`, at(3));
      expect(await stateOf()).toEqual(['verified verified']);
      await importing(`\n${found(true)}\n\n`, at(7));
      expect(await stateOf()).toEqual(['verified verified']);
      await importing(`\n\n${found(true)}\n`, at(1));
      expect(await stateOf()).toEqual(['backlog none']);
    });

    test('says a line a chunk while it goes on', async () => {
      const body = JSON.stringify(Array.from({ length: 2100 }, () => fresh()));
      const answer = await importing(body, '', { headers: { Accept: 'application/x-ndjson' } });
      expect(answer.headers.get('Content-Type')).toBe('application/x-ndjson');
      const steps = linesOf(answer.text);
      expect(steps.map(({ accepted }) => accepted)).toEqual([1000, 2000, 2100, 2100]);
      expect(steps.at(-1)).toMatchObject({ records: 2100, rejections: [] });
    });

    test('that broke off goes on where it ended, and the end is as if it had not', async () => {
      const report = Array.from({ length: 3000 }, () => fresh());
      const body = JSON.stringify(report);
      let chunks = 0;
      const dying: Store = {
        ...store,
        transaction: (work) =>
          store.transaction(async (tx) => {
            const done = await work({
              ...tx,
              insertEvents: async (rows) => {
                chunks += 1;
                if (chunks === 2) throw new Error('the process was killed');
                return tx.insertEvents(rows);
              },
            });
            return done;
          }),
      };
      const before = await events();
      const broken = await importing(
        body,
        '',
        { headers: { Accept: 'application/x-ndjson' } },
        openDoors({ store: dying }),
      );
      const lines = linesOf(broken.text);
      expect(lines.at(-1)).toMatchObject({ problem: { type: '/problems/internal', status: 500 } });
      expect(broken.text).not.toContain('killed');
      expect(await events()).toBe(before + 1000);
      const rest = await importing(body, '', { headers: { Accept: 'application/x-ndjson' } });
      expect(linesOf(rest.text).at(-1)).toMatchObject({ records: 3000, accepted: 3000, duplicates: 0 });
      expect(await events()).toBe(before + 3000);
    });

    test('lists records that could not be read, with their line, and takes the others', async () => {
      const body = [
        JSON.stringify(trufflehog(1)),
        '{"SourceMetadata": tr',
        JSON.stringify(trufflehog(2)),
        '7',
      ].join('\n');
      const answer = await importing(body, '&source=trufflehog');
      expect(answer.json).toMatchObject({ accepted: 2, rejected: 2 });
      expect(answer.json.rejections).toMatchObject([
        { line: 2, fatal: false },
        { line: 4, fatal: false },
      ]);
    });

    test('of what is no report is refused with the reason, also after an earlier attempt', async () => {
      for (let n = 0; n < 2; n += 1) {
        const answer = await importing('hello, world');
        expect([answer.status, answer.json.type]).toEqual([422, '/problems/unrecognised-file']);
      }
      for (const body of ['[]', '', 'null']) {
        expect((await importing(body)).json).toMatchObject({ records: 0, accepted: 0, rejected: 0 });
      }
    });

    test.each([
      ['without the hash of the file', '', 400],
      ['with one that is none', '?id=xyz', 400],
      ['of an unknown source', `?id=${'a'.repeat(64)}&source=nobody`, 404],
      ['with an unknown parameter', `?id=${'a'.repeat(64)}&mode=live`, 400],
    ])('%s is refused', async (_, query, status) => {
      const answer = await doors.ask(`/v1/imports${query}`, { token, body: '[]' });
      expect(answer.status).toBe(status);
    });

    test('of a report that looked at a whole repository is part of a fix for what it no longer has', async () => {
      const [stays, goes] = [fresh({ File: 'stays.py' }), fresh({ File: 'goes.py' })];
      const repository = '&repository=acme/whole';
      await importing(JSON.stringify([stays, goes]), repository);
      const rungs = async () => {
        const { items } = await store.read.loops(loopPrincipal, { repository: 'acme/whole', limit: 10 });
        return Object.fromEntries(
          items.map(({ facts }) => [facts.kept[0]?.where.file, facts.seen['report:gitleaks']?.signal]),
        );
      };
      const complete = `${repository}&complete=acme/whole`;
      doors.house.clock.pass(day);
      const next = JSON.stringify([stays]);
      const answer = await importing(next, complete);
      expect(answer.json).toMatchObject({ missing: 1 });
      expect(await rungs()).toEqual({ 'stays.py': undefined, 'goes.py': 'report-without-it' });
      // The same report once more: what it has was taken before, and still is not missing.
      expect((await importing(next, complete)).json).toMatchObject({ missing: 1 });
      expect(await rungs()).toEqual({ 'stays.py': undefined, 'goes.py': 'report-without-it' });
      doors.house.clock.set(monday);

      const partly = await importing(`[${JSON.stringify(stays)}, 7]`, complete);
      expect(partly.json).toMatchObject({ rejected: 1 });
      expect(partly.json.missing).toBeUndefined();
    });

    test('whose sender goes away keeps what was taken, and ends', async () => {
      const report = Array.from({ length: 2500 }, () => fresh());
      const body = JSON.stringify(report);
      const before = await events();
      const bytes = new TextEncoder().encode(body);
      let sent = 0;
      const stream = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          const piece = bytes.slice(sent, sent + 100_000);
          sent += piece.length;
          if (sent > bytes.length / 2) controller.error(new Error('connection reset'));
          else controller.enqueue(piece);
        },
      });
      const response = await doors.app.request(`http://localhost/v1/imports?id=${sha256Hex(body)}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/octet-stream' },
        body: stream,
        duplex: 'half',
      });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect((await importing(body)).json).toMatchObject({ records: 2500, accepted: 2500 });
      expect(await events()).toBe(before + 2500);
    });
  });
}

/** As trufflehog 3 writes one line, of a secret that no provider issues. */
function trufflehog(n: number) {
  return {
    SourceMetadata: {
      Data: {
        Git: {
          commit: String(n).repeat(40).slice(0, 40),
          file: `th-${n}.env`,
          email: 'Bob <bob@example.com>',
          repository: 'https://github.com/acme/shop.git',
          timestamp: '2026-11-20 09:00:00 +0000',
          line: 3,
        },
      },
    },
    SourceID: 1,
    SourceType: 16,
    SourceName: 'trufflehog - git',
    DetectorType: 15,
    DetectorName: 'PrivateKey',
    DecoderName: 'PLAIN',
    Verified: false,
    Raw: fakeSecret(70_000 + n),
    RawV2: '',
    Redacted: '',
    ExtraData: null,
    StructuredData: null,
  };
}
