import { describe, expect, test } from 'vitest';
import { release } from '../../src/loop/decide.ts';
import { ingest } from '../../src/loop/ingest.ts';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { pageStyle } from '../../src/pages/page-style.ts';
import { day, fakeSecret, leak, monday } from '../support/house.ts';
import { visibleText } from '../support/page-reading.ts';
import { form } from './doors.ts';
import { manyReaders, replyPages } from './reply-pages.ts';

const pages = replyPages(manyReaders);
const { told, linkOf, open, answer, stateOf } = pages;

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
    const taken = await ingest(pages.doors.house.parts, {
      source: 'scanner',
      receivedAt: monday,
      mode: 'history',
      events,
    });
    await release(pages.doors.house.parts, loopPrincipal, { ids: taken.loops });
    await pages.doors.house.settleDown();
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
    const page = await pages.doors.ask('/check', form({ code: typed }));
    expect(page.status).toBe(200);
    expect(visibleText(page.text)).toContain(
      `Yes. A message with the code ${code} was sent on Mon 23 November at 10:00 UTC by the security team, Example Ltd.`,
    );
    expect(page.text).not.toMatch(/secret-place|ana@|Ana/u);
  });

  test.each(['FB-00000-00000', 'nonsense', '', '<script>alert(1)</script>'])(
    'does not know %j',
    async (code) => {
      const page = await pages.doors.ask('/check', form({ code }));
      expect(visibleText(page.text)).toContain('was sent from here');
      expect(page.text).not.toContain('<script');
    },
  );

  test('may be asked a few times a minute by one address', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 21; n += 1)
      statuses.push(
        (await pages.doors.ask('/check', { ...form({ code: 'FB-00000-00000' }), from: '192.0.2.9' })).status,
      );
    expect(statuses.slice(-2)).toEqual([200, 429]);
    expect((await pages.doors.ask('/check', { ...form({ code: 'x' }), from: '192.0.2.10' })).status).toBe(
      200,
    );
  });
});
