import { afterEach, describe, expect, test } from 'vitest';
import type { RenderedMessage } from '../../src/core/message.ts';
import type { Delivery, SendResult } from '../../src/ports/channel.ts';
import type { ChannelHarness, FarSide } from './channel-harness.ts';
import {
  at,
  delivery,
  hostileAccount,
  hostileMessage,
  hostileText,
  recipient,
  usualMessage,
} from './channel-messages.ts';

/**
 * One suite for every channel, against a real server of its protocol on this machine. It holds what the loop relies
 * on: what each answer means, that nothing is repeated behind its back, and that hostile text stays text.
 */
export function channelContract(harness: ChannelHarness): void {
  describe(`channel ${harness.id}`, () => {
    const opened: FarSide[] = [];
    const results: SendResult[] = [];
    afterEach(async () => {
      for (const farSide of opened.splice(0)) {
        await farSide.channel.close?.();
        await farSide.close();
      }
      const said = JSON.stringify(results.splice(0));
      for (const secret of harness.secrets) expect(said).not.toContain(secret);
      expect(said).not.toContain(recipient.email);
    });
    async function open(where: 'reachable' | 'unreachable' = 'reachable'): Promise<FarSide> {
      const farSide = await harness.open(where);
      opened.push(farSide);
      return farSide;
    }
    async function send(farSide: FarSide, over: Partial<Delivery> = {}): Promise<SendResult> {
      const result = await farSide.channel.send(delivery(over));
      results.push(result);
      return result;
    }

    function guarantee(name: string, body: () => Promise<void>): void {
      const skipped = harness.skip.find((one) => one.test === name);
      if (skipped === undefined) {
        test(name, body);
        return;
      }
      test(name, async (context) => {
        const passed = await body().then(
          () => true,
          () => false,
        );
        expect(passed, `"${name}" would pass: take it off the skip list`).toBe(false);
        context.skip(skipped.reason);
      });
    }

    test('names only tests of this suite in its skip list', () => {
      for (const one of harness.skip) expect(guarantees).toContain(one.test);
    });

    const bodies: Record<(typeof guarantees)[number], () => Promise<void>> = {
      'a message that the far side takes is accepted and arrives once': async () => {
        const farSide = await open();
        expect((await send(farSide)).kind).toBe('accepted');
        expect(farSide.arrived()).toHaveLength(1);
        expect(farSide.arrived()[0]?.shown.join('\n')).toContain('switch the old one off');
        offersLink(farSide);
      },
      'every attempt of a message carries the same key, and another message another one': async () => {
        const farSide = await open();
        await send(farSide);
        await send(farSide, { attempt: 2, at: at + 90_000 });
        await send(farSide, { messageId: 'msg-0002' });
        const keys = farSide.arrived().map(({ key }) => key);
        const [first, ...more] = keys;
        const last = more.pop();
        expect(first).not.toBe('');
        // A channel that can look sees that it arrived, and does not say it again.
        expect(more).toEqual(more.length === 0 && farSide.channel.reconcile === 'lookup' ? [] : [first]);
        expect(last).not.toBe(first);
      },
      'a temporary refusal is retried': async () => {
        const farSide = await open();
        farSide.meet('temporary');
        expect((await send(farSide)).kind).toBe('retry');
        expect(farSide.arrived()).toHaveLength(0);
        farSide.meet('accepts');
        expect((await send(farSide, { attempt: 2 })).kind).toBe('accepted');
      },
      'a temporary refusal that names a time is retried after it': async () => {
        const farSide = await open();
        farSide.meet('temporary-with-wait');
        expect(await send(farSide)).toMatchObject({ kind: 'retry', afterSeconds: 120 });
      },
      'a permanent refusal is refused, with a reason': async () => {
        const farSide = await open();
        farSide.meet('permanent');
        const result = await send(farSide);
        expect(result.kind).toBe('refused');
        expect('reason' in result && result.reason).toMatch(/^[^\n]{3,300}$/u);
      },
      'a fault of the far side is retried': async () => {
        const farSide = await open();
        farSide.meet('server-error');
        expect((await send(farSide)).kind).toBe('retry');
      },
      'silence after the hand-over is uncertain and settled as declared': async () => {
        const farSide = await open();
        farSide.meet('takes-then-silent');
        expect((await send(farSide)).kind).toBe('uncertain');
        expect(farSide.arrived()).toHaveLength(1);
        await settles(farSide);
      },
      'a connection that breaks after the hand-over is uncertain and settled as declared': async () => {
        const farSide = await open();
        farSide.meet('takes-then-drops');
        expect((await send(farSide)).kind).toBe('uncertain');
        expect(farSide.arrived()).toHaveLength(1);
        await settles(farSide);
      },
      'an answer that makes no sense is neither accepted nor refused': async () => {
        const farSide = await open();
        farSide.meet('malformed');
        expect(['retry', 'uncertain']).toContain((await send(farSide)).kind);
      },
      'an answer without end is cut off, and is never a refusal': async () => {
        const farSide = await open();
        farSide.meet('huge-answer');
        expect((await send(farSide)).kind).not.toBe('refused');
        if (farSide.poured === undefined) throw new Error('nothing can answer without end here');
        // Far below what was offered; what lies in the buffers of both ends was written too.
        expect(await farSide.poured()).toBeLessThan(134_217_728);
      },
      'a message that is handed over twice at once arrives once, or carries one key': async () => {
        const farSide = await open();
        const kinds = await Promise.all([send(farSide), send(farSide, { attempt: 2 })]);
        expect(kinds.map(({ kind }) => kind)).not.toContain('refused');
        const keys = new Set(farSide.arrived().map(({ key }) => key));
        expect(keys.size).toBe(1);
        expect(keys).not.toContain('');
      },
      'a far side that cannot be reached is retried and told of in the set-up check': async () => {
        const farSide = await open('unreachable');
        expect((await send(farSide)).kind).toBe('retry');
        const problems = await farSide.channel.checkSetup();
        for (const secret of harness.secrets) expect(problems.join()).not.toContain(secret);
      },
      'a sound set-up has no problems, and checking it sends nothing': async () => {
        const farSide = await open();
        expect(await farSide.channel.checkSetup()).toEqual([]);
        expect(farSide.arrived()).toHaveLength(0);
      },
      'twenty messages at once all arrive, once each': async () => {
        const farSide = await open();
        const ids = Array.from({ length: 20 }, (_, index) => `msg-many-${index}`);
        const kinds = await Promise.all(
          ids.map(async (messageId) => (await send(farSide, { messageId })).kind),
        );
        expect(new Set(kinds)).toEqual(new Set(['accepted']));
        expect(new Set(farSide.arrived().map(({ key }) => key)).size).toBe(20);
        expect(farSide.arrived()).toHaveLength(20);
      },
      'a huge message arrives within bounds': async () => {
        const farSide = await open();
        const long = `${'x'.repeat(50_000)} ${hostileText}`;
        const message: RenderedMessage = {
          ...usualMessage,
          subject: long,
          paragraphs: Array.from({ length: 200 }, () => ({ kind: 'text', text: long })),
          links: Array.from({ length: 500 }, () => ({ label: long, url: 'https://docs.example.com/keys' })),
          footer: long,
        };
        expect((await send(farSide, { message })).kind).toBe('accepted');
        expect(farSide.arrived()[0]?.raw.length ?? 0).toBeLessThan(2_000_000);
        offersLink(farSide);
      },
      'hostile text stays text': async () => {
        const farSide = await open();
        await send(farSide);
        const result = await send(farSide, {
          messageId: 'msg-hostile',
          message: hostileMessage,
          recipient: {
            ...recipient,
            name: `Ana ${hostileText}`,
            accounts: [...(harness.keepsAccounts === true ? recipient.accounts : []), hostileAccount],
          },
        });
        expect(result.kind).toBe('accepted');
        const [usual, hostile, ...more] = farSide.arrived();
        expect(more).toHaveLength(0);
        expect(hostile?.structure).toEqual(usual?.structure);
        expect(new Set(hostile?.links)).toEqual(new Set(usual?.links));
        expect(hostile?.raw).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/u);
        const shown = hostile?.shown.join('\n') ?? '';
        expect(shown).not.toMatch(
          /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u,
        );
        expect(shown).toContain('{{7*7}}');
        expect(shown).not.toContain('49');
        // It is shown, not lost: people must see what was tried.
        expect(shown).toContain('end-of-hostile');
      },
      'a recipient without an address has none, and nothing is sent': async () => {
        const farSide = await open();
        const nobody = harness.unaddressable;
        if (nobody === undefined) throw new Error('everyone has an address here');
        expect(farSide.channel.address(recipient)).toBeDefined();
        expect(farSide.channel.address(nobody)).toBeUndefined();
        expect((await send(farSide, { recipient: nobody })).kind).toBe('refused');
        expect(farSide.arrived()).toHaveLength(0);
      },
      'a stop before the hand-over sends nothing and is retried': async () => {
        const farSide = await open();
        expect((await send(farSide, { signal: AbortSignal.abort() })).kind).toBe('retry');
        expect(farSide.arrived()).toHaveLength(0);
      },
    };
    for (const name of guarantees) guarantee(name, bodies[name]);

    /** Whoever has the link answers in the recipient's name: it stands where only they read. */
    function offersLink({ channel, arrived }: FarSide): void {
      const [first] = arrived();
      const { replyUrl = '' } = usualMessage;
      if (channel.isReadByOthers === true) expect(first?.raw).not.toContain(replyUrl);
      else expect(first?.links).toContain(replyUrl);
    }

    /** Invariant 2: nothing is repeated blindly. */
    async function settles(farSide: FarSide): Promise<void> {
      farSide.meet('accepts');
      switch (farSide.channel.reconcile) {
        case 'none':
          expect(farSide.channel.lookup).toBeUndefined();
          return;
        case 'lookup':
          expect(await farSide.channel.lookup?.(delivery())).toBe('arrived');
          expect(await farSide.channel.lookup?.(delivery({ messageId: 'msg-never' }))).toBe('absent');
          return;
        case 'idempotent': {
          expect((await send(farSide, { attempt: 2, at: at + 60_000 })).kind).toBe('accepted');
          expect(new Set(farSide.arrived().map(({ key }) => key)).size).toBe(1);
          return;
        }
      }
    }
  });
}

const guarantees = [
  'a message that the far side takes is accepted and arrives once',
  'every attempt of a message carries the same key, and another message another one',
  'a temporary refusal is retried',
  'a temporary refusal that names a time is retried after it',
  'a permanent refusal is refused, with a reason',
  'a fault of the far side is retried',
  'silence after the hand-over is uncertain and settled as declared',
  'a connection that breaks after the hand-over is uncertain and settled as declared',
  'an answer that makes no sense is neither accepted nor refused',
  'an answer without end is cut off, and is never a refusal',
  'a message that is handed over twice at once arrives once, or carries one key',
  'a far side that cannot be reached is retried and told of in the set-up check',
  'a sound set-up has no problems, and checking it sends nothing',
  'twenty messages at once all arrive, once each',
  'a huge message arrives within bounds',
  'hostile text stays text',
  'a recipient without an address has none, and nothing is sent',
  'a stop before the hand-over sends nothing and is retried',
] as const;
