import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPassingSeal } from '../../src/config/data-key.ts';
import { base32Bytes } from '../../src/lib/base32.ts';
import { totpCode, totpSeconds, totpStep } from '../../src/lib/totp.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import type { Store } from '../../src/ports/store.ts';
import { monday } from '../support/house.ts';
import { testStores } from '../support/stores.ts';
import { type Answer, browser, type Doors, form, nonceIn, openDoors } from './doors.ts';

const password = 'seven quiet herons';
const stepMs = totpSeconds * 1000;

describe.each(testStores())('second factors, store $name', ({ skip, open }) => {
  let store: Store;
  let doors: Doors;
  let admin: string;
  let serial = 0;
  const seal = openPassingSeal(randomBytes);

  beforeAll(async () => {
    if (skip === undefined) store = await open();
  });
  afterAll(() => store?.close());
  beforeEach(async (context) => {
    if (skip !== undefined) return context.skip(skip);
    doors = openDoors({ store, access: { rule: 'admins', seal } });
    doors.house.clock.set(monday);
    admin = await doors.token(['admin']);
    serial += 1;
  });

  const login = () => `root${serial}`;
  const field = (page: string, name: string): string =>
    new RegExp(`name="${name}" value="([^"]*)"`, 'u').exec(page)?.[1] ?? '';
  const cookieOf = ({ headers }: Answer): string => (headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
  const whoIs = (cookie: string): Promise<Answer> =>
    doors.ask('/v1/session', { headers: { Cookie: cookie } });
  const secretOn = (page: string): Uint8Array =>
    base32Bytes(/<code>([A-Z2-7 ]{39})<\/code>/u.exec(page)?.[1]?.replaceAll(' ', '') ?? '') ??
    new Uint8Array();
  const codeAt = (secret: Uint8Array) => totpCode(secret, totpStep(doors.house.clock.now()));

  /** An account with a password and no factor yet. */
  async function account(roles: readonly string[] = ['admin']): Promise<string> {
    const json = { login: login(), name: 'Root', roles };
    const made = await doors.ask('/v1/accounts', { token: admin, json });
    const { pathname } = new URL(String(made.json.url));
    const page = await doors.ask(pathname, browser);
    await doors.ask(pathname, form({ form: nonceIn(page.text), password }));
    return String(made.json.id);
  }

  async function typed(secret = password): Promise<Answer> {
    const page = await doors.ask('/signin', browser);
    return doors.ask(
      '/signin',
      form({ form: nonceIn(page.text), next: '/outbox', account: login(), password: secret }),
    );
  }

  /** Fills the second step in, with what stands on its page. */
  const second = (
    page: Answer,
    code: string,
    over: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const sealed = field(page.text, 'sealed');
    const fields = {
      form: nonceIn(page.text),
      account: field(page.text, 'account'),
      next: field(page.text, 'next'),
      ...(sealed === '' ? {} : { sealed }),
      code,
      ...over,
    };
    return doors.ask('/signin/factor', form(fields));
  };

  async function enrolled() {
    const id = await account();
    const page = await typed();
    const secret = secretOn(page.text);
    const done = await second(page, codeAt(secret));
    expect(done.status).toBe(200);
    const codes = [...done.text.matchAll(/[a-z2-7]{4}(?:-[a-z2-7]{4}){5}/gu)].map(([code]) => code);
    return { id, secret, codes, cookie: cookieOf(done) };
  }

  test('an administrator sets one up at the first sign-in, and has no session before the first code', async () => {
    await account();
    const page = await typed();
    expect(page.status).toBe(200);
    expect(cookieOf(page)).toBe('');
    expect(page.text).toContain('<svg role="img"');
    const wrong = await second(page, '000000');
    expect([wrong.status, cookieOf(wrong)]).toEqual([401, '']);
    expect(secretOn(wrong.text)).toEqual(secretOn(page.text));
    const done = await second(page, codeAt(secretOn(page.text)));
    expect(done.status).toBe(200);
    expect((await whoIs(cookieOf(done))).json).toMatchObject({ name: 'Root', scopes: ['admin'] });
  });

  test('the secret and the recovery codes rest sealed and hashed', async () => {
    const { id, secret, codes } = await enrolled();
    expect(codes).toHaveLength(8);
    const dumped: string[] = [];
    for await (const line of store.dump(monday)) dumped.push(line);
    const rest = dumped.join('\n');
    expect(rest).toContain(id.slice(0, 8));
    expect(rest).toContain('sealed:1:');
    for (const text of [
      ...codes,
      ...codes.map((code) => code.replaceAll('-', '')),
      Buffer.from(secret).toString('hex'),
    ])
      expect(rest).not.toContain(text);
  });

  test('then the password alone opens nothing, by page and by API', async () => {
    const { secret } = await enrolled();
    doors.house.clock.pass(stepMs);
    const page = await typed();
    expect([page.status, cookieOf(page)]).toEqual([200, '']);
    expect(page.text).not.toContain('sealed');
    const json = { account: login(), password };
    const own = { headers: { 'X-Foldback-Console': '1' } };
    expect((await doors.ask('/v1/session', { json, ...own })).status).toBe(401);
    expect((await doors.ask('/v1/session', { json: { ...json, code: '123456' }, ...own })).status).toBe(401);
    const answer = await second(page, codeAt(secret));
    expect([answer.status, answer.headers.get('Location')]).toEqual([303, '/outbox']);
    doors.house.clock.pass(stepMs);
    const byApi = await doors.ask('/v1/session', { json: { ...json, code: codeAt(secret) }, ...own });
    expect(byApi.status).toBe(201);
  });

  test('a code that was used is refused, also in another browser and to whoever used it at the same moment', async () => {
    const { secret } = await enrolled();
    // The code of the set-up counts no second time.
    expect((await second(await typed(), codeAt(secret))).status).toBe(401);
    doors.house.clock.pass(stepMs);
    const [one, other] = [await typed(), await typed()];
    const code = codeAt(secret);
    const statuses = (await Promise.all([second(one, code), second(other, code)])).map(
      ({ status }) => status,
    );
    expect(statuses.toSorted()).toEqual([303, 401]);
    expect((await second(await typed(), code)).status).toBe(401);
  });

  test('a recovery code counts once, and only for its account', async () => {
    const { codes } = await enrolled();
    const [code = '', another = ''] = codes;
    expect((await second(await typed(), code.toUpperCase().replaceAll('-', ' '))).status).toBe(303);
    expect((await second(await typed(), code)).status).toBe(401);
    serial += 1;
    await enrolled();
    doors.house.clock.pass(stepMs);
    expect((await second(await typed(), another)).status).toBe(401);
  });

  test('a recovery code used in many browsers at the same moment opens one', async () => {
    const { codes } = await enrolled();
    const pages = await Promise.all([typed(), typed(), typed()]);
    const answers = await Promise.all(pages.map((page) => second(page, codes[1] ?? '')));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
  });

  test('the second step takes no proof but that of a right password, fresh and of the same account', async () => {
    const { id, secret } = await enrolled();
    doors.house.clock.pass(stepMs);
    const page = await typed();
    const other = '0'.repeat(32);
    for (const over of [
      { form: '' },
      { form: '1.aa.'.padEnd(38, '0') },
      { account: other },
      { account: 'x' },
    ])
      expect((await second(page, codeAt(secret), over)).status).toBe(401);
    // Nobody sets another factor up in the place of the one that is there.
    const theirs = { sealed: await seal.seal(`offer/1 ${id} MZXW6YTBOIMZXW6YTBOIMZXW6YTBOIMZ`) };
    expect((await second(page, codeAt(secret), theirs)).status).toBe(401);
    doors.house.clock.pass(16 * 60_000);
    expect((await second(page, codeAt(secret))).status).toBe(401);
  });

  test('a proof is worth nothing once the password has changed or a code was taken', async () => {
    const { secret, cookie } = await enrolled();
    doors.house.clock.pass(stepMs);
    const [early, late] = [await typed(), await typed()];
    expect((await second(early, codeAt(secret))).status).toBe(303);
    doors.house.clock.pass(stepMs);
    expect((await second(late, codeAt(secret))).status).toBe(401);
    const before = await typed();
    expect((await change(cookie, password, 'nine loud magpies')).status).toBe(200);
    expect((await second(before, codeAt(secret))).status).toBe(401);
  });

  test('guessing codes is slowed down for minutes, and the password alone does not shorten it', async () => {
    const { secret } = await enrolled();
    doors.house.clock.pass(stepMs);
    const page = await typed();
    for (let n = 0; n < 14; n += 1) {
      await second(page, '000000');
      doors.house.clock.pass(1);
    }
    const slowed = await second(await typed(), codeAt(secret));
    expect(slowed.status).toBe(429);
    let passed = 0;
    for (; passed < 400_000; passed += 10_000) {
      doors.house.clock.pass(10_000);
      if ((await second(await typed(), codeAt(secret))).status === 303) break;
    }
    expect(passed).toBeLessThanOrEqual(300_000);
  });

  const account_ = (cookie: string): Promise<Answer> =>
    doors.ask('/account', { headers: { Cookie: cookie, Accept: 'text/html' } });
  async function post(
    path: string,
    cookie: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const page = await account_(cookie);
    const options = form({ form: nonceIn(page.text), ...fields });
    return doors.ask(path, { ...options, headers: { ...options.headers, Cookie: cookie } });
  }
  const change = (cookie: string, old: string, chosen: string): Promise<Answer> =>
    post('/account/password', cookie, { old, password: chosen });

  test('a person changes their password with the one of now; every other session ends, and this one is new', async () => {
    await account(['viewer']);
    const [one, other] = [cookieOf(await typed()), cookieOf(await typed())];
    expect((await account_(one)).text).toContain(login());
    expect((await change(one, 'not the one of now', 'nine loud magpies')).status).toBe(422);
    expect((await change(one, password, 'password2026')).status).toBe(422);
    expect((await change(one, password, password)).status).toBe(422);
    expect((await whoIs(other)).status).toBe(200);
    const changed = await change(one, password, 'nine loud magpies');
    expect(changed.status).toBe(200);
    for (const cookie of [one, other]) expect((await whoIs(cookie)).status).toBe(401);
    expect((await whoIs(cookieOf(changed))).status).toBe(200);
    expect((await typed()).status).toBe(401);
    expect((await typed('nine loud magpies')).status).toBe(303);
  });

  test('another factor takes the place of the first with password and code; then only it counts', async () => {
    const { secret, cookie, codes } = await enrolled();
    doors.house.clock.pass(stepMs);
    expect((await post('/account/factor', cookie, { old: password, code: '000000' })).status).toBe(422);
    expect((await post('/account/factor', cookie, { old: 'wrong', code: codeAt(secret) })).status).toBe(422);
    doors.house.clock.pass(stepMs);
    const page = await post('/account/factor', cookie, { old: password, code: codeAt(secret) });
    expect(page.status).toBe(200);
    const newer = secretOn(page.text);
    expect(newer).not.toEqual(secret);
    const done = await second(page, codeAt(newer));
    expect(done.status).toBe(200);
    expect((await whoIs(cookie)).status).toBe(401);
    expect((await whoIs(cookieOf(done))).status).toBe(200);
    doors.house.clock.pass(stepMs);
    expect((await second(await typed(), codeAt(secret))).status).toBe(401);
    expect((await second(await typed(), codes[1] ?? '')).status).toBe(401);
    expect((await second(await typed(), codeAt(newer))).status).toBe(303);
  });

  test('a form of one person is not taken in the browser of another, and a token has no account page of its own', async () => {
    await account(['viewer']);
    const ana = cookieOf(await typed());
    const page = await account_(ana);
    serial += 1;
    await account(['viewer']);
    const ben = cookieOf(await typed());
    const options = form({ form: nonceIn(page.text), old: password, password: 'nine loud magpies' });
    const crossed = await doors.ask('/account/password', {
      ...options,
      headers: { ...options.headers, Cookie: ben },
    });
    expect(crossed.status).toBe(422);
    expect((await typed()).status).toBe(303);
    expect((await doors.ask('/account', { token: admin })).status).toBe(401);
    expect((await doors.ask('/account', browser)).status).toBe(401);
  });

  test('an administrator takes a lost factor away; sessions end, and another is set up at the next sign-in', async () => {
    const { id, cookie } = await enrolled();
    const listed = (await doors.ask('/v1/accounts', { token: admin })).json.items;
    expect(listed).toContainEqual(expect.objectContaining({ id, hasSecondFactor: true }));
    expect((await doors.ask(`/v1/accounts/${id}/factor`, { method: 'DELETE', token: admin })).status).toBe(
      204,
    );
    expect((await doors.ask(`/v1/accounts/${id}/factor`, { method: 'DELETE', token: admin })).status).toBe(
      404,
    );
    expect((await whoIs(cookie)).status).toBe(401);
    expect((await typed()).text).toContain('name="sealed"');
    const kinds = (await store.read.auditEntries(loopPrincipal, { limit: 1000 })).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['access.factor-set', 'access.factor-removed']));
  });

  test('a new link for a password that was forgotten leads past no factor', async () => {
    const { id, secret } = await enrolled();
    await doors.ask(`/v1/accounts/${id}`, { method: 'DELETE', token: admin });
    expect(await account()).toBe(id);
    doors.house.clock.pass(stepMs);
    const page = await typed();
    expect([page.status, cookieOf(page), page.text.includes('name="sealed"')]).toEqual([200, '', false]);
    expect((await second(page, codeAt(secret))).status).toBe(303);
  });

  test('who need not have one gets in with the password, and may set one up', async () => {
    await account(['viewer']);
    const answer = await typed();
    expect(answer.status).toBe(303);
    const page = await post('/account/factor', cookieOf(answer), { old: password });
    const done = await second(page, codeAt(secretOn(page.text)));
    expect(done.status).toBe(200);
    expect((await typed()).status).toBe(200);
  });

  test('a secret that was sealed with a key that is gone opens nothing', async () => {
    const { secret } = await enrolled();
    doors = openDoors({ store, access: { rule: 'admins', seal: openPassingSeal(randomBytes) } });
    doors.house.clock.set(monday + stepMs);
    expect((await second(await typed(), codeAt(secret))).status).toBe(401);
  });
});
