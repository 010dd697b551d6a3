import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEmbedded } from '../../src/adapters/stores/postgres/open.ts';
import type { Store } from '../../src/ports/store.ts';
import { type Doors, openDoors } from './doors.ts';

let store: Store;
let doors: Doors;
let token: string;
beforeAll(async () => {
  store = await openEmbedded();
  doors = openDoors({ store });
  token = await doors.token(['loops:write']);
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
