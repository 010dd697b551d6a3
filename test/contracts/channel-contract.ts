import { afterEach, describe, expect, test } from 'vitest';
import type { RenderedMessage } from '../../src/core/message.ts';
import type { Channel, Delivery, Recipient, SendResult } from '../../src/ports/channel.ts';

/**
 * One suite for every channel, against a real server of its protocol on this machine. It holds what the loop relies
 * on: what each answer means, that nothing is repeated behind its back, and that hostile text stays text.
 */
export type ChannelHarness = {
  readonly id: string;
  open(where: 'reachable' | 'unreachable'): Promise<FarSide>;
  /** A recipient whom this channel cannot write to; undefined where it can write to anyone. */
  readonly unaddressable?: Recipient;
  /** Whom it writes to is told by an account alone: then a hostile one stands beside it. */
  readonly keepsAccounts?: true;
  /** Values that must stand in no result. */
  readonly secrets: readonly string[];
  /** A skipped test that would pass is a failure, so the list only shrinks. */
  readonly skip: readonly { readonly test: string; readonly reason: string }[];
};

export type FarSide = {
  readonly channel: Channel;
  meet(situation: Situation): void;
  /** How much of an endless answer was written before it was given up. */
  poured?(): Promise<number>;
  /** What arrived completely, in order. */
  arrived(): readonly Arrival[];
  close(): Promise<void>;
};

export type Situation =
  | 'accepts'
  | 'temporary'
  /** Asks to come back after 120 seconds. */
  | 'temporary-with-wait'
  | 'permanent'
  | 'server-error'
  | 'takes-then-silent'
  | 'takes-then-drops'
  | 'malformed'
  /** Takes the message, and answers without end. */
  | 'huge-answer';

export type Arrival = {
  /** By which the far side knows a repetition. */
  readonly key: string;
  readonly raw: string;
  /** The texts as they are shown to people, decoded, without markup. */
  readonly shown: readonly string[];
  /** Addresses that can be followed. */
  readonly links: readonly string[];
  /** Names of headers, fields and elements: what text must not be able to add to. */
  readonly structure: readonly string[];
};

const recipient: Recipient = {
  id: 'person-ana',
  kind: 'person',
  name: 'Ana Lima',
  email: 'ana@example.com',
  accounts: [{ system: 'github', name: 'ana' }],
  language: 'en',
};

export const usualMessage: RenderedMessage = {
  moment: 'told',
  behaviour: 'secret-in-repository',
  language: 'en',
  version: 'core@1/usual',
  subject: 'A key of yours is in shop-api',
  paragraphs: [
    { kind: 'text', text: 'Hi Ana. Your commit put a key into a repository that others can read.' },
    { kind: 'step', text: 'Make a new key, then switch the old one off.' },
    {
      kind: 'facts',
      facts: [
        { label: 'File', value: 'deploy/settings.py' },
        { label: 'Key', value: 'ends in 9Qx2' },
      ],
    },
  ],
  replyUrl: 'https://foldback.example.com/r/FAKETOKEN',
  replyLabel: 'Answer or ask for help',
  answers: ['done', 'need-help', 'not-me', 'not-mine', 'wrong'],
  answerLabels: {
    done: 'Done',
    'need-help': 'I need help',
    'not-me': 'It was not me',
    'not-mine': 'Not mine',
    wrong: 'This is wrong',
  },
  caseCode: 'FB-7F3K',
  links: [{ label: 'How to switch a key off', url: 'https://docs.example.com/keys' }],
  footer: 'Only you see this. Your team lead sees it on 30 November if there is no answer.',
  place: {
    repository: 'acme/shop-api',
    commit: 'c0ffee'.repeat(7).slice(2),
    file: 'deploy/settings.py',
    line: 3,
  },
};

/** Everything that text from an event has been seen to try. */
export const hostileText = [
  '<!channel> @everyone @here <@U024BE7LH>',
  '**bold** [click](javascript:alert(1)) ![pixel](https://evil.example/p.png)',
  '<script>alert(1)</script><img src="https://evil.example/p.png" onerror=alert(1)><a href="https://evil.example">x</a>',
  '</td></table></body><!-- " onmouseover="alert(1) \' `',
  'invoice\u202egpj.exe \u2066hidden\u2069 \u{e0041}\u{e0042}',
  'line\r\nBcc: victim@example.com\r\nX-Injected: 1\r\n\r\nbody\n.\n',
  '\r\n.\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\n',
  '{{7*7}} \u0024{7*7} <%= 7*7 %> #{7*7} %s %n',
  '\x1b[2J\x1b]0;owned\x07\x9b31m \x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\',
  '=HYPERLINK("https://evil.example","x")',
  'https://evil.example/login www.evil.example mailto:evil@evil.example javascript:alert(1)',
  '\0 \ud800 \ufeff --part --part-- =?utf-8?q?=41?= \u2028 end-of-hostile',
].join(' ');

const hostileMessage: RenderedMessage = {
  ...usualMessage,
  subject: `Subject ${hostileText}`,
  paragraphs: [
    { kind: 'text', text: `Text ${hostileText}` },
    { kind: 'step', text: `Step ${hostileText}` },
    {
      kind: 'facts',
      facts: [
        { label: `Label ${hostileText}`, value: `Value ${hostileText}` },
        { label: 'Key', value: hostileText },
      ],
    },
  ],
  replyLabel: `Reply ${hostileText}`,
  answerLabels: { ...usualMessage.answerLabels, done: `Done ${hostileText}`, wrong: `Wrong ${hostileText}` },
  links: [
    ...usualMessage.links,
    { label: 'script', url: 'javascript:alert(1)' },
    { label: 'other', url: 'https://user:pass@evil.example/' },
  ],
  footer: `Footer ${hostileText}`,
};

const hostileAccount = { system: hostileText, name: hostileText };

const at = Date.UTC(2026, 10, 23, 10, 41, 0);
const delivery = (over: Partial<Delivery> = {}): Delivery => ({
  messageId: 'msg-0001',
  recipient,
  message: usualMessage,
  attempt: 1,
  at,
  ...over,
});

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
