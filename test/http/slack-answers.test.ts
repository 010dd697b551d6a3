import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { loopPrincipal } from '../../src/loop/parts.ts';
import { day, monday } from '../support/house.ts';
import { until } from '../support/until.ts';
import { payloadOf, type Signing, signing, slackDoors } from './slack-doors.ts';

const slack = slackDoors();
const { told, storyOf, post, press, refusedOf } = slack;

describe('a press', () => {
  test('of the person of the message is an answer, once however often it is delivered', async () => {
    const about = await told();
    for (let turn = 0; turn < 3; turn += 1) {
      const answer = await press(about, { user: 'U0ANA' });
      expect([answer.status, answer.text]).toEqual([200, '']);
    }
    const row = await storyOf(about.loop);
    expect(row?.state).toBe('answered');
    expect(row?.facts.replies).toHaveLength(1);
    expect(row?.facts.replies[0]).toMatchObject({ answer: 'done', isWeak: true, by: { id: 'ana' } });
    const shown = await until('words to the presser', () => slack.server.shown[0]);
    expect(shown).toBe('You answered “Done”. What follows from it stands on the page.');
  });

  test('stands in the story with the account, which can be forgotten', async () => {
    const about = await told();
    await press(about, { user: 'U0ANA' });
    const rows = await slack.store.read.ledger(loopPrincipal, about.loop);
    expect(JSON.stringify(rows?.personal)).toContain('U0ANA');
    expect(JSON.stringify(rows?.entries)).not.toContain('U0ANA');
  });

  test.each([
    ['a colleague', 'U0BOB'],
    ['a guest of another workspace with the same address', 'U0GUEST'],
    ['a machine with the same address', 'U0BOT'],
    ['an account that was closed', 'U0LEFT'],
    ['whoever Slack does not know', 'U0NOBODY'],
    ['an account that is linked to somebody else', 'U0EVA'],
  ])('of %s is refused, recorded once a day and told so', async (_, user) => {
    const about = await told();
    expect((await press(about, { user })).status).toBe(200);
    expect((await press(about, { user, answer: 'not-me' })).status).toBe(200);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    expect(await refusedOf(about)).toBe(1);
    expect(JSON.stringify(await slack.store.read.refusedReplies(loopPrincipal, 1_000))).not.toContain(user);
    expect(await until('words to the presser', () => slack.server.shown[0])).toContain('somebody else');
  });

  test('of somebody whose account is linked needs no question to Slack', async () => {
    const about = await told('eva');
    expect(about.post.channel).toBe('D0EVA');
    expect((await press(about, { user: 'U0EVA', answer: 'need-help' })).status).toBe(200);
    expect((await storyOf(about.loop))?.facts.replies[0]).toMatchObject({ answer: 'need-help' });
    expect(slack.server.calls).not.toContain('users.info');
  });

  test('of an account of another workspace that has the same id as a linked one is refused', async () => {
    const about = await told('eva');
    const over = { user: { id: 'U0EVA', username: 'eva', team_id: 'T0OTHER' } };
    expect((await press(about, { user: 'U0EVA', over })).status).toBe(200);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    expect(await refusedOf(about)).toBe(1);
  });

  test('in the channel of the duty is taken from whoever has the duty', async () => {
    const about = await told('');
    expect(about.post.channel).toBe('C0DUTY');
    await press(about, { user: 'U0BOB' });
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    await press(about, { user: 'U0DORA' });
    expect((await storyOf(about.loop))?.facts.replies[0]).toMatchObject({ answer: 'done' });
  });

  test('that burdens somebody else is taken with a login only, where recipients can sign in', async () => {
    slack.requireLogin();
    const about = await told();
    expect((await press(about, { user: 'U0ANA', answer: 'not-me' })).status).toBe(200);
    const row = await storyOf(about.loop);
    expect([row?.facts.replies, row?.state]).toEqual([[], 'told']);
    const shown = await until('words to the presser', () => slack.server.shown[0]);
    expect(shown).toContain('open the page that the message links to, and sign in there');
    const actions = about.post.body.blocks.find((block) => block.type === 'actions');
    expect(actions?.elements.some(({ url }) => new URL(url ?? '', 'x:/').pathname.startsWith('/r/'))).toBe(
      true,
    );
    await press(about, { user: 'U0ANA', answer: 'need-help' });
    expect((await storyOf(about.loop))?.facts.replies).toMatchObject([{ answer: 'need-help' }]);
  });

  test.each(['not-mine', 'wrong', 'accept-risk'])('%s is not taken by a button', async (answer) => {
    const about = await told();
    expect((await press(about, { user: 'U0ANA', answer })).status).toBe(200);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    expect(await until('words to the presser', () => slack.server.shown[0])).toContain('on the page');
  });

  test('is not taken while Slack cannot say who it was, and may be pressed again', async () => {
    const about = await told();
    slack.server.meet({ status: 503 }, 'users.info');
    expect((await press(about, { user: 'U0ANA' })).status).toBe(500);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    slack.server.meet('usual');
    expect((await press(about, { user: 'U0ANA' })).status).toBe(200);
    expect((await storyOf(about.loop))?.facts.replies).toHaveLength(1);
  });

  test('is refused unless Slack signed these bytes within five minutes', async () => {
    const about = await told();
    const body = payloadOf(slack.server, about, { user: 'U0ANA' });
    const attempts: readonly [string, Signing][] = [
      [body, { secret: 'another0secret0of0a0test00000000' }],
      [body, { secret: '' }],
      [body, { signature: '' }],
      [body, { signature: `v0=${'0'.repeat(64)}` }],
      [body, { signature: `sha256=${'0'.repeat(64)}` }],
      [body, { at: monday - 301_000 }],
      [body, { at: monday + 301_000 }],
    ];
    for (const [bytes, signed] of attempts) expect((await post(bytes, signed)).status).toBe(401);
    const timestamp = String(monday / 1000);
    const good = createHmac('sha256', signing).update(`v0:${timestamp}:${body}`).digest('hex');
    expect((await post(body.replace('U0ANA', 'U0ANB'), { signature: `v0=${good}` })).status).toBe(401);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    expect((await post(body, { signature: `v0=${good}` })).status).toBe(200);
    expect((await post(body, { at: monday - 299_000 })).status).toBe(200);
  });

  test('in another message than the one that it names is refused', async () => {
    const about = await told();
    const other = await told();
    const forged = await press(about, {
      user: 'U0ANA',
      over: { message: { ts: other.post.ts }, container: {} },
    });
    expect(forged.status).toBe(404);
    expect((await press(about, { user: 'U0ANA', over: { channel: { id: 'C0DUTY' } } })).status).toBe(404);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
  });

  test('after the link has run out is not taken', async () => {
    const about = await told();
    slack.doors.house.clock.pass(15 * day);
    const answer = await post(payloadOf(slack.server, about, { user: 'U0ANA' }), {
      at: slack.doors.house.clock.now(),
    });
    expect(answer.status).toBe(200);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
  });

  test('that makes no sense changes nothing and breaks nothing', async () => {
    const about = await told();
    const odd = [
      '',
      'payload=',
      'payload=%7B',
      'payload=null',
      'payload=[]',
      'payload=%00%ff',
      new URLSearchParams({ payload: '{"type":"block_actions"}' }).toString(),
      new URLSearchParams({ payload: '{"type":"view_submission"}' }).toString(),
      payloadOf(slack.server, about, { user: "U0ANA'; drop table loops; --" }),
      payloadOf(slack.server, about, { user: 'U0ANA', answer: 'constructor' }),
      payloadOf(slack.server, about, { user: 'U0ANA', over: { actions: [{}, null, 7] } }),
      payloadOf(slack.server, about, { user: 'U0ANA', over: { actions: { length: 1e9 } } }),
      payloadOf(slack.server, { ...about, message: '../../etc' }, { user: 'U0ANA' }),
      payloadOf(slack.server, { ...about, message: '0'.repeat(32) }, { user: 'U0ANA' }),
    ];
    for (const body of odd) expect([200, 404, 422]).toContain((await post(body)).status);
    expect((await post('x'.repeat(300_000))).status).toBe(413);
    expect((await storyOf(about.loop))?.facts.replies).toEqual([]);
    expect(slack.doors.logged.join()).not.toContain('a request failed');
  });

  test('to a channel that takes none is not found', async () => {
    for (const name of ['outbox', 'nothing', '__proto__']) {
      const answer = await slack.doors.ask(`/v1/channels/${name}/interactions`, {
        method: 'POST',
        body: 'payload=',
        type: 'application/x-www-form-urlencoded',
      });
      expect(answer.status).toBe(404);
    }
  });

  test('sends words nowhere but to Slack', async () => {
    const about = await told();
    const answer = await press(about, {
      user: 'U0ANA',
      over: { response_url: 'https://hooks.slack.com.evil.example/x' },
    });
    expect(answer.status).toBe(200);
    expect(slack.server.shown).toEqual([]);
  });
});
