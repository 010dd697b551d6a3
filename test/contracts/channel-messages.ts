import type { RenderedMessage } from '../../src/core/message.ts';
import type { Delivery, Recipient } from '../../src/ports/channel.ts';

export const recipient: Recipient = {
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

export const hostileMessage: RenderedMessage = {
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

export const hostileAccount = { system: hostileText, name: hostileText };

export const at = Date.UTC(2026, 10, 23, 10, 41, 0);
export const delivery = (over: Partial<Delivery> = {}): Delivery => ({
  messageId: 'msg-0001',
  recipient,
  message: usualMessage,
  attempt: 1,
  at,
  ...over,
});
