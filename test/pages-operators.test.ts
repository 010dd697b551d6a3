import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkPage } from '../src/pages/check-page.ts';
import { claimPage } from '../src/pages/claim-page.ts';
import { digestCasesMax, digestPage } from '../src/pages/digest-page.ts';
import { homePage } from '../src/pages/home-page.ts';
import { outboxMessagePage } from '../src/pages/outbox-page.ts';
import { pageAssets, pageStyle, pageStylePath } from '../src/pages/page-style.ts';
import { pageWordsSchema } from '../src/pages/page-words.ts';
import { problemPage } from '../src/pages/problem-page.ts';
import { recipientPage } from '../src/pages/recipient-page.ts';
import { digestView, nonce, occurredAt, recipientView, statuses, tokenPath } from './fixtures/page-views.ts';
import { testPageWords as words } from './fixtures/page-words.ts';
import { firstScreen, pageBytesMax, pageWeight, visibleText, wordsIn } from './support/page-reading.ts';

const messages = new URL('../packs/messages/', import.meta.url).pathname;
const packLanguages = readdirSync(messages).flatMap((file) => /^page\.(.+)\.yaml$/u.exec(file)?.[1] ?? []);

describe("the operator's pages", () => {
  const reader = { timeZone: 'UTC' };

  test('the start page says in which mode it is, and gives commands for the first report', () => {
    const page = homePage(
      { reader, host: '127.0.0.1:4400', baseUrl: 'http://127.0.0.1:4400', mode: { kind: 'paused', until: occurredAt }, isEvaluation: true, isUnclaimed: true, paths: { outbox: '/outbox', api: '/openapi.json' } },
      words,
    ); // biome-ignore format: one view
    const text = visibleText(page);
    expect(text).toContain('Paused until Tue 3 November at 14:07');
    expect(text).toContain('npx foldback try report.json --repo .');
    expect(text).toContain('npx foldback import report.json');
    expect(text).not.toContain(words.home.counts.events);
  });

  test('the claim page shows the token only once it is claimed', () => {
    const host = '127.0.0.1:4400';
    const form = claimPage(
      { host, step: { kind: 'form', path: '/claim/abc', nonce, hasAccounts: true } },
      words,
    );
    expect(form).toContain('<form method="post" action="/claim/abc"');
    const token = ['fbl', 'live', 'example'].join('_');
    const claimed = claimPage(
      { host, step: { kind: 'claimed', token, expiresAt: occurredAt, timeZone: 'UTC' } },
      words,
    );
    expect(claimed).toContain(token);
    expect(claimed).not.toContain('<form');
    expect(visibleText(claimPage({ host, step: { kind: 'used' } }, words))).toContain(
      'npx foldback admin claim',
    );
  });

  test('a known code is confirmed without a word about the case', () => {
    const result = {
      kind: 'known',
      code: 'LOOP-7F3K',
      sentAt: occurredAt,
      sender: 'feedback@example.com',
    } as const;
    const text = visibleText(
      checkPage({ reader, host: 'feedback.example.com', duty: 'security', result }, words),
    );
    expect(text).toContain(
      'Yes. A message with the code LOOP-7F3K was sent on Tue 3 November at 14:07 UTC by feedback@example.com.',
    );
  });

  test('an error page says what it means to its reader and the reference, nothing from inside', () => {
    const text = visibleText(problemPage({ host: 'h', code: 'wrong-key', requestId: '01998c2e' }, words));
    expect(text).toContain(words.problem.ours);
    expect(text).toContain('01998c2e');
    expect(text).not.toContain('key');
  });

  test('the reply link of the outbox stays on this server whatever host the message names', () => {
    const message = {
      moment: 'told', behaviour: 'x', language: 'en', version: '1', subject: 'A subject', answers: [], caseCode: 'C',
      paragraphs: [], replyUrl: `https://feedback.example.com${tokenPath}`, links: [], footer: '',
    } as const; // biome-ignore format: a record
    const page = outboxMessagePage(
      {
        reader,
        host: 'h',
        listPath: '/outbox',
        recipient: 'Ana',
        channel: 'outbox',
        state: 'accepted',
        at: 0,
        message,
      },
      words,
    );
    expect(page).toContain(`href="${tokenPath}"`);
  });
});

describe('the words', () => {
  test('may use only the slots that are offered where they stand', () => {
    const broken = { ...words, common: { ...words.common, from: 'From {code}' } };
    const parsed = pageWordsSchema.safeParse(broken);
    expect(parsed.error?.issues[0]?.message).toBe('{code} is used but not offered here; offered: {sender}');
  });

  test('of the fixture fit', () => {
    expect(pageWordsSchema.safeParse(words).error).toBeUndefined();
  });
});

describe.each(packLanguages)('the words of the packs: %s', (language) => {
  const read = pageWordsSchema.safeParse(parse(readFileSync(`${messages}page.${language}.yaml`, 'utf8')));

  test('fit the pages, and use only the slots that are offered', () => {
    expect(read.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toBeUndefined();
    expect(read.data?.language).toBe(language);
  });

  test('keep every state of the page under 15 KB and the first screen at 70 words', () => {
    const view = recipientView();
    const title = 'We found a Stripe key ending 9Qx2 in example/shop-api';
    const named = { ...view, case: { ...view.case, title } };
    const own = read.data ?? words;
    expect(wordsIn(firstScreen(recipientPage(named, own)))).toBeLessThanOrEqual(70);
    for (const status of statuses)
      expect(
        pageWeight(recipientPage({ ...view, case: { ...view.case, title, status } }, own)),
      ).toBeLessThanOrEqual(pageBytesMax);
    expect(pageWeight(digestPage(digestView(digestCasesMax), own))).toBeLessThanOrEqual(pageBytesMax);
  });
});

describe('the stylesheet', () => {
  test('is small, named after its content and asks for nothing else', () => {
    expect(Buffer.byteLength(pageStyle)).toBeLessThanOrEqual(10 * 1024);
    expect(pageStylePath).toMatch(/^\/r\/style-[0-9a-f]{8}\.css$/u);
    expect(pageStyle).not.toMatch(/url\(|@import/u);
    expect(pageAssets.map(({ path }) => path)).toContain(pageStylePath);
  });
});
