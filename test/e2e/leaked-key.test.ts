import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { z } from 'zod';
import { verifyEvidence } from '../../src/ledger/verify.ts';
import { sealLedger } from '../../src/loop/seal.ts';
import { verify } from '../../src/loop/verify.ts';
import { day, hour } from '../support/house.ts';
import { type LeakyRepository, makeLeakyRepository } from '../support/leaky-repository.ts';
import { openProduction, type Production } from './house-in-production.ts';

const loopJson = z.object({
  caseCode: z.string(),
  state: z.string(),
  rung: z.string().optional(),
  relapseOf: z.string().nullish(),
});
const listJson = z.object({ items: z.array(loopJson) });

const { url, reason } = inject('postgres');
const stores = [
  { name: 'embedded', postgres: undefined, skip: undefined },
  { name: 'postgres', postgres: url, skip: url === undefined ? (reason ?? 'no PostgreSQL') : undefined },
];

for (const kind of stores) {
  describe.skipIf(kind.skip !== undefined)(`a leaked key, end to end over the ${kind.name} store`, () => {
    let leaky: LeakyRepository;
    let house: Production;
    beforeAll(async () => {
      leaky = makeLeakyRepository();
      house = await openProduction({
        people: leaky.people,
        repository: { name: 'acme/shop', path: leaky.repository.path },
        ...(kind.postgres === undefined ? {} : { postgres: kind.postgres }),
      });
    });
    afterAll(async () => {
      await house?.close();
      leaky?.remove();
    });

    const loops = async () => listJson.parse(await (await house.ask('/v1/loops')).json()).items;
    const only = async () => {
      const [first] = await loops();
      if (first === undefined) throw new Error('no loop');
      return first;
    };
    const trufflehog = (isVerified: boolean) =>
      JSON.stringify({
        SourceMetadata: {
          Data: {
            Git: {
              commit: leaky.commit,
              file: 'src/pay.py',
              email: 'Ana Costa <ana@example.com>',
              repository: 'https://github.com/acme/shop.git',
              timestamp: '2023-11-14 22:15:20 +0000',
              line: 3,
            },
          },
        },
        SourceName: 'trufflehog - git',
        DetectorName: 'Stripe',
        Verified: isVerified,
        Raw: leaky.secret,
        Redacted: '',
        ExtraData: null,
      });
    let link = '';

    test('reports in three formats, imported twice, are one case of history with its first commit', async () => {
      for (const report of [leaky.reports['v8.json'], leaky.reports['v8.csv'], leaky.reports['sarif.json']]) {
        for (let time = 0; time < 2; time += 1) expect((await house.import(report)).status).toBe(200);
      }
      const all = await loops();
      expect(all.map(({ state }) => state)).toEqual(['backlog']);
      const story = JSON.stringify(await (await house.ask(`/v1/loops/${all[0]?.caseCode}`)).json());
      expect(story).toContain(leaky.commit);
      expect(story).not.toContain(leaky.secret.slice(4, 16));
      await house.settleDown();
      expect(house.mails).toHaveLength(0);
    });

    test('released, it is one mail to its author, without the secret', async () => {
      expect((await house.post('/v1/loops/release', { behaviour: 'secret-in-repository' })).status).toBe(200);
      await house.settleDown();
      await house.settleDown();
      expect(house.mails.map(({ to }) => to)).toEqual([['ana@example.com']]);
      const mail = house.mails[0];
      expect(new Set(house.mails.map(({ mail: { messageId } }) => messageId)).size).toBe(1);
      expect(mail?.raw).not.toContain(leaky.secret.slice(4, 16));
      link = /http:\/\/127\.0\.0\.1:4400(\/r\/[0-9A-Za-z]+)/u.exec(mail?.mail.text ?? '')?.[1] ?? '';
      expect(link).not.toBe('');
      expect(await only()).toMatchObject({ state: 'told' });
    });

    test('opening its link changes nothing; the answer on the page is heard', async () => {
      const page = await house.doors.fetch(new Request(`${house.doors.url}${link}`));
      expect(page.status).toBe(200);
      const html = await page.text();
      expect(html).not.toContain('<script');
      expect(await only()).toMatchObject({ state: 'told' });
      const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`, 'u').exec(html)?.[1] ?? '';
      const form = new URLSearchParams({ form: field('form'), case: field('case'), answer: 'done' });
      const answered = await house.doors.fetch(
        new Request(`${house.doors.url}${link}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: house.doors.url },
          body: form.toString(),
        }),
      );
      expect(answered.status).toBe(303);
      expect(await only()).toMatchObject({ state: 'answered' });
    });

    test('a key that a scanner proved alive and no longer can is proven dead, and holds when its window is over', async () => {
      const send = (body: string) =>
        house.ask('/v1/sources/trufflehog', { method: 'POST', body, type: 'application/x-ndjson' });
      house.clock.pass(hour);
      expect((await send(trufflehog(true))).status).toBe(202);
      expect(await only()).toMatchObject({ state: 'told' });
      house.clock.pass(hour);
      expect((await send(trufflehog(false))).status).toBe(202);
      expect(await loops()).toHaveLength(1);
      expect(await only()).toMatchObject({ state: 'verified' });
      for (let passed = 0; passed < 31; passed += 1) {
        house.clock.pass(day);
        await send(trufflehog(false));
      }
      await house.settleDown();
      expect(await only()).toMatchObject({ state: 'held' });
    });

    test('a later leak of the same person is a relapse and says so', async () => {
      const first = await only();
      const before = house.mails.length;
      const at = new Date(house.clock.now() - hour).toISOString();
      const secret = createHash('sha256').update(`later ${leaky.secret}`).digest('base64url').slice(0, 40);
      const finding = {
        RuleID: 'generic-api-key',
        StartLine: 1,
        EndLine: 1,
        StartColumn: 1,
        EndColumn: 40,
        Match: secret,
        Secret: secret,
        File: 'src/other.py',
        Commit: 'd'.repeat(40),
        Author: 'Ana Costa',
        Email: 'ana@example.com',
        Date: at,
        Fingerprint: 'x',
      };
      const taken = await house.ask('/v1/sources/gitleaks?repository=acme/shop', {
        method: 'POST',
        body: JSON.stringify([finding]),
        type: 'application/json',
      });
      expect(taken.status).toBe(202);
      await house.settleDown();
      const relapse = (await loops()).find(({ caseCode }) => caseCode !== first.caseCode);
      const story = JSON.stringify(await (await house.ask(`/v1/loops/${relapse?.caseCode}`)).json());
      expect(story).toContain('relapseOf');
      expect(house.mails.slice(before).map(({ to }) => to)).toEqual([['ana@example.com']]);
    });

    test('its story verifies offline, and an altered row is found', async () => {
      await sealLedger(house.app.parts, house.app.sealer);
      const held = (await loops()).find(({ state }) => state === 'held');
      const exported = () =>
        house.ask(`/v1/loops/${held?.caseCode}/evidence`).then((response) => response.json());
      const verdict = verifyEvidence(await exported());
      expect(verdict).toMatchObject({ isWhole: true, findings: [] });
      expect(verdict.summary?.checkpoints).toBeGreaterThan(0);
      if (house.database === undefined) return;
      await house.database.query(
        `update ledger_entries set body = replace(body, 'verified', 'dismissed')
         where body like '%verified%' and loop_id in (select id from loops where state = 'held')`,
      );
      const altered = verifyEvidence(await exported());
      expect(altered.isWhole).toBe(false);
      expect(altered.findings.length).toBeGreaterThan(0);
    });

    test('removal from the tree is part of a fix and never the whole of it', async () => {
      const value = createHash('sha256').update(`tree ${leaky.secret}`).digest('hex');
      const commit = leaky.repository.commit({ 'src/tree.py': `token = "${value}"\n` });
      leaky.repository.git('update-ref', 'refs/remotes/origin/HEAD', 'HEAD');
      const finding = {
        RuleID: 'generic-api-key',
        StartLine: 1,
        EndLine: 1,
        StartColumn: 10,
        EndColumn: 73,
        Match: value,
        Secret: value,
        File: 'src/tree.py',
        Commit: commit,
        Author: 'Ana Costa',
        Email: 'ana@example.com',
        Date: new Date(house.clock.now()).toISOString(),
        Fingerprint: 'y',
      };
      await house.ask('/v1/sources/gitleaks?repository=acme/shop', {
        method: 'POST',
        body: JSON.stringify([finding]),
        type: 'application/json',
      });
      await house.settleDown();
      const stateOf = async () =>
        (
          await house.app.parts.store.read.loops(
            { id: 'test', kind: 'system', name: 'test', scopes: new Set(), teams: 'all' },
            { limit: 50 },
          )
        ).items.find((row) => row.facts.kept[0]?.where.file === 'src/tree.py');
      await verify(house.app.parts);
      expect(await stateOf()).toMatchObject({ state: 'told', rung: 'none' });
      house.clock.pass(hour);
      leaky.repository.commit({ 'src/tree.py': 'token = os.environ["TOKEN"]\n' });
      leaky.repository.git('update-ref', 'refs/remotes/origin/HEAD', 'HEAD');
      await verify(house.app.parts);
      expect(await stateOf()).toMatchObject({ state: 'observed', rung: 'observed' });
    });
  });
}
