import { describe, expect, test } from 'vitest';
import { visibleText } from '../support/page-reading.ts';
import { form } from './doors.ts';
import { replyPages } from './reply-pages.ts';

const pages = replyPages({
  delivery: { perPersonPerDayMax: 500, snooze: { timesMax: 1, daysMax: 10, below: 'critical' } },
});
const { told, open, answer, stateOf } = pages;

describe('putting a case off on the page', () => {
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
    const bare = await pages.doors.ask(path, form({ answer: 'snooze', later: 'week' }));
    expect(bare.status).toBe(422);
    expect((await stateOf(loop))?.facts.snoozes).toBeUndefined();
  });

  test('an operator does it by a door, with a reason, and is told why when it cannot be', async () => {
    const { loop } = await told();
    const token = await pages.doors.token(['delivery:write', 'loops:read']);
    const ask = (json: unknown) =>
      pages.doors.ask(`/v1/loops/${loop}/snooze`, { method: 'POST', token, json });
    expect((await ask({ for: 'next-day' })).status).toBe(400);
    const done = await ask({ for: 'next-day', reason: 'on a plane' });
    expect(done.json).toMatchObject({ id: loop, snoozedUntil: '2026-11-24T09:00:00.000Z' });
    const again = await ask({ for: 'week', reason: 'still on a plane' });
    expect(again.status).toBe(409);
    expect(again.text).toContain('as often as it may be');
    const story = await pages.doors.ask(`/v1/loops/${loop}`, { token });
    expect(story.json['snoozes']).toMatchObject([{ by: { id: 'ana', name: 'Ana' } }]);
  });
});
