import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { release } from '../../src/loop/decide.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { pageStyle } from '../../src/pages/page-style.ts';
import type { Store } from '../../src/ports/store.ts';
import {
  day,
  fakeSecret,
  hour,
  type Leak,
  leak,
  monday,
  personOf,
  status,
  testPeople,
} from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { visibleText } from '../support/page-reading.ts';
import { type Answer, browser, type Doors, form, nonceIn, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;
let serial = 500;

beforeAll(async () => {
  store = await lendEmbedded();
});
afterAll(() => store?.close());
beforeEach(() => {
  doors = openDoors({
    store,
    delivery: { perPersonPerDayMax: 500, releasedPerPersonPerDayMax: 500 },
    people: [...testPeople, personOf('eva', { language: 'es', timeZone: 'Europe/Madrid' })],
  });
});

type Told = { readonly loop: string; readonly path: string; readonly secret: string };

/** A leak that somebody was told of, and the link they got. */
async function told(over: Partial<Leak> = {}): Promise<Told> {
  serial += 1;
  const secret = fakeSecret(serial);
  const event = leak({
    at: monday - hour,
    receivedAt: monday,
    secret,
    author: 'ana',
    file: `f${serial}.py`,
    ...over,
  });
  const taken = await ingest(doors.house.parts, {
    source: 'scanner',
    receivedAt: monday,
    mode: 'live',
    events: [event],
  });
  await doors.house.settleDown();
  const loop = taken.loops[0] ?? '';
  return { loop, secret, path: await linkOf(loop) };
}

async function linkOf(loop: string): Promise<string> {
  const message = (await store.read.loop(loopPrincipal, loop))?.messages.at(-1);
  const { url } = doors.house.parts.replyLink(message?.id ?? '', message?.to.id ?? '');
  return new URL(url ?? '').pathname;
}

const open = (path: string) => doors.ask(path, browser);
const stateOf = async (loop: string) => (await store.read.loop(loopPrincipal, loop))?.loop;

/** Opens the page, fills in a form of it and sends it. */
async function answer(path: string, fields: Readonly<Record<string, string>>): Promise<Answer> {
  const page = await open(path);
  return doors.ask(path, form({ form: nonceIn(page.text), ...fields }));
}

/** Every row of every table that a reply could touch. */
async function everything(): Promise<string> {
  const read = store.read;
  const loops = await read.loops(loopPrincipal, { limit: 200 });
  const stories = await Promise.all(loops.items.map((row) => read.loop(loopPrincipal, row.id)));
  const ledgers = await Promise.all(loops.items.map((row) => read.ledger(loopPrincipal, row.id)));
  const messages = await read.messages(loopPrincipal, { limit: 200 });
  const totals = await read.totals(loopPrincipal);
  const settings = await read.setting(loopPrincipal, 'claim');
  return JSON.stringify({ stories, ledgers, messages, totals, settings: settings ?? null });
}

describe('the recipient’s page', () => {
  test('shows the case, and opening it any number of times changes nothing', async () => {
    const { path, loop } = await told();
    const before = await everything();
    for (let n = 0; n < 3; n += 1) {
      const page = await open(path);
      expect(page.status).toBe(200);
      expect(visibleText(page.text)).toContain('We found an AWS access key');
    }
    await doors.ask(path, { method: 'HEAD' });
    await doors.ask(`${path}?utm_source=mail&case=nonsense`, browser);
    expect(await everything()).toBe(before);
    expect((await stateOf(loop))?.state).toBe('told');
  });

  test('is never cached, tells no address on, and runs nothing', async () => {
    const { path } = await told();
    const { headers, text } = await open(path);
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; style-src 'self'/u);
    expect(text).not.toMatch(/<script|\son[a-z]+=|<iframe/iu);
    expect(Buffer.byteLength(text) + Buffer.byteLength(pageStyle)).toBeLessThanOrEqual(15 * 1024);
    const style = await doors.ask(/href="(\/r\/style-[0-9a-f]+\.css)"/u.exec(text)?.[1] ?? '');
    expect([style.status, style.headers.get('Content-Type')]).toEqual([200, 'text/css; charset=utf-8']);
    expect(style.headers.get('Cache-Control')).toContain('immutable');
  });

  test('speaks the recipient’s language, in their time', async () => {
    const { path } = await told({ author: 'eva' });
    const page = await open(path);
    expect(page.text).toContain('<html lang="es"');
    expect(visibleText(page.text)).toMatch(/10:00 (?:CET|GMT\+1)/u);
  });

  test('shows hostile text of an event as text', async () => {
    const { path } = await told({
      repository: 'acme/<img src=x onerror=alert(1)>',
      file: '"><script>alert(1)</script>@everyone [x](javascript:alert(1)).py',
    });
    const { text } = await open(path);
    const tags = new Set([...text.matchAll(/<([a-z0-9]+)[\s>]/giu)].map(([, tag]) => tag));
    for (const tag of ['script', 'img', 'iframe', 'style']) expect(tags).not.toContain(tag);
    expect(text).not.toContain('href="javascript:');
    const links = [...text.matchAll(/<a href="([^"]*)"/gu)].map(([, href]) => href ?? '');
    for (const href of links) expect(href).toMatch(/^(?:#|\/|https:\/\/(?:docs\.aws|owasp))/u);
  });
});

describe('an answer', () => {
  test.each([
    ['done', {}, 'answered', 'Thank you. We now look'],
    ['need-help', { note: 'What breaks if I revoke it?' }, 'answered', 'What breaks if I revoke it?'],
    ['not-me', {}, 'incident', 'We told the security team at once.'],
    ['not-mine', { person: 'Bob' }, 'reassigned', 'Somebody else looks after this now.'],
    [
      'not-mine',
      { person: 'Somebody Unknown' },
      'reassigned',
      'Now the security team looks for the right person.',
    ],
    ['wrong', { reason: 'test-value', note: 'From the sandbox' }, 'disputed', 'Only a test'],
    ['accept-risk', { until: '2026-12-24' }, 'answered', '24 December 2026'],
  ])('"%s" is recorded and shown: %j', async (choice, fields, state, words) => {
    const { path, loop } = await told();
    const posted = await answer(path, { answer: choice, ...fields });
    expect([posted.status, posted.headers.get('Location')]).toEqual([303, path]);
    expect((await stateOf(loop))?.state).toBe(state);
    expect(visibleText((await open(path)).text)).toContain(words);
  });

  test('sent twice by a double click is one reply, and a changed mind is another', async () => {
    const { path, loop } = await told();
    const nonce = nonceIn((await open(path)).text);
    const send = (fields: Record<string, string>) => doors.ask(path, form({ form: nonce, ...fields }));
    await Promise.all([send({ answer: 'done' }), send({ answer: 'done' })]);
    expect((await stateOf(loop))?.facts.replies).toHaveLength(1);
    await answer(path, { answer: 'wrong', reason: 'other' });
    await answer(path, { answer: 'done' });
    expect((await stateOf(loop))?.facts.replies.map((reply) => reply.answer)).toEqual([
      'done',
      'wrong',
      'done',
    ]);
  });

  test.each([
    [{}, 'Please choose one of the answers.'],
    [{ answer: 'approve' }, 'Please choose one of the answers.'],
    [{ answer: 'wrong' }, 'Please choose what it is.'],
    [{ answer: 'accept-risk' }, 'Please give a date.'],
    [{ answer: 'accept-risk', until: '2036-01-01' }, 'Please choose a date from'],
    [{ answer: 'accept-risk', until: '2026-11-22' }, 'Please choose a date from'],
  ])('that cannot be taken says why on the same page: %j', async (fields, words) => {
    const { path, loop } = await told();
    const posted = await answer(path, fields);
    expect(posted.status).toBe(422);
    expect(visibleText(posted.text)).toContain(words);
    expect((await stateOf(loop))?.state).toBe('told');
  });

  test('from a page that is not ours, of another link or too old is not taken', async () => {
    const [one, other] = [await told(), await told()];
    const nonce = nonceIn((await open(one.path)).text);
    for (const wrong of ['', 'x', nonceIn((await open(other.path)).text)]) {
      const posted = await doors.ask(one.path, form({ form: wrong, answer: 'done' }));
      expect([posted.status, visibleText(posted.text).includes('This page was open for long.')]).toEqual([
        422,
        true,
      ]);
    }
    doors.house.clock.pass(25 * hour);
    expect((await doors.ask(one.path, form({ form: nonce, answer: 'done' }))).status).toBe(422);
    doors.house.clock.set(monday);
    expect((await stateOf(one.loop))?.state).toBe('told');
  });

  test('from a page of another site is refused before it is read', async () => {
    const { path, loop } = await told();
    const nonce = nonceIn((await open(path)).text);
    const ours = form({ form: nonce, answer: 'done' });
    for (const headers of [
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' },
      { Origin: 'https://evil.example' },
    ]) {
      const posted = await doors.ask(path, { ...ours, headers });
      expect([posted.status, posted.json.type]).toEqual([421, '/problems/bad-host']);
    }
    expect((await stateOf(loop))?.state).toBe('told');
  });

  test('larger than a form of ours, or of another kind, is refused', async () => {
    const { path } = await told();
    expect((await doors.ask(path, form({ form: 'x', answer: 'done', note: 'x'.repeat(5000) }))).status).toBe(
      413,
    );
    expect((await doors.ask(path, { json: { answer: 'done' } })).status).toBe(415);
  });

  test('may hold any text: it is kept whole in its letters, and what looks like a secret in it is masked', async () => {
    const { path, loop } = await told();
    const posted = await answer(path, { answer: 'wrong', reason: 'other', note: '\u{1f511}'.repeat(300) });
    expect(posted.status).toBe(303);
    const pasted = ['AKIA', 'QYLPMN5HZ7', 'ABCDEF'].join('');
    await answer(path, { answer: 'done', note: `I revoked ${pasted} today` });
    const replies = (await stateOf(loop))?.facts.replies;
    expect(replies?.[0]?.reason).toMatch(/^other: (?:\u{1f511})+\ufffd?$/u);
    expect(replies?.[1]?.reason).toBe('I revoked [secret:aws] today');
    expect(await everything()).not.toContain(pasted);
  });

  test('that passed the case on is the last one of its writer, until the case comes back to them', async () => {
    const { path, loop } = await told();
    const replies = async () => (await stateOf(loop))?.facts.replies.map((reply) => reply.answer);
    const nonce = nonceIn((await open(path)).text);
    await answer(path, { answer: 'not-mine', person: 'bob' });
    doors.house.clock.pass(hour / 60);
    await doors.house.settleDown();
    for (const fields of [{ answer: 'not-mine', person: 'mia' }, { answer: 'not-me' }, { answer: 'done' }])
      expect((await doors.ask(path, form({ form: nonce, ...fields }))).status).toBe(303);
    expect(await replies()).toEqual(['not-mine']);
    await answer(await linkOf(loop), { answer: 'not-mine', person: 'ana' });
    doors.house.clock.pass(hour / 60);
    await doors.house.settleDown();
    await answer(await linkOf(loop), { answer: 'need-help' });
    doors.house.clock.set(monday);
    expect(await replies()).toEqual(['not-mine', 'not-mine', 'need-help']);
  });

  test('through an older link takes back no incident that somebody else reported', async () => {
    const { path, loop } = await told();
    const latest = async () => (await store.read.loop(loopPrincipal, loop))?.messages.at(-1)?.to.id;
    for (let n = 0; n < 13 && (await latest()) === 'ana'; n += 1) {
      doors.house.clock.pass(day);
      await doors.house.settleDown();
    }
    expect(await latest()).not.toBe('ana');
    const nonce = nonceIn((await open(path)).text);
    // Reminders of several cases may have become one page.
    const code = { case: (await stateOf(loop))?.caseCode ?? '' };
    expect((await answer(await linkOf(loop), { answer: 'not-me', ...code })).status).toBe(303);
    expect((await doors.ask(path, form({ form: nonce, answer: 'done' }))).status).toBe(303);
    doors.house.clock.set(monday);
    expect((await stateOf(loop))?.state).toBe('incident');
  });

  test('to a case that is over is not recorded, and the page says what it came to', async () => {
    const { path, loop, secret } = await told();
    const nonce = nonceIn((await open(path)).text);
    await ingest(doors.house.parts, {
      source: 'scanner',
      receivedAt: monday,
      mode: 'live',
      events: [status({ at: monday, secret, validity: 'inactive' })],
    });
    expect((await stateOf(loop))?.state).toBe('verified');
    const posted = await doors.ask(path, form({ form: nonce, answer: 'done' }));
    expect(posted.status).toBe(303);
    expect((await stateOf(loop))?.facts.replies).toEqual([]);
    const page = await open(path);
    expect(visibleText(page.text)).toContain('It is fixed. Thank you.');
    expect(page.text).not.toContain('<form');
  });
});

describe('who sees a case', () => {
  const sees = async (path: string) =>
    visibleText((await open(path)).text)
      .replace(/^.*Who sees this|This is about what happened.*$/gu, '')
      .trim();

  test('is announced only while no answer stands', async () => {
    const { path } = await told();
    expect(await sees(path)).toMatch(
      /^You and the security team, now Mia, from .+, if nobody has answered$/u,
    );
    await answer(path, { answer: 'done' });
    expect(await sees(path)).toBe('You and the security team, now');
  });

  test('names whoever was asked in the meantime, also after an answer', async () => {
    const { path } = await told();
    await answer(path, { answer: 'accept-risk', until: '2026-12-24' });
    await doors.house.settleDown();
    expect(await sees(path)).toBe('You and the security team, now Mia, now');
  });
});

describe('a claim that the world disproves', () => {
  test('is shown to whoever made it, with the step again', async () => {
    const { path, secret } = await told();
    await answer(path, { answer: 'done' });
    doors.house.clock.pass(hour);
    await ingest(doors.house.parts, {
      source: 'scanner',
      receivedAt: monday + hour,
      mode: 'live',
      events: [status({ at: monday + hour, secret, validity: 'active' })],
    });
    const text = visibleText((await open(path)).text);
    expect(text).toContain('You answered “Done”. We looked again on');
    expect(text).toContain('Do this now');
    doors.house.clock.set(monday);
  });
});

describe('a link', () => {
  test.each(['x', 'A'.repeat(22), '0kf3Xq7TtVb2Zc9LhPq4Nw', '..%2f..%2fetc%2fpasswd', `${'9'.repeat(500)}`])(
    'that nobody was sent leads nowhere: %s',
    async (token) => {
      for (const asked of [
        await open(`/r/${token}`),
        await doors.ask(`/r/${token}`, form({ form: 'x', answer: 'done' })),
      ]) {
        expect(asked.status).toBe(404);
        expect(visibleText(asked.text)).toContain('There is nothing at this address.');
      }
    },
  );

  test('that has expired shows nothing of the case, and takes no answer', async () => {
    const { path, loop } = await told();
    const nonce = nonceIn((await open(path)).text);
    doors.house.clock.pass(14 * day);
    for (const asked of [await open(path), await doors.ask(path, form({ form: nonce, answer: 'done' }))]) {
      expect(asked.status).toBe(410);
      expect(visibleText(asked.text)).toContain('This link is no longer valid');
      expect(asked.text).not.toContain(`f${serial}.py`);
    }
    doors.house.clock.set(monday);
    expect((await stateOf(loop))?.facts.replies).toEqual([]);
  });

  test('is in no line of the log, whatever fails behind it', async () => {
    const broken = openDoors({
      store: {
        ...store,
        read: { ...store.read, messageByToken: () => Promise.reject(new Error('no connection')) },
      },
    });
    const { path } = await told();
    const page = await broken.ask(path, browser);
    expect(page.status).toBe(500);
    expect(visibleText(page.text)).toContain('Something went wrong on our side.');
    const log = broken.logged.join('');
    expect(log).toContain('no connection');
    expect(log).not.toContain(path.slice(3));
  });
});

describe('a page of several cases', () => {
  test('is answered case by case, and each has a page of its own', async () => {
    const events = Array.from({ length: 7 }, (_, n) =>
      leak({
        at: monday - 100 * day,
        receivedAt: monday,
        secret: fakeSecret(9000 + n),
        author: 'mia',
        file: `digest-${n}.py`,
      }),
    );
    const taken = await ingest(doors.house.parts, {
      source: 'scanner',
      receivedAt: monday,
      mode: 'history',
      events,
    });
    await release(doors.house.parts, loopPrincipal, { ids: taken.loops });
    await doors.house.settleDown();
    const path = await linkOf(taken.loops[0] ?? '');
    const page = await open(path);
    expect(visibleText(page.text)).toContain('7 cases need your answer');
    expect(page.text.match(/<article/gu)).toHaveLength(5);
    expect(Buffer.byteLength(page.text) + Buffer.byteLength(pageStyle)).toBeLessThanOrEqual(15 * 1024);

    const [loop = ''] = taken.loops;
    const code = (await stateOf(loop))?.caseCode ?? '';
    const posted = await answer(path, { case: code, answer: 'wrong:test-value', note: 'a fixture' });
    expect([posted.status, posted.headers.get('Location')]).toEqual([303, path]);
    const states = await Promise.all(taken.loops.map(async (id) => (await stateOf(id))?.state));
    expect(states.filter((state) => state === 'disputed')).toHaveLength(1);
    expect((await stateOf(loop))?.state).toBe('disputed');

    const own = await open(`${path}?case=${code}`);
    expect(visibleText(own.text)).toContain('You answered “This is wrong”');
    const unclear = await answer(path, { answer: 'done' });
    expect(unclear.status).toBe(422);
  });
});

describe('the check of a case code', () => {
  test('says that a message was sent, when and by whom, and nothing of the case', async () => {
    const { loop } = await told({ file: 'secret-place.py' });
    const code = (await stateOf(loop))?.caseCode ?? '';
    const typed = code.toLowerCase().replaceAll('-', ' ');
    const page = await doors.ask('/check', form({ code: typed }));
    expect(page.status).toBe(200);
    expect(visibleText(page.text)).toContain(
      `Yes. A message with the code ${code} was sent on Mon 23 November at 10:00 UTC by the security team, Example Ltd.`,
    );
    expect(page.text).not.toMatch(/secret-place|ana@|Ana/u);
  });

  test.each(['FB-00000-00000', 'nonsense', '', '<script>alert(1)</script>'])(
    'does not know %j',
    async (code) => {
      const page = await doors.ask('/check', form({ code }));
      expect(visibleText(page.text)).toContain('was sent from here');
      expect(page.text).not.toContain('<script');
    },
  );

  test('may be asked a few times a minute by one address', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 21; n += 1)
      statuses.push(
        (await doors.ask('/check', { ...form({ code: 'FB-00000-00000' }), from: '192.0.2.9' })).status,
      );
    expect(statuses.slice(-2)).toEqual([200, 429]);
    expect((await doors.ask('/check', { ...form({ code: 'x' }), from: '192.0.2.10' })).status).toBe(200);
  });
});

describe('putting a case off on the page', () => {
  const offered = { timesMax: 1, daysMax: 10, below: 'critical' } as const;
  beforeEach(() => {
    doors = openDoors({ store, delivery: { perPersonPerDayMax: 500, snooze: offered } });
  });

  test('is offered as times where the reader is; opening the page puts nothing off', async () => {
    const { path, loop } = await told();
    const page = await open(path);
    expect(page.text).toContain('name="later" value="three-days"');
    expect(visibleText(page.text)).toContain('Thu 26 November at 09:00 UTC');
    expect((await stateOf(loop))?.facts.snoozes).toBeUndefined();
  });

  test('is shown once it is taken, and offered no more when it was put off as often as may be', async () => {
    const { path, loop } = await told();
    const done = await answer(path, { answer: 'snooze', later: 'next-day' });
    expect(done.status).toBe(303);
    expect((await stateOf(loop))?.facts.snoozes).toHaveLength(1);
    const page = await open(path);
    expect(visibleText(page.text)).toContain('We remind you on Tue 24 November at 09:00 UTC.');
    // Five working days of silence from then on, not from when it was sent.
    expect(visibleText(page.text)).toMatch(/Mia, from Tue 1 December/u);
    expect(page.text).not.toContain('name="later"');
    const again = await answer(path, { answer: 'snooze', later: 'week' });
    expect(again.status).toBe(422);
    expect(visibleText(again.text)).toContain('as long as it can be');
  });

  test.each(['', 'for-ever', '2099-01-01', '<script>', '\u202enext-day'])(
    'takes no time that is not offered: %j',
    async (later) => {
      const { path, loop } = await told();
      const refused = await answer(path, { answer: 'snooze', later });
      expect(refused.status).toBe(422);
      expect(refused.text).not.toContain('<script>');
      expect((await stateOf(loop))?.facts.snoozes).toBeUndefined();
    },
  );

  test('without the page it came from, nothing is taken', async () => {
    const { path, loop } = await told();
    const bare = await doors.ask(path, form({ answer: 'snooze', later: 'week' }));
    expect(bare.status).toBe(422);
    expect((await stateOf(loop))?.facts.snoozes).toBeUndefined();
  });

  test('an operator does it by a door, with a reason, and is told why when it cannot be', async () => {
    const { loop } = await told();
    const token = await doors.token(['delivery:write', 'loops:read']);
    const ask = (json: unknown) => doors.ask(`/v1/loops/${loop}/snooze`, { method: 'POST', token, json });
    expect((await ask({ for: 'next-day' })).status).toBe(400);
    const done = await ask({ for: 'next-day', reason: 'on a plane' });
    expect(done.json).toMatchObject({ id: loop, snoozedUntil: '2026-11-24T09:00:00.000Z' });
    const again = await ask({ for: 'week', reason: 'still on a plane' });
    expect(again.status).toBe(409);
    expect(again.text).toContain('as often as it may be');
    const story = await doors.ask(`/v1/loops/${loop}`, { token });
    expect(story.json['snoozes']).toMatchObject([{ by: { id: 'ana', name: 'Ana' } }]);
  });
});
