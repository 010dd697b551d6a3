import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { pageStyle } from '../../src/pages/page-style.ts';
import type { Store } from '../../src/ports/store.ts';
import { hour, monday, personOf, testPeople } from '../support/house.ts';
import { lendEmbedded } from '../support/lent-stores.ts';
import { visibleText } from '../support/page-reading.ts';
import { browser, type Doors, openDoors, webhookSecret } from './doors.ts';

let store: Store;
let doors: Doors;
let token: string;
beforeAll(async () => {
  store = await lendEmbedded();
  doors = openDoors({
    store,
    people: [...testPeople, personOf('eva', { language: 'es', timeZone: 'Europe/Madrid' })],
    over: { sourceSecrets: () => [webhookSecret] },
  });
  token = await doors.token(['loops:write', 'loops:read']);
});
afterAll(() => store?.close());

const mail = `From: "Example Ltd Payroll" <pay@examp1e.com>
Reply-To: pay@collect.test
Subject: Urgent: your password expires today
Content-Type: text/html

<p>Dear customer,</p><p>sign in <a href="https://examp1e.com/x?rid=Ab3dE">https://portal.example.com</a> within 24 hours.</p>
`.replace(/\n/gu, '\r\n');
const put = (path: string, body: string, type = 'message/rfc822') =>
  doors.ask(path, { method: 'PUT', token, body, type });

test('the mail of a simulation is read, and its cues and their places are told', async () => {
  const answer = await put('/v1/campaigns/7?source=gophish&name=May', mail);
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({
    source: 'gophish',
    id: '7',
    name: 'May',
    difficulty: { amount: 'few', rating: 'not-rated' },
  });
  const { cues } = answer.json;
  const kinds = Array.isArray(cues) ? cues.map(({ kind }) => kind) : [];
  for (const kind of ['reply-to', 'link-text', 'urgency', 'limited-time', 'greeting', 'business-process'])
    expect(kinds).toContain(kind);
  expect(answer.text).not.toContain('Ab3dE');
});

test('what a person said of the campaign stands when its mail is sent anew', async () => {
  const first = await put('/v1/campaigns/8?source=gophish&alignment=6,4,2,4,0&otherCues=3', mail);
  expect(first.json).toMatchObject({ difficulty: { alignment: { score: 16, level: 'medium' } } });
  const template = {
    subject: 'Hello {{.FirstName}}',
    text: 'Read {{.URL}} within 2 hours',
    url: 'https://192.0.2.7/',
  };
  const again = await put('/v1/campaigns/8', JSON.stringify({ template }), 'application/json');
  expect(again.json).toMatchObject({
    difficulty: { cues: 5, amount: 'few', alignment: { score: 16, level: 'medium' }, rating: 'very' },
  });
});

test('what is no mail, no template, no alignment or of no source is refused with the reason', async () => {
  for (const [path, body, type, status] of [
    ['/v1/campaigns/9?source=gophish', '', 'message/rfc822', 422],
    ['/v1/campaigns/9?source=gophish', '{}', 'application/json', 422],
    ['/v1/campaigns/9?source=gophish', '{', 'application/json', 400],
    ['/v1/campaigns/9?source=nowhere', mail, 'message/rfc822', 400],
    ['/v1/campaigns/9?source=gitleaks', mail, 'message/rfc822', 400],
    ['/v1/campaigns/9?source=gophish&alignment=1,2,3,4,5', mail, 'message/rfc822', 400],
    ['/v1/campaigns/9?source=gophish', 'x', 'text/plain', 415],
  ] as const) {
    const answer = await put(path, body, type);
    expect([path, body.slice(0, 5), answer.status]).toEqual([path, body.slice(0, 5), status]);
  }
});

test('a mail that is too large is not read', async () => {
  const answer = await put(
    '/v1/campaigns/9?source=gophish',
    `Subject: x\r\n\r\n${'a'.repeat(9 * 1024 * 1024)}`,
  );
  expect(answer.status).toBe(413);
});

/** A click as GoPhish tells it: without a session, signed. */
async function click(email: string, campaign: number) {
  const details = {
    payload: { rid: ['Ab3dE'] },
    browser: { address: '192.0.2.7', 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/125.0' },
  };
  const body = JSON.stringify({
    campaign_id: campaign,
    email,
    time: new Date(monday - hour).toISOString(),
    message: 'Clicked Link',
    details: JSON.stringify(details),
  });
  const signature = createHmac('sha256', webhookSecret).update(body).digest('hex');
  const headers = { 'X-Gophish-Signature': `sha256=${signature}` };
  expect((await doors.ask('/v1/sources/gophish', { body, headers })).status).toBe(202);
  await doors.house.settleDown();
  const { items } = await store.read.loops(loopPrincipal, {
    behaviour: 'clicked-simulated-phish',
    limit: 50,
  });
  const [id] = items.filter(({ facts }) => facts.identity?.id === email).map((row) => row.id);
  const message = (await store.read.loop(loopPrincipal, id ?? ''))?.messages.at(-1);
  const { url } = doors.house.parts.replyLink(message?.id ?? '', message?.to.id ?? '');
  return { id: id ?? '', path: new URL(url ?? 'http://none').pathname };
}

test('whoever clicked sees the mail with its signs in their language, and the loop tells how hard it was', async () => {
  await put('/v1/campaigns/21?alignment=6,4,2,4,0', mail);
  const ana = await click('ana@example.com', 21);
  const page = await doors.ask(ana.path, browser);
  const text = visibleText(page.text);
  expect(page.text).toMatch(/<mark>within 24 hours<sup>\d+<\/sup><\/mark>/u);
  expect(text).toContain('but the link leads to examp1e.com');
  expect(text).toContain('How you could have told');
  expect(page.text).not.toMatch(/<script|href="https:\/\/examp1e|Ab3dE/u);
  expect(Buffer.byteLength(page.text) + Buffer.byteLength(pageStyle)).toBeLessThanOrEqual(15 * 1024);
  const story = await doors.ask(`/v1/loops/${ana.id}`, { token });
  expect(story.json).toMatchObject({ simulation: { id: '21', difficulty: { rating: 'very' } } });

  const eva = await click('eva@example.com', 21);
  expect(visibleText((await doors.ask(eva.path, browser)).text)).toContain('En qué se podía notar');
});

test('without its mail the page stands all the same', async () => {
  const ben = await click('ben@example.com', 22);
  const page = await doors.ask(ben.path, browser);
  expect(page.status).toBe(200);
  expect(page.text).not.toContain('<blockquote');
});
