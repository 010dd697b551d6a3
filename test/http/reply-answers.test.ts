import { describe, expect, test } from 'vitest';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { day, hour, monday, status } from '../support/house.ts';
import { visibleText } from '../support/page-reading.ts';
import { form, nonceIn } from './doors.ts';
import { manyReaders, replyPages } from './reply-pages.ts';

const pages = replyPages(manyReaders);
const { told, linkOf, open, answer, stateOf, everything } = pages;

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
    const send = (fields: Record<string, string>) => pages.doors.ask(path, form({ form: nonce, ...fields }));
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
      const posted = await pages.doors.ask(one.path, form({ form: wrong, answer: 'done' }));
      expect([posted.status, visibleText(posted.text).includes('This page was open for long.')]).toEqual([
        422,
        true,
      ]);
    }
    pages.doors.house.clock.pass(25 * hour);
    expect((await pages.doors.ask(one.path, form({ form: nonce, answer: 'done' }))).status).toBe(422);
    pages.doors.house.clock.set(monday);
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
      const posted = await pages.doors.ask(path, { ...ours, headers });
      expect([posted.status, posted.json.type]).toEqual([421, '/problems/bad-host']);
    }
    expect((await stateOf(loop))?.state).toBe('told');
  });

  test('larger than a form of ours, or of another kind, is refused', async () => {
    const { path } = await told();
    expect(
      (await pages.doors.ask(path, form({ form: 'x', answer: 'done', note: 'x'.repeat(5000) }))).status,
    ).toBe(413);
    expect((await pages.doors.ask(path, { json: { answer: 'done' } })).status).toBe(415);
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
    pages.doors.house.clock.pass(hour / 60);
    await pages.doors.house.settleDown();
    for (const fields of [{ answer: 'not-mine', person: 'mia' }, { answer: 'not-me' }, { answer: 'done' }])
      expect((await pages.doors.ask(path, form({ form: nonce, ...fields }))).status).toBe(303);
    expect(await replies()).toEqual(['not-mine']);
    await answer(await linkOf(loop), { answer: 'not-mine', person: 'ana' });
    pages.doors.house.clock.pass(hour / 60);
    await pages.doors.house.settleDown();
    await answer(await linkOf(loop), { answer: 'need-help' });
    pages.doors.house.clock.set(monday);
    expect(await replies()).toEqual(['not-mine', 'not-mine', 'need-help']);
  });

  test('through an older link takes back no incident that somebody else reported', async () => {
    const { path, loop } = await told();
    const latest = async () => (await pages.store.read.loop(loopPrincipal, loop))?.messages.at(-1)?.to.id;
    for (let n = 0; n < 13 && (await latest()) === 'ana'; n += 1) {
      pages.doors.house.clock.pass(day);
      await pages.doors.house.settleDown();
    }
    expect(await latest()).not.toBe('ana');
    const nonce = nonceIn((await open(path)).text);
    // Reminders of several cases may have become one page.
    const code = { case: (await stateOf(loop))?.caseCode ?? '' };
    expect((await answer(await linkOf(loop), { answer: 'not-me', ...code })).status).toBe(303);
    expect((await pages.doors.ask(path, form({ form: nonce, answer: 'done' }))).status).toBe(303);
    pages.doors.house.clock.set(monday);
    expect((await stateOf(loop))?.state).toBe('incident');
  });

  test('to a case that is over is not recorded, and the page says what it came to', async () => {
    const { path, loop, secret } = await told();
    const nonce = nonceIn((await open(path)).text);
    await ingest(pages.doors.house.parts, {
      source: 'scanner',
      receivedAt: monday,
      mode: 'live',
      events: [status({ at: monday, secret, validity: 'inactive' })],
    });
    expect((await stateOf(loop))?.state).toBe('verified');
    const posted = await pages.doors.ask(path, form({ form: nonce, answer: 'done' }));
    expect(posted.status).toBe(303);
    expect((await stateOf(loop))?.facts.replies).toEqual([]);
    const page = await open(path);
    expect(visibleText(page.text)).toContain('It is fixed. Thank you.');
    expect(page.text).not.toContain('<form');
  });
});
