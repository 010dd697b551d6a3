import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MailView } from '../src/pages/mail-part.ts';
import { pageStyle } from '../src/pages/page-style.ts';
import { recipientPage } from '../src/pages/recipient-page.ts';
import { simulatedMail } from './fixtures/mail-view.ts';
import { recipientView } from './fixtures/page-views.ts';
import { testPageWords as words } from './fixtures/page-words.ts';
import { visibleText } from './support/page-reading.ts';

const pageOf = (mail: MailView) => recipientPage({ ...recipientView(), mail }, words);
const weight = (page: string) => Buffer.byteLength(page) + Buffer.byteLength(pageStyle);
const base = simulatedMail();

describe('the mail on the recipient’s page', () => {
  test('stands with numbered marks, and each number has its explanation in the reader’s words', () => {
    const page = pageOf(base);
    expect(page).toContain('<mark>verify your account<sup>3</sup></mark>');
    expect(visibleText(page)).toContain('but the link leads to login.acme-help.test');
    expect(page.match(/<li>/gu)?.length).toBeGreaterThanOrEqual(base.signs.length);
  });

  test('has nothing in it that works', () => {
    const hostile = `<script>alert(1)</script><a href="https://evil.test">x</a><img src=x onerror=alert(1)> &lt;b&gt; \u202e`;
    const page = pageOf({
      ...base,
      from: hostile,
      replyTo: hostile,
      subject: hostile,
      attachments: [hostile],
      text: hostile,
      signs: [
        {
          explanation: 'It shows {shown}, {actual} and {like}.',
          shown: hostile,
          actual: hostile,
          like: hostile,
          places: [{ part: 'text', start: 3, end: 20 }],
        },
      ],
    });
    expect(page).not.toMatch(/<script|<img|<iframe|<style|<a [^>]*evil/iu);
    expect(page).not.toContain('onerror=alert(1)>');
  });

  test('keeps the page within its size, however long it is and however much escaping it needs', () => {
    for (const text of ['a ', '"', 'ñ', '&<>']) {
      const page = pageOf({ ...base, text: text.repeat(4096 / text.length) });
      expect(weight(page)).toBeLessThanOrEqual(15 * 1024);
      expect(visibleText(page)).toContain(base.words.cut);
    }
  });

  test('quotes a sign that stands in the part that is left out', () => {
    const text = `${'word '.repeat(800)}act now`;
    const page = pageOf({
      ...base,
      text,
      signs: [
        {
          explanation: 'It presses you.',
          shown: 'act now',
          places: [{ part: 'text', start: 4000, end: 4007 }],
        },
      ],
    });
    expect(visibleText(page)).toContain('It presses you. (act now)');
  });

  test('joins marks that overlap, whatever places are asked for', () => {
    const text = 'one two three four five six';
    const place = fc.record({ part: fc.constant('text' as const), start: fc.nat(40), end: fc.nat(40) });
    fc.assert(
      fc.property(
        fc.array(fc.record({ explanation: fc.constant('x'), places: fc.array(place, { maxLength: 3 }) }), {
          maxLength: 8,
        }),
        (signs) => {
          const page = pageOf({ ...base, text, signs });
          const quote = /<blockquote[^>]*>(.*?)<\/blockquote>/su.exec(page)?.[1] ?? '';
          expect(quote.replace(/<sup>[\d,]*<\/sup>/gu, '').replace(/<\/?mark>/gu, '')).toBe(text);
          expect(quote).not.toMatch(/<mark>[^<]*<mark>/u);
        },
      ),
    );
  });

  test('says so where a program sees no sign', () => {
    expect(visibleText(pageOf({ ...base, signs: [] }))).toContain(base.words.none);
  });
});
