import { describe, expect, test } from 'vitest';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { hour } from '../support/house.ts';
import { until } from '../support/until.ts';
import { type SlackTold, slackDoors } from './slack-doors.ts';

const slack = slackDoors();
const { told, storyOf, press, refusedOf } = slack;

describe('putting a message off in Slack', () => {
  const snoozed = (about: SlackTold, user: string) =>
    press(about, {
      user,
      over: {
        actions: [
          {
            type: 'button',
            block_id: 'foldback',
            action_id: 'snooze',
            value: about.message,
            action_ts: '1795430461.1',
          },
        ],
      },
    });

  test('is offered by a button, and taken from its recipient once, with the time told back', async () => {
    const about = await told();
    const actions = about.post.body.blocks.find((block) => block.type === 'actions');
    expect(actions?.elements.map(({ action_id }) => action_id)).toContain('snooze');
    await snoozed(about, 'U0ANA');
    await snoozed(about, 'U0ANA');
    expect((await storyOf(about.loop))?.facts.snoozes).toMatchObject([
      { by: { kind: 'person', id: 'ana' }, until: Date.UTC(2026, 10, 24, 9) },
    ]);
    const shown = await until('words to the presser', () => slack.server.shown[0]);
    expect(shown).toContain('Tue 24 November at 09:00 UTC');
  });

  test('by somebody else is refused and recorded, and the case stays where it is', async () => {
    const about = await told();
    await snoozed(about, 'U0BOB');
    expect((await storyOf(about.loop))?.facts.snoozes).toBeUndefined();
    expect(await refusedOf(about)).toBe(1);
  });
});

describe('a message in Slack', () => {
  test('carries the answers as buttons; those that need more words open the page', async () => {
    const { post: posted, message } = await told();
    expect(posted.channel).toBe('D0ANA');
    const actions = posted.body.blocks.find((block) => block.type === 'actions');
    const buttons = actions?.elements.map(({ action_id, value, url }) => [
      action_id,
      value ?? new URL(url ?? '').pathname.slice(0, 3),
    ]);
    expect(buttons?.slice(0, 6)).toEqual([
      ['answer:done', message],
      ['answer:need-help', message],
      ['answer:not-me', message],
      ['open:not-mine', '/r/'],
      ['open:wrong', '/r/'],
      ['open:accept-risk', '/r/'],
    ]);
    expect(JSON.stringify(posted.body.blocks)).toContain('FB-');
  });

  test('that Slack took and never confirmed is found by its marker, and not said twice', async () => {
    slack.server.meet('takes-then-silent', 'chat.postMessage');
    const { loop } = await told();
    const messages = (await slack.store.read.loop(loopPrincipal, loop))?.messages ?? [];
    expect(messages.map(({ state }) => state)).toEqual(['accepted']);
    expect(slack.server.posts).toHaveLength(1);
  });

  test('on which Slack acted before it answered with a fault is looked for before it is posted again', async () => {
    slack.server.meet('takes-then-fails', 'chat.postMessage');
    const { loop } = await told();
    expect((await slack.store.read.loop(loopPrincipal, loop))?.messages[0]?.state).toBe('queued');
    slack.server.meet('usual');
    slack.doors.house.clock.pass(60_000);
    await slack.doors.house.settleDown();
    expect((await slack.store.read.loop(loopPrincipal, loop))?.messages[0]?.state).toBe('accepted');
    expect(slack.server.posts).toHaveLength(1);
  });

  test('is tried again when what breaks off is only the question where to write', async () => {
    slack.server.meet('takes-then-drops', 'conversations.open');
    await expect(told()).rejects.toThrow('nothing was posted');
    slack.server.meet('usual');
    slack.doors.house.clock.pass(60_000);
    await slack.doors.house.settleDown();
    expect(slack.server.posts).toHaveLength(1);
  });

  test('stays uncertain, and is not repeated, while nobody can look', async () => {
    const known = await told();
    slack.server.meet('takes-then-drops');
    const lost = await told();
    slack.server.meet('usual');
    slack.doors.house.clock.pass(hour);
    await slack.doors.house.settleDown();
    const messages = (await slack.store.read.loop(loopPrincipal, lost.loop))?.messages;
    expect(messages?.map(({ state }) => state)).toEqual(['uncertain']);
    expect(slack.server.posts.map(({ ts }) => ts)).toEqual([known.post.ts, lost.post.ts]);
  });
});
