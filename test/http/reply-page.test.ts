import { describe, expect, test } from 'vitest';
import { ingest } from '../../src/loop/ingest.ts';
import { pageStyle } from '../../src/pages/page-style.ts';
import { day, hour, monday, status } from '../support/house.ts';
import { visibleText } from '../support/page-reading.ts';
import { browser, form, nonceIn, openDoors } from './doors.ts';
import { manyReaders, replyPages } from './reply-pages.ts';

const pages = replyPages(manyReaders);
const { told, open, answer, stateOf, everything } = pages;

describe('the recipient’s page', () => {
  test('shows the case, and opening it any number of times changes nothing', async () => {
    const { path, loop } = await told();
    const before = await everything();
    for (let n = 0; n < 3; n += 1) {
      const page = await open(path);
      expect(page.status).toBe(200);
      expect(visibleText(page.text)).toContain('We found an AWS access key');
    }
    await pages.doors.ask(path, { method: 'HEAD' });
    await pages.doors.ask(`${path}?utm_source=mail&case=nonsense`, browser);
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
    const style = await pages.doors.ask(/href="(\/r\/style-[0-9a-f]+\.css)"/u.exec(text)?.[1] ?? '');
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
    await pages.doors.house.settleDown();
    expect(await sees(path)).toBe('You and the security team, now Mia, now');
  });
});

describe('a claim that the world disproves', () => {
  test('is shown to whoever made it, with the step again', async () => {
    const { path, secret } = await told();
    await answer(path, { answer: 'done' });
    pages.doors.house.clock.pass(hour);
    await ingest(pages.doors.house.parts, {
      source: 'scanner',
      receivedAt: monday + hour,
      mode: 'live',
      events: [status({ at: monday + hour, secret, validity: 'active' })],
    });
    const text = visibleText((await open(path)).text);
    expect(text).toContain('You answered “Done”. We looked again on');
    expect(text).toContain('Do this now');
    pages.doors.house.clock.set(monday);
  });
});

describe('a link', () => {
  test.each(['x', 'A'.repeat(22), '0kf3Xq7TtVb2Zc9LhPq4Nw', '..%2f..%2fetc%2fpasswd', `${'9'.repeat(500)}`])(
    'that nobody was sent leads nowhere: %s',
    async (token) => {
      for (const asked of [
        await open(`/r/${token}`),
        await pages.doors.ask(`/r/${token}`, form({ form: 'x', answer: 'done' })),
      ]) {
        expect(asked.status).toBe(404);
        expect(visibleText(asked.text)).toContain('There is nothing at this address.');
      }
    },
  );

  test('that has expired shows nothing of the case, and takes no answer', async () => {
    const { path, loop, file } = await told();
    const nonce = nonceIn((await open(path)).text);
    pages.doors.house.clock.pass(14 * day);
    for (const asked of [
      await open(path),
      await pages.doors.ask(path, form({ form: nonce, answer: 'done' })),
    ]) {
      expect(asked.status).toBe(410);
      expect(visibleText(asked.text)).toContain('This link is no longer valid');
      expect(asked.text).not.toContain(file);
    }
    pages.doors.house.clock.set(monday);
    expect((await stateOf(loop))?.facts.replies).toEqual([]);
  });

  test('is in no line of the log, whatever fails behind it', async () => {
    const { store } = pages;
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
