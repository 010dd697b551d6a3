import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RenderedMessage } from '../../../core/message.ts';
import { renderMail } from './render.ts';

const message: RenderedMessage = {
  moment: 'told',
  behaviour: 'secret-in-repository',
  language: 'en',
  version: 'core@1/usual',
  subject: 'A test key is visible in shop-api',
  paragraphs: [
    {
      kind: 'text',
      text: 'Hi Ana. Your commit 4f2c1ab put a key into shop-api.\nOn Monday at 09:12 it still worked.',
    },
    { kind: 'step', text: 'Make a new key, then switch the old one off.' },
    {
      kind: 'facts',
      facts: [
        { label: 'File', value: 'deploy/settings.sh, line 12' },
        { label: 'Key', value: 'ends in 9Qx2' },
      ],
    },
  ],
  replyUrl: 'https://foldback.example.com/r/FAKETOKEN?a=1&b=2',
  replyLabel: 'Answer, or ask for help',
  answers: ['done', 'need-help'],
  caseCode: 'FB-7F3K',
  links: [{ label: 'How to switch a key off', url: 'https://docs.example.com/keys' }],
  footer: 'Only you see this.',
};

test('a mail looks as it was approved, as text and as HTML', async () => {
  const mail = renderMail(message, 'Foldback');
  await expect(mail.text).toMatchFileSnapshot('fixtures/told.txt');
  await expect(mail.html).toMatchFileSnapshot('fixtures/told.html');
});

test('a mail that asks nothing has no button, and without words the address itself is the link', () => {
  const { replyUrl, replyLabel, ...rest } = message;
  const silent = renderMail(rest, 'Foldback');
  expect(silent.html).not.toContain('class="go"');
  expect(silent.text).not.toContain('/r/');
  const bare = renderMail({ ...rest, ...(replyUrl === undefined ? {} : { replyUrl }) }, 'Foldback');
  expect(bare.html).toContain('>https://foldback.example.com/r/FAKETOKEN?a=1&#38;b=2</a>');
  expect(replyLabel).toBeDefined();
});

test('a language that is written from right to left turns the page', () => {
  expect(renderMail({ ...message, language: 'ar' }, 'Foldback').html).toContain('<html lang="ar" dir="rtl">');
  expect(renderMail({ ...message, language: 'en' }, 'Foldback').html).toContain('<html lang="en" dir="ltr">');
});

describe('whatever a placeholder brings', () => {
  const hostile = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 10 }),
        fc.webUrl(),
        fc.emailAddress(),
        fc.constantFrom(
          '<a href="https://evil.example">',
          '"><script>',
          "'",
          '\r\n',
          '\u202e',
          '\x1b[2J',
          '\0',
          '&#60;',
        ),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(' '));
  const bring = (text: string): RenderedMessage => ({
    ...message,
    language: text,
    caseCode: text,
    subject: text,
    footer: text,
    paragraphs: [
      { kind: 'text', text },
      { kind: 'step', text },
      { kind: 'facts', facts: [{ label: text, value: text }] },
    ],
    links: [
      { label: text, url: 'https://docs.example.com/keys' },
      { label: 'x', url: text },
    ],
    replyLabel: text,
  });

  test('adds no element, no attribute and no link to the HTML', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        // An address of a pack may be live; one that a placeholder made up is not used in this test.
        fc.pre(!URL.canParse(text));
        const page = renderMail(bring(text), text).html;
        const tags = [...page.matchAll(/<([^>]*)>/gu)].map(([, tag]) => tag ?? '');
        const known =
          /^(!doctype html|\/?(html|head|meta|title|style|body|div|table|tr|td|h1|p|a|bdi|span)\b[^<]*|br|wbr)$/u;
        for (const tag of tags) expect(tag).toMatch(known);
        const hrefs = [...page.matchAll(/href="([^"]*)"/gu)].map(([, href]) => href);
        expect(new Set(hrefs)).toEqual(
          new Set(['https://foldback.example.com/r/FAKETOKEN?a=1&#38;b=2', 'https://docs.example.com/keys']),
        );
      }),
    );
  });

  test('leaves one line in the subject and no other live address in the text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(!URL.canParse(text));
        const mail = renderMail(bring(text), text);
        expect(mail.subject).not.toMatch(/[\r\n\x00-\x1f\x7f]/u);
        const live = [...mail.text.matchAll(/https?:\/\/\S+/giu)].map(([url]) => url);
        expect(new Set(live)).toEqual(
          new Set(['https://docs.example.com/keys', 'https://foldback.example.com/r/FAKETOKEN?a=1&b=2']),
        );
      }),
    );
  });
});

test('a name that looks like an address is cut where a mail program would find it, and copies whole', () => {
  const page = renderMail(
    { ...message, paragraphs: [{ kind: 'text', text: 'see evil.example and a@b.example' }] },
    'F',
  ).html;
  expect(page).toContain('evil<span>.</span>example');
  expect(page).toContain('a<span>@</span>b<span>.</span>example');
  expect(page.replace(/<[^>]*>/gu, '')).toContain('see evil.example and a@b.example');
});
