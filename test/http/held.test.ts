import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmail } from '../../src/adapters/channels/email/index.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { pageStyle } from '../../src/pages/page-style.ts';
import type { Store } from '../../src/ports/store.ts';
import { fakeSecret, hour, leak, personOf, testPeople } from '../support/house.ts';
import { mailSettings } from '../support/mail-settings.ts';
import { openSmtpSink, type SmtpSink } from '../support/smtp-sink.ts';
import { testStores } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { browser, type Doors, form, nonceIn, openDoors } from './doors.ts';

const minute = 60_000;
const crowd = Array.from({ length: 31 }, (_, n) =>
  personOf(`crowd${n}`, { team: n < 15 ? 'green' : 'gold' }),
);

for (const { name, skip, open } of testStores()) {
  describe.skipIf(skip !== undefined)(`what is held about a person, ${name}`, () => {
    let store: Store;
    let sink: SmtpSink;
    let doors: Doors;
    let closeChannel: (() => Promise<void> | void) | undefined;

    beforeAll(async () => {
      store = await open();
      sink = await openSmtpSink({
        allowInsecureAuth: true,
        onAuth: (_auth, _session, done) => done(null, { user: 'u' }),
      });
      const channel = createEmail(mailSettings(sink.port));
      closeChannel = channel.close?.bind(channel);
      const people = [...testPeople, ...crowd, personOf('paz', { language: 'es' })];
      doors = openDoors({
        store,
        people,
        channels: [channel],
        delivery: { channel: 'email', perPersonPerDayMax: 50 },
      });
      const at = doors.house.clock.now();
      for (const [n, author] of ['ana', 'bob', 'ana', 'paz'].entries()) {
        const event = leak({
          at: at - hour,
          receivedAt: at,
          secret: fakeSecret(n),
          author,
          file: `${author}/${n}.py`,
        });
        await ingest(doors.house.parts, { source: 'scanner', receivedAt: at, mode: 'live', events: [event] });
      }
      await doors.house.settleDown();
    });
    afterAll(async () => {
      await closeChannel?.();
      await sink?.close();
      await store?.close();
    });

    /** Asks with an address; the path of the link that came by mail to it. */
    const linkFor = async (email: string): Promise<string> => {
      const before = sink.mails.length;
      const answer = await doors.ask('/me', form({ email }));
      expect(answer.status).toBe(200);
      await until('the link', () => sink.mails[before]);
      const mail = sink.mails.at(-1);
      expect(mail?.to).toEqual([email]);
      return /\/me\/[0-9a-f]{64}/u.exec(mail?.mail.text ?? '')?.[0] ?? '';
    };
    const shown = async (path: string) => {
      const opened = await doors.ask(path, browser);
      return doors.ask(path, form({ form: nonceIn(opened.text) }));
    };

    test('the answer is the same for an address that is known, unknown, or of somebody who left', async () => {
      const texts = await Promise.all(
        ['mia@example.com', 'nobody@example.com', 'leo@example.com'].map(
          async (email) => (await doors.ask('/me', form({ email }))).text,
        ),
      );
      expect(new Set(texts).size).toBe(1);
      await until('the link', () => sink.mails.find(({ to }) => to.includes('mia@example.com')));
      expect(sink.mails.some(({ to }) => to.includes('leo@example.com'))).toBe(false);
    });

    test('opening the link uses nothing up, the button shows all classes, and it works once', async () => {
      const path = await linkFor('ana@example.com');
      for (let n = 0; n < 3; n += 1) expect((await doors.ask(path, browser)).status).toBe(200);
      expect((await doors.ask(path, form({ form: 'forged' }))).status).toBe(422);
      const page = await shown(path);
      expect(page.status).toBe(200);
      for (const words of ['About Ana', 'Cases that are yours (2)', 'Messages to you', 'This is wrong'])
        expect(page.text).toContain(words);
      expect(page.text).not.toMatch(/<script|bob|Bob/u);
      expect(Buffer.byteLength(page.text) + Buffer.byteLength(pageStyle)).toBeLessThan(15 * 1024);
      expect((await shown(path)).status).toBe(410);
      expect((await doors.ask(path, browser)).status).toBe(410);

      const copy = await doors.ask(path, form({ form: nonceIn(page.text), as: 'json' }));
      expect(copy.headers.get('content-disposition')).toContain('held-about-me.json');
      const text = JSON.stringify(copy.json);
      expect(text).toContain('ana@example.com');
      expect(text).toContain('"keptDays":396');
      expect(text).not.toMatch(/bob|paz|zq/iu);
      const row = copy.json.classes;
      expect(row).toHaveLength(6);
    });

    test('a link is of one person, ends after half an hour, and a made-up one is nothing', async () => {
      const path = await linkFor('bob@example.com');
      const other = await linkFor('ana@example.com');
      const nonce = nonceIn((await doors.ask(other, browser)).text);
      expect((await doors.ask(path, form({ form: nonce }))).status).toBe(422);
      doors.house.clock.pass(31 * minute);
      expect((await shown(path)).status).toBe(410);
      expect((await doors.ask(`/me/${'0'.repeat(64)}`, browser)).status).toBe(404);
    });

    test('the page speaks the language of the person', async () => {
      const page = await shown(await linkFor('paz@example.com'));
      expect(page.text).toContain('Casos que son tuyos (1)');
    });

    test('a copy for an access request needs an administrator of all teams, and leaves who and why', async () => {
      const token = await doors.token(['admin']);
      const copy = await doors.ask('/v1/people/ana/data?purpose=Access%20request%2012', { token });
      expect(copy.status).toBe(200);
      expect(JSON.stringify(copy.json)).not.toMatch(/bob/iu);
      expect(await store.read.exports(loopPrincipal, 100)).toContainEqual(
        expect.objectContaining({ report: 'person', purpose: 'Access request 12' }),
      );
      const blue = await doors.token(['admin'], { teams: ['blue'] });
      expect((await doors.ask('/v1/people/ana/data', { token: blue })).status).toBe(403);
      expect((await doors.ask('/v1/people/nobody/data', { token })).status).toBe(404);
    });

    test('the report for a works council names nobody and shows no group under five, nor one that follows from others', async () => {
      const token = await doors.token(['evidence:read']);
      const report = await doors.ask('/v1/privacy/report?purpose=Works%20council', { token });
      expect(report.status).toBe(200);
      const text = JSON.stringify(report.json);
      expect(text).not.toMatch(/crowd|ana@|Ana|bob/u);
      expect(report.json.groupsMin).toBe(5);
      const { teams } = JSON.parse(text);
      const sum = teams.groups.reduce((total: number, { people }: { people: number }) => total + people, 0);
      for (const { people } of teams.groups) expect(people).toBeGreaterThanOrEqual(5);
      // Red has one person: what is left of the sum is never a group that small.
      if (teams.people !== undefined) expect(teams.people - sum === 0 || teams.people - sum >= 5).toBe(true);
      const page = await doors.ask('/v1/privacy/report?format=html', { token });
      expect(page.text).toContain('No score of a person');
      expect(page.text).not.toMatch(/<script|https?:\/\//u);
      const blue = await doors.token(['evidence:read'], { teams: ['blue'] });
      expect((await doors.ask('/v1/privacy/report', { token: blue })).status).toBe(403);
    });
  });
}
