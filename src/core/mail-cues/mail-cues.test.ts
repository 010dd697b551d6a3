import { describe, expect, test } from 'vitest';
import { cueCount } from './cue.ts';
import { rateDifficulty, readAlignment } from './difficulty.ts';
import { findCues } from './find-cues.ts';
import { looksLike } from './lookalike.ts';
import type { CueSigns, Mail, Sender, Site } from './mail.ts';

const site = (host: string, domain = host.split('.').slice(-2).join('.')): Site => ({
  host,
  domain,
  shown: host,
  isNumeric: false,
});
const sender = (name: string, address: string): Sender => ({
  name,
  address,
  site: site(address.slice(address.indexOf('@') + 1)),
});
const signs: CueSigns = {
  known: [
    { name: 'Acme Industries', domains: ['acmeworks.example'] },
    { name: 'PayPal', domains: ['paypal.com'] },
  ],
  shorteners: new Set(['bit.ly']),
  attachmentEndings: new Set(['exe', 'html']),
  phrases: {
    'sensitive-request': ['verify your account', 'su contraseña'],
    urgency: ['immediately'],
    threat: ['will be suspended'],
    'limited-time': ['within # hours'],
    greeting: ['dear customer'],
    'too-good': ['you have won'],
    authority: ['it help desk'],
    'business-process': ['your password expires'],
    closings: ['regards'],
    doubled: ['that'],
  },
};
const plain: Mail = {
  from: sender('Ana Souza', 'ana@acmeworks.example'),
  replyTo: [],
  isFromList: false,
  subject: 'Lunch',
  text: 'Hi Ben,\n\nshall we meet at noon?\n\nRegards\nAna',
  isCut: false,
  links: [],
  attachments: [],
};
const kinds = (mail: Partial<Mail>) => [
  ...new Set(findCues({ ...plain, ...mail }, signs, 1).map(({ kind }) => kind)),
];
const linkTo = (text: string, to: Site, claimed?: Site): Partial<Mail> => ({
  text: `Hi Ben, ${text}\n\nRegards\nAna`,
  links: [
    {
      start: 8,
      end: 8 + text.length,
      site: { ...to, hasUserInfo: false },
      ...(claimed === undefined ? {} : { claimed }),
    },
  ],
});

describe('cues in a mail', () => {
  test('are none in an ordinary mail', () => {
    expect(kinds({})).toEqual([]);
    expect(kinds(linkTo('see acmeworks.example', site('www.acmeworks.example')))).toEqual([]);
  });

  test.each<[string, Partial<Mail>, readonly string[]]>([
    [
      'an address in the name that is not the address',
      { from: { ...sender('ana@acmeworks.example', 'x@mail.test'), claimed: site('acmeworks.example') } },
      ['sender-address'],
    ],
    [
      'the name of the organisation before another address',
      { from: sender('Acme Industries Payroll', 'x@mail.test') },
      ['sender-organisation'],
    ],
    ['answers to another domain', { replyTo: [sender('', 'x@mail.test')] }, ['reply-to']],
    [
      'a sender whose domain looks like ours',
      { from: sender('Ana', 'ana@acmew0rks.example') },
      ['lookalike-domain'],
    ],
    [
      'a link that shows one host and leads to another',
      linkTo('https://paypal.com', site('evil.test'), site('paypal.com')),
      ['link-text'],
    ],
    ['a link to a bare address', linkTo('here', { ...site('192.0.2.7'), isNumeric: true }), ['link-address']],
    ['a shortened link', linkTo('here', site('bit.ly')), ['link-address']],
    ['a file that runs', { attachments: [{ name: 'invoice.pdf.EXE', type: '' }] }, ['attachment']],
    ['a request for secrets', { text: 'Please verify your account.\nRegards' }, ['sensitive-request']],
    ['another language, without accents', { text: 'Envíe SU CONTRASENA.\nRegards' }, ['sensitive-request']],
    ['pressure', { subject: 'Answer immediately' }, ['urgency']],
    ['a threat', { text: 'It will be suspended.\nRegards' }, ['threat']],
    ['a short time', { text: 'Answer within 24 hours.\nRegards' }, ['limited-time']],
    ['a greeting for anybody', { text: 'Dear Customer,\nhello.\nRegards' }, ['greeting']],
    ['a promise', { text: 'You have won.\nRegards' }, ['too-good']],
    ['an authority', { text: 'The IT Help Desk writes.\nRegards' }, ['authority']],
    ['an everyday process', { text: 'Your password expires.\nRegards' }, ['business-process']],
    ['a word twice', { text: 'Look at the the report.\nRegards' }, ['spelling']],
    ['two alphabets in one word', { text: 'Your pаypal report.\nRegards' }, ['spelling']],
  ])('show %s', (_what, mail, expected) => {
    expect(kinds(mail)).toEqual(expected);
  });

  test('show a mail that wants something and is signed by nobody', () => {
    const text = 'We have moved the report to a new place, and you can read it whenever you like, here';
    const { links = [] } = linkTo('here', site('files.test'));
    expect(kinds({ text, links })).toEqual(['no-signer']);
    expect(kinds({ text: `${text}\n\nAna`, links })).toEqual([]);
    expect(kinds({ text, links, isCut: true })).toEqual([]);
  });

  test('are not made of what a mailing list does to ordinary mail', () => {
    const from = { ...sender('ben@other.test', 'list@lists.test'), claimed: site('other.test') };
    expect(kinds({ from, isFromList: true, replyTo: [sender('', 'list@elsewhere.test')] })).toEqual([]);
  });

  test('stand where a reader finds them', () => {
    const text = 'Hi Ben,\nyour account will be\nsuspended. Dear customer of ours';
    const [cue] = findCues({ ...plain, text }, signs, 1);
    expect(cue).toMatchObject({ kind: 'threat', where: { part: 'text' }, shown: 'will be suspended' });
    if (cue?.where.part === 'text')
      expect(text.slice(cue.where.start, cue.where.end)).toBe('will be\nsuspended');
  });

  test('of one kind are marked three times at most, and two signs of one cue count once', () => {
    const text = Array.from({ length: 9 }, (_, hour) => `Answer within ${hour} hours.`).join('\n');
    const found = findCues({ ...plain, text: `${text}\nRegards` }, signs, 1);
    expect(found).toHaveLength(3);
    expect(cueCount(found)).toBe(1);
    const both = findCues(
      {
        ...plain,
        from: sender('Acme Industries', 'x@mail.test'),
        replyTo: [sender('', 'x@far.test')],
      },
      signs,
      1,
    );
    expect(both.map(({ kind }) => kind)).toEqual(['sender-organisation', 'reply-to']);
    expect(cueCount(both)).toBe(1);
  });

  test('are found in linear time in hostile text', () => {
    const text = 'within '.repeat(60_000);
    expect(findCues({ ...plain, text, subject: text }, signs, 1).length).toBeLessThan(10);
  });
});

describe('a domain looks like a known one', () => {
  test.each([
    ['paypa1.com', 'paypal.com'],
    ['раураl.com', 'paypal.com'],
    ['paypall.com', 'paypal.com'],
    ['papyal.com', 'paypal.com'],
    ['paypal-login.com', 'paypal.com'],
    ['secure-paypal.test', 'paypal.com'],
    ['paypal.support', 'paypal.com'],
    ['acmeworks.com', 'acmeworks.example'],
    ['acrneworks.example', 'acmeworks.example'],
  ])('%s as %s', (domain, like) => {
    expect(looksLike(site(domain), signs.known, 1)).toBe(like);
  });

  test('when the whole of it stands in front of another', () => {
    expect(looksLike(site('paypal.com.login.test', 'login.test'), signs.known, 1)).toBe('paypal.com');
  });

  test.each(['paypal.com', 'paypal.de', 'pay.com', 'acme.example', 'example.com', 'worksacme.test'])(
    'but not %s',
    (domain) => {
      expect(looksLike(site(domain), signs.known, 1)).toBeUndefined();
    },
  );
});

describe('the difficulty', () => {
  test('is not rated without the campaign’s alignment, nor without a cue', () => {
    expect(rateDifficulty(5, undefined)).toEqual({ cues: 5, amount: 'few', rating: 'not-rated' });
    expect(rateDifficulty(0, [8, 8, 8, 8, 0]).rating).toBe('not-rated');
  });

  test.each([
    [1, '8,8,8,8,0', 'very'],
    [8, '6,4,2,4,0', 'very'],
    [8, '2,2,2,2,0', 'moderately'],
    [9, '8,8,2,0,0', 'very'],
    [14, '6,4,2,0,0', 'moderately'],
    [14, '2,2,2,2,8', 'moderately-to-least'],
    [15, '8,8,8,8,0', 'moderately'],
    [23, '0,0,0,0,8', 'least'],
  ])('of %i cues with %s is %s', (cues, alignment, rating) => {
    expect(rateDifficulty(cues, readAlignment(alignment)).rating).toBe(rating);
  });

  test('is asked for as five numbers of the scale', () => {
    expect(readAlignment('6, 4,2,4,0')).toEqual([6, 4, 2, 4, 0]);
    for (const text of ['', '6,4,2,4', '6,4,2,4,0,0', '6,4,2,4,1', '6,4,2,4,10', 'a,b,c,d,e'])
      expect(readAlignment(text)).toBeUndefined();
  });
});
