import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyEvidence } from '../../src/ledger/verify.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { sealLedger } from '../../src/loop/seal.ts';
import { sweep } from '../../src/loop/sweep.ts';
import { verify } from '../../src/loop/verify.ts';
import { day, fakeSecret, hour, testClock } from '../support/house.ts';
import { installationKinds, type TestInstallation } from '../support/installation.ts';
import { type InstalledServer, startInstalled } from '../support/installed-server.ts';
import { type LeakyRepository, makeLeakyRepository } from '../support/leaky-repository.ts';
import { openSmtpSink, type SmtpSink } from '../support/smtp-sink.ts';
import { until } from '../support/until.ts';

/** The Wednesday after the commits of the repository, ten o'clock. */
const wednesday = Date.UTC(2023, 10, 15, 10);

const people = `people:
  - { id: ana, name: Ana Costa, emails: [ana@example.com], team: payments, manager: mia }
  - { id: bob, name: Bob Lind, emails: [bob@example.com], team: payments }
  - { id: mia, name: Mia Reyes, emails: [mia@example.com], team: payments }
  - { id: dora, name: Dora Diaz, emails: [dora@example.com], team: security, duty: true }
teams:
  - { id: payments, name: Payments, handles: ["@acme/payments"] }
  - { id: security, name: Security, handles: [] }
`;

/** Reports hold the secret: lying in the working tree they would be committed with the next change. */
function withoutReports({ repository }: LeakyRepository): void {
  rmSync(join(repository.path, 'reports'), { recursive: true });
}

for (const kind of installationKinds()) {
  describe.skipIf(kind.skip !== undefined)(`a leaked key, served over the ${kind.name} store`, () => {
    let place: TestInstallation;
    let sink: SmtpSink;
    let leaky: LeakyRepository;
    let server: InstalledServer;
    const clock = testClock(wednesday);
    const bob = { name: 'Bob Lind', email: 'bob@example.com' };

    const start = async () => {
      server = await startInstalled(
        place.config({
          http: { port: 0, publicUrl: 'http://127.0.0.1:4400' },
          people: `${leaky.repository.path}/people.yaml`,
          repositories: [{ name: 'acme/shop', path: leaky.repository.path, team: 'payments' }],
          delivery: { mode: 'live', channel: 'email', perPersonPerDayMax: 10 },
          channels: {
            email: { host: '127.0.0.1', port: sink.port, tls: 'none', from: 'foldback@corp.example' },
          },
        }),
        clock,
      );
    };

    beforeAll(async () => {
      sink = await openSmtpSink();
      place = await kind.make();
      leaky = makeLeakyRepository();
      withoutReports(leaky);
      leaky.repository.write('people.yaml', people);
      await start();
    });
    afterAll(async () => {
      await server?.stop();
      await place?.remove();
      leaky?.remove();
      await sink?.close();
    });

    const loopOf = async (id: string) => (await server.ask(`/v1/loops/${id}`)).json;
    const rowOf = async (id: string) => {
      const story = await server.app.parts.store.read.loop(loopPrincipal, id);
      if (story === undefined) throw new Error('no such loop');
      return story.loop;
    };
    const told = async (id: string) => ((await rowOf(id)).state === 'told' ? true : undefined);
    const ids = async () => {
      const { items } = (await server.ask('/v1/loops')).json;
      return Array.isArray(items) ? items.map((item: { readonly id: string }) => item.id) : [];
    };
    /** One JSON line as trufflehog 3 writes it of Ana's commit. */
    const trufflehog = (isVerified: boolean) =>
      `${JSON.stringify({
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
        DetectorName: 'Stripe',
        DecoderName: 'PLAIN',
        Verified: isVerified,
        Raw: leaky.secret,
      })}\n`;
    const finding = (secret: string, over: Readonly<Record<string, unknown>>) => {
      const [first] = JSON.parse(leaky.reports['v8.json']);
      return { ...first, Match: secret, Secret: secret, ...over };
    };
    const mailsTo = (address: string) => sink.mails.filter(({ to }) => to.includes(address));
    let loop = '';

    test('stands in three reports, each imported twice, and is one case with its first commit', async () => {
      const copy = leaky.repository.commit({ 'deploy/env.sh': `export KEY=${leaky.secret}\n` }, bob);
      const both = JSON.stringify([
        finding(leaky.secret, {
          File: 'deploy/env.sh',
          StartLine: 1,
          EndLine: 1,
          Commit: copy,
          Author: bob.name,
          Email: bob.email,
          Date: '2023-11-14T22:16:20Z',
        }),
        ...JSON.parse(leaky.reports['v8.json']),
      ]);
      for (const report of [both, leaky.reports['v8.csv'], leaky.reports['sarif.json']]) {
        for (let time = 0; time < 2; time += 1) {
          const taken = await server.import(report, '&repository=acme/shop');
          expect(taken).toMatchObject({ status: 200, json: { rejected: 0, source: 'gitleaks' } });
        }
      }
      const found = await ids();
      expect(found.length).toBe(1);
      loop = found[0] ?? '';
      expect(await loopOf(loop)).toMatchObject({
        state: 'backlog',
        isLive: false,
        sightings: 2,
        where: { repository: 'acme/shop', commit: leaky.commit, file: 'src/pay.py', line: 3 },
        owner: { kind: 'person', id: 'ana', email: 'ana@example.com' },
      });
      expect((await server.import(trufflehog(true))).json).toMatchObject({ accepted: 1 });
      expect(await ids()).toEqual([loop]);
      expect(await server.speak()).toBe(0);
      expect(sink.mails.length).toBe(0);
    });

    test('is told once it is released, in exactly one mail, to its author, without the secret', async () => {
      await server.ask('/v1/loops/release', { json: { team: 'payments' } });
      const mail = await until('the mail', () => sink.mails[0]);
      await until('the record of it', () => told(loop));
      expect(await server.speak()).toBe(0);
      expect(sink.mails.length).toBe(1);
      expect(new Set(sink.mails.map(({ header }) => header('message-id'))).size).toBe(1);
      expect(mail.to).toEqual(['ana@example.com']);
      expect(mail.mail.text).toContain('src/pay.py');
      for (const text of [mail.raw, mail.mail.text, mail.mail.html, mail.mail.subject])
        expect(text).not.toContain(leaky.secret);
    });

    test('is answered from the link in the mail: a look changes nothing, a form does', async () => {
      const [link] = sink.mails[0]?.mail.text?.match(/http:\/\/127\.0\.0\.1:4400\/r\/\S+/u) ?? [];
      const path = new URL(link ?? '').pathname;
      const before = await rowOf(loop);
      for (let time = 0; time < 3; time += 1) expect((await server.browse(path)).status).toBe(200);
      expect(await rowOf(loop)).toEqual(before);

      clock.pass(hour);
      const page = await server.browse(path);
      expect(page.text).not.toContain(leaky.secret);
      const nonce = /name="form" value="([^"]+)"/u.exec(page.text)?.[1] ?? '';
      for (let time = 0; time < 2; time += 1)
        expect((await server.browse(path, { form: nonce, answer: 'done' })).status).toBeLessThan(400);
      expect(await loopOf(loop)).toMatchObject({ state: 'answered', rung: 'claimed' });
      expect((await rowOf(loop)).facts.replies.length).toBe(1);
    });

    test('is verified when the scanner can no longer use it, and not a step before', async () => {
      leaky.repository.commit({ 'src/pay.py': 'import os\n', 'deploy/env.sh': '\n' }, bob);
      expect(await verify(server.app.parts)).toBe(1);
      expect(await loopOf(loop)).toMatchObject({ state: 'observed', rung: 'observed' });

      clock.pass(day);
      expect((await server.import(trufflehog(false))).json).toMatchObject({ rejected: 0 });
      expect(await loopOf(loop)).toMatchObject({ state: 'verified', rung: 'verified' });
      const good = await until('good news', () => mailsTo('ana@example.com')[1]);
      expect(good.header('message-id')).not.toBe(sink.mails[0]?.header('message-id'));
    });

    test('holds when the window is over and its scanner spoke on its days', async () => {
      for (let d = 0; d < 31; d += 1) {
        clock.pass(day);
        // A clean report says that the scanner lives, however it comes in.
        const taken =
          d % 2 === 0
            ? await server.import('[]', '&source=gitleaks&repository=acme/shop')
            : await server.ask('/v1/sources/gitleaks', { body: '[]' });
        expect(taken.status).toBeLessThan(300);
      }
      await until('the end of the window', async () => {
        await sweep(server.app.parts);
        return (await rowOf(loop)).state === 'held' ? true : undefined;
      });
      expect(await loopOf(loop)).toMatchObject({ state: 'held', rung: 'held' });
    });

    test('is a relapse when the same person leaks another one', async () => {
      const secret = fakeSecret(77);
      const at = new Date(clock.now() - hour).toISOString();
      leaky.repository.write('src/mail.py', `token = "${secret}"\n`);
      leaky.repository.git('add', '--all');
      const who = ['-c', 'user.name=Ana Costa', '-c', 'user.email=ana@example.com'];
      leaky.repository.git(...who, 'commit', '--quiet', '--message', 'mail', '--date', at);
      const commit = leaky.repository.git('rev-parse', 'HEAD');
      const where = { File: 'src/mail.py', StartLine: 1, EndLine: 1, Commit: commit, Date: at };
      const taken = await server.ask('/v1/sources/gitleaks?repository=acme/shop', {
        body: JSON.stringify([finding(secret, where)]),
      });
      expect(taken).toMatchObject({ status: 202, json: { accepted: 1 } });
      const second = (await ids()).find((id) => id !== loop) ?? '';
      expect(await loopOf(second)).toMatchObject({ relapseOf: loop, relapseNumber: 1, owner: { id: 'ana' } });
      const mail = await until('the mail', () => mailsTo('ana@example.com')[2]);
      expect(mail.raw).not.toContain(secret);
      await until('the record of it', () => told(second));
      const story = await server.app.parts.store.read.loop(loopPrincipal, second);
      expect(story?.messages.map(({ moment }) => moment)).toEqual(['relapse']);
      const all = sink.mails.map(({ header }) => header('message-id'));
      expect(new Set(all).size).toBe(all.length);
    });

    test('leaves a story that anyone can check, and that names a row which was altered', async () => {
      await sealLedger(server.app.parts, server.app.sealer);
      const trustedKeys = server.app.publicKeys.map(({ keyId }) => keyId);
      const exported = async () => JSON.parse((await server.ask(`/v1/loops/${loop}/evidence`)).text);
      const evidence = await exported();
      expect(JSON.stringify(evidence)).not.toContain(leaky.secret);
      const verdict = verifyEvidence(evidence, { trustedKeys });
      expect(verdict).toMatchObject({ isWhole: true, findings: [], summary: { isTrusted: true } });
      expect(verdict.summary?.entries).toBeGreaterThan(5);

      await server.stop();
      const changed = await place.sql(
        `update ledger_entries set body = replace(body, '"answered"', '"dismissed"')
         where loop_id = $1::uuid and body like '%"answered"%' returning seq`,
        [loop],
      );
      expect(changed.length).toBe(1);
      await start();
      const altered = verifyEvidence(await exported(), { trustedKeys });
      expect(altered.isWhole).toBe(false);
      const where = `entry ${String(changed[0]?.['seq'])}`;
      expect(altered.findings).toContainEqual(expect.objectContaining({ kind: 'altered', where }));
    });
  });

  describe.skipIf(kind.skip !== undefined)(`half a fix, served over the ${kind.name} store`, () => {
    let place: TestInstallation;
    let leaky: LeakyRepository;
    let server: InstalledServer;
    const clock = testClock(wednesday);
    beforeAll(async () => {
      place = await kind.make();
      leaky = makeLeakyRepository();
      withoutReports(leaky);
      server = await startInstalled(
        place.config({
          http: { port: 0 },
          people: leaky.people,
          repositories: [{ name: 'acme/shop', path: leaky.repository.path }],
          delivery: { mode: 'live', channel: 'outbox' },
        }),
        clock,
      );
    });
    afterAll(async () => {
      await server?.stop();
      await place?.remove();
      leaky?.remove();
    });
    const rowOf = async (id: string) => (await server.app.parts.store.read.loop(loopPrincipal, id))?.loop;
    const send = async (report: string) => {
      const taken = await server.ask('/v1/sources/gitleaks?repository=acme/shop', { body: report });
      expect(taken.status).toBe(202);
    };

    test('a secret that left the tree is observed, and never more than that', async () => {
      await send(leaky.reports['v8.json']);
      const [row] = (await server.app.parts.store.read.loops(loopPrincipal, { limit: 2 })).items;
      const loop = row?.id ?? '';
      await until('the message', async () => ((await rowOf(loop))?.state === 'told' ? true : undefined));
      expect(await verify(server.app.parts)).toBe(1);
      expect(await rowOf(loop)).toMatchObject({ state: 'told', rung: 'none' });

      leaky.repository.commit({ 'src/pay.py': 'import os\n' });
      clock.pass(hour);
      expect(await verify(server.app.parts)).toBe(1);
      expect(await rowOf(loop)).toMatchObject({ state: 'observed', rung: 'observed' });
      for (let d = 0; d < 40; d += 1) {
        clock.pass(day);
        await send('[]');
        await sweep(server.app.parts);
        await verify(server.app.parts);
      }
      expect(await rowOf(loop)).toMatchObject({ state: 'unprovable', rung: 'observed' });
    });

    test('a fix whose source fell silent is not held: the window is extended once, then nothing is known', async () => {
      const secret = fakeSecret(78);
      const at = new Date(clock.now() - hour).toISOString();
      const [first] = JSON.parse(leaky.reports['v8.json']);
      const found = { ...first, Secret: secret, Match: secret, File: 'src/silent.py', Date: at };
      await send(JSON.stringify([found]));
      await send(JSON.stringify([{ ...found, ValidationStatus: 'revoked' }]));
      const { read } = server.app.parts.store;
      const { items } = await read.loops(loopPrincipal, { state: 'verified', limit: 2 });
      expect(items.length).toBe(1);
      const loop = items[0]?.id ?? '';

      const afterWindow = async (checks: number) => {
        clock.pass(31 * day);
        return until('the end of the window', async () => {
          await sweep(server.app.parts);
          const row = await rowOf(loop);
          return row?.facts.holdChecks.length === checks ? row : undefined;
        });
      };
      const extended = await afterWindow(1);
      expect(extended.state).toBe('verified');
      expect(extended.facts.holdChecks[0]?.aliveShare).toBeLessThan(0.9);
      expect(extended.dueAt).toBeGreaterThan(clock.now());
      const over = await afterWindow(2);
      expect(over.state).toBe('verified');
      expect(over.dueAt).toBeUndefined();
      clock.pass(100 * day);
      await sweep(server.app.parts);
      expect(await rowOf(loop)).toMatchObject({ state: 'verified', facts: { holdChecks: [{}, {}] } });
    });
  });
}
