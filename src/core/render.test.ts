import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainText } from './message.ts';
import { type MessageWords, parseText, type Template, type Text } from './message-template.ts';
import type { MessageValues } from './placeholders.ts';
import { caseText, renderMessage } from './render.ts';

const provider = {
  provider: 'Stripe',
  thing: 'a Stripe key',
  theThing: 'the Stripe key',
  sign: 'sk_live_…',
  step: 'Make a new key',
  minutes: 5,
  steps: ['One.', 'Two.'],
  docs: { label: 'Docs', url: 'https://docs.example.com/keys' },
};
const generic = { ...provider, provider: 'the provider', thing: 'a key', theThing: 'the key' };

function text(source: string, names: readonly string[] = []): Text {
  const parsed = parseText(source, new Set(names));
  if (parsed.kind === 'error') throw new Error(parsed.reason);
  return parsed.text;
}

const words: MessageWords = {
  language: 'en',
  phrases: new Map([
    ['place', { kind: 'texts', texts: [text('{file}, line {line}'), text('{file}'), text('no place')] }],
    [
      'state',
      {
        kind: 'choice',
        by: 'validity',
        options: {
          active: [text('It worked on {checkedAt}.'), text('It works.')],
          inactive: [text('')],
          unknown: [text('Unknown.')],
        },
      },
    ],
  ]),
  absent: new Map([['repository', 'a repository']]),
  providers: new Map([['stripe', provider]]),
  resourceTypes: new Map([['role', 'the role']]),
  pathSteps: new Map([['reviewed', 'the review']]),
  generic,
  learnMore: 'More',
  replyLabel: 'Answer here',
};

const names = ['place', 'state'];
const template: Template = {
  behaviour: 'secret-in-repository',
  moment: 'told',
  language: 'en',
  variant: 'usual',
  version: 3,
  subject: text('{thing} in {repository}', names),
  slots: [
    { slot: 'happened', text: text('In {repository}: {place}.', names) },
    { slot: 'state', text: text('{state}', names) },
    {
      slot: 'facts',
      lines: [
        { label: text('Commit'), value: text('{commit}') },
        { label: text('Branch'), value: text('{branch}') },
      ],
    },
    { slot: 'step', text: text('{step} ({minutes} minutes).') },
    { slot: 'footer', text: text('Case {case}.') },
  ],
  showsLearnMore: true,
  words,
};
const behaviour = {
  answers: ['done', 'need-help'] as const satisfies readonly string[],
  learnMore: { label: 'More', url: 'https://learn.example.com/' },
};
const answers = { ...behaviour, answers: [...behaviour.answers] };

const full: MessageValues = {
  caseCode: 'LOOP-7F3K',
  provider: 'stripe',
  repository: 'https://ana:pass@git.example.com/acme/shop-api.git',
  file: 'src/pay.ts',
  line: 12,
  commit: '4F2C1AB9d0e17c55aa0b6a4f5dd6e8f1c2b3a495',
  validity: 'active',
  checkedAt: Date.UTC(2026, 10, 23, 9, 12),
  timeZone: 'America/Lima',
  replyUrl: 'https://feedback.example.com/r/abc_DEF-123',
};

function render(values: MessageValues, given: Template = template) {
  const result = renderMessage(given, values, answers);
  if (result.kind === 'error') throw new Error(result.reason);
  return result.message;
}

describe('a rendered message', () => {
  test('says what is known, in the recipient’s own time', () => {
    expect(plainText(render(full))).toBe(
      [
        'In acme/shop-api: src/pay.ts, line 12.',
        'It worked on 23 Nov, 04:12.',
        'Commit: 4f2c1ab',
        'Make a new key (5 minutes).',
        'More: https://learn.example.com/',
        'Answer here: https://feedback.example.com/r/abc_DEF-123',
        'Case LOOP-7F3K.',
      ].join('\n\n'),
    );
    expect(render(full)).toMatchObject({
      subject: 'a Stripe key in acme/shop-api',
      version: 'secret-in-repository@3/usual',
      answers: ['done', 'need-help'],
      caseCode: 'LOOP-7F3K',
    });
  });

  test('reads well where nothing is known, and leaves a fact without value out', () => {
    const message = render({ caseCode: 'LOOP-1', validity: 'unknown' });
    expect(message.subject).toBe('a key in a repository');
    expect(message.paragraphs).toEqual([
      { kind: 'text', text: 'In a repository: no place.' },
      { kind: 'text', text: 'Unknown.' },
      { kind: 'step', text: 'Make a new key (5 minutes).' },
    ]);
    expect(message.replyUrl).toBeUndefined();
  });

  test('an empty phrase says nothing at all', () => {
    expect(render({ ...full, validity: 'inactive' }).paragraphs).toHaveLength(3);
  });

  test.each([
    ['an unknown time zone', 'Mars/Olympus', '23 Nov, 09:12 UTC'],
    ['no time zone', undefined, '23 Nov, 09:12 UTC'],
    ['a hostile time zone', '<script>', '23 Nov, 09:12 UTC'],
    ['half an hour of difference', 'Asia/Kolkata', '23 Nov, 14:42'],
  ])('%s', (_name, timeZone, shown) => {
    const { timeZone: _old, ...rest } = full;
    const message = render(timeZone === undefined ? rest : { ...rest, timeZone });
    expect(message.paragraphs[1]).toEqual({ kind: 'text', text: `It worked on ${shown}.` });
  });

  test.each([
    ['a commit that is not hex', { commit: 'HEAD; rm -rf' }],
    ['a line that is no line', { line: -1 }],
    ['an instant beyond the calendar', { checkedAt: 9e15 }],
    ['an instant that is no number', { checkedAt: Number.NaN }],
  ])('%s reads as not known', (_name, values) => {
    const message = plainText(render({ ...full, ...values }));
    expect(message).not.toMatch(/HEAD|line -1|NaN|Invalid/u);
  });

  test('a placeholder with neither value nor wording is an error that names it', () => {
    const given = { ...template, slots: [{ slot: 'happened' as const, text: text('By {owner}.') }] };
    expect(renderMessage(given, full, answers)).toEqual({
      kind: 'error',
      reason: '{owner} in happened has no value, and the pack has no wording for that',
    });
  });

  test('an unknown placeholder and a loose bracket do not parse', () => {
    expect(parseText('Hi {nobody}', new Set())).toMatchObject({ kind: 'error' });
    expect(parseText('Hi {constructor}', new Set())).toMatchObject({ kind: 'error' });
    expect(parseText('Hi {', new Set())).toMatchObject({ kind: 'error' });
    expect(parseText('x'.repeat(1000), new Set())).toMatchObject({ kind: 'error' });
  });

  test.each([
    'javascript:alert(1)',
    'https://x.example/" onclick="',
    'https://x.example/ y',
    'ftp://x.example',
    '',
  ])('a reply address that Foldback cannot have made is an error: %s', (replyUrl) => {
    expect(renderMessage(template, { ...full, replyUrl }, answers).kind).toBe('error');
  });

  test('a case code is checked, never shown as it comes', () => {
    expect(renderMessage(template, { ...full, caseCode: 'loop <b>' }, answers).kind).toBe('error');
  });

  test('a message that asks nothing carries no link to answer', () => {
    const message = render(full, { ...template, moment: 'verified' });
    expect(message.replyUrl).toBeUndefined();
    expect(message.answers).toEqual([]);
  });

  test('a digest shows each loop with its own facts, and counts the rest', () => {
    const digest: Template = {
      ...template,
      moment: 'digest',
      slots: [
        { slot: 'happened', text: text('{count} keys.') },
        { slot: 'items', lines: [{ label: text('{repository}'), value: text('{thing}, {place}', names) }] },
        { slot: 'check', text: text('{moreCount} more.') },
      ],
    };
    const item = { caseCode: 'LOOP-2', validity: 'unknown' as const };
    const items = [
      { ...item, repository: 'acme/a', file: 'x/a.ts', provider: 'stripe' },
      { ...item, repository: 'acme/b' },
      { ...item },
      { ...item },
      { ...item },
    ];
    const message = render({ ...full, items, count: 1204 }, digest);
    expect(message.paragraphs).toEqual([
      { kind: 'text', text: '1,204 keys.' },
      {
        kind: 'facts',
        facts: [
          { label: 'acme/a', value: 'a Stripe key, x/a.ts' },
          { label: 'acme/b', value: 'a key, no place' },
          { label: 'a repository', value: 'a key, no place' },
        ],
      },
      { kind: 'text', text: '1,201 more.' },
    ]);
    expect(message.answers).toEqual([]);
  });

  test('values are never read as placeholders', () => {
    const message = plainText(render({ ...full, file: 'src/{case}.ts', repository: 'acme/{line}' }));
    expect(message).toContain('acme/{line}: src/{case}.ts');
  });

  test('hostile values add no line, and the same values give the same message', () => {
    const lines = (values: MessageValues) => plainText(render(values)).split('\n').length;
    const usual = lines({ ...full, branch: 'main' });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (file, branch) => {
        const values = { ...full, file: `a${file}`, branch: `b${branch}` };
        expect(lines(values)).toBe(usual);
        expect(render(values)).toEqual(render(values));
      }),
      { numRuns: 500 },
    );
  });

  test('the page gets its words from the same values', () => {
    const pageWords = {
      ...words,
      phrases: new Map([['title', { kind: 'texts' as const, texts: [text('{thing} in {repository}')] }]]),
    };
    expect(caseText(pageWords, full, answers)).toMatchObject({
      title: 'a Stripe key in acme/shop-api',
      minutes: 5,
      steps: ['One.', 'Two.'],
      learnMore: { label: 'More', url: 'https://learn.example.com/' },
    });
  });
});
