import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPage } from '../src/pages/check-page.ts';
import { digestCasesMax, digestPage } from '../src/pages/digest-page.ts';
import { outboxMessagePage, outboxPage } from '../src/pages/outbox-page.ts';
import { calendarDate, code, fill, localTime, packLink, pageString, plain } from '../src/pages/page-text.ts';
import { expiredPage, recipientPage } from '../src/pages/recipient-page.ts';
import type { RecipientView } from '../src/pages/recipient-view.ts';
import { digestView, nonce, occurredAt, recipientView, statuses, tokenPath } from './fixtures/page-views.ts';
import { testPageWords as words } from './fixtures/page-words.ts';
import { firstScreen, pageBytesMax, pageWeight, visibleText, wordsIn } from './support/page-reading.ts';

describe("the recipient's page", () => {
  const open = recipientPage(recipientView(), words);

  test('says what happened, whether it is wrong now and what to do, in this order', () => {
    const text = visibleText(open);
    const order = [
      'A Stripe key is readable in shop-api',
      'Tue 3 November at 14:07 WET',
      'example/shop-api',
      'config/payments.ts, line 12',
      '4f2c1ab09d',
      'The key still worked on Wed 4 November at 09:07 WET.',
      'Do this now',
      'Replace this key, then revoke the old one.',
      'Your answer',
      'How we know',
      'Who sees this',
      'Is this page real?',
    ];
    const places = order.map((part) => text.lastIndexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  test('needs at most 70 words up to the last answer, the provider’s own steps apart', () => {
    expect(wordsIn(firstScreen(open))).toBeLessThanOrEqual(70);
  });

  test('holds no script, no style, no handler and no address of another origin but the links of packs', () => {
    expect(open).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=|javascript:|<iframe|<img/iu);
    const addresses = [...open.matchAll(/(?:href|src|action)="([^"]*)"/gu)].map(([, address]) => address);
    const outside = addresses.filter((address) => !/^[/#]/u.test(address ?? ''));
    expect(outside).toEqual([
      'https://docs.stripe.com/keys',
      'https://owasp.org/www-project-non-human-identities-top-10/',
    ]);
  });

  test('offers each answer as a form of its own, bound to this page and case', () => {
    const forms = open.match(/<form method="post".*?<\/form>/gsu) ?? [];
    expect(forms.map((form) => /name="answer" value="([^"]+)"/u.exec(form)?.[1])).toEqual([
      'done',
      'need-help',
      'not-me',
      'not-mine',
      'wrong',
      'accept-risk',
    ]);
    for (const form of forms) {
      expect(form).toContain(`action="${tokenPath}"`);
      expect(form).toContain(`name="form" value="${nonce}"`);
      expect(form).toContain('name="case" value="LOOP-7F3K"');
    }
  });

  test('offers only the answers of the behaviour, and to accept a risk only with a last day', () => {
    const view = recipientView();
    const few = recipientPage({ ...view, case: { ...view.case, offered: ['done', 'wrong'] } }, words);
    expect(few.match(/<form /gu)).toHaveLength(2);
    const { acceptRisk: _, ...undated } = view.case;
    expect(recipientPage({ ...view, case: undated }, words)).not.toContain('value="accept-risk"');
  });

  test.each(statuses)('stays under 15 KB with its stylesheet: %o', (status) => {
    expect(pageWeight(recipientPage(recipientView(status), words))).toBeLessThanOrEqual(pageBytesMax);
  });

  test.each(statuses.filter(({ kind }) => kind === 'answered'))(
    'shows the recorded answer and what follows, and lets it be changed: %o',
    (status) => {
      const page = recipientPage(recipientView(status), words);
      expect(visibleText(page)).toMatch(/You answered “[^”]+” on Tue 3 November at 14:07 WET\. /u);
      expect(page).toContain(words.recipient.answers.change);
      expect(page).toContain('name="answer" value="done"');
    },
  );

  test.each(statuses.filter(({ kind }) => kind !== 'answered' && kind !== 'open'))(
    'asks nothing more once it is over: %o',
    (status) => {
      const page = recipientPage(recipientView(status), words);
      expect(page).not.toContain('<form');
      expect(page).toContain('role="status"');
    },
  );

  test('names whoever was proposed, and says that it is not decided yet', () => {
    const page = recipientPage(
      recipientView({ kind: 'answered', answer: 'not-mine', at: 0, person: 'Tom Berg' }),
      words,
    );
    expect(visibleText(page)).toContain(
      'You named Tom Berg. The case stays here until the security team confirms it.',
    );
  });

  test('says so when a claimed fix was looked at and the key still works', () => {
    const page = recipientPage(recipientView({ kind: 'open', disprovedAt: occurredAt }), words);
    expect(visibleText(page)).toContain(
      'You answered “Done”. We looked again on Tue 3 November at 14:07 WET, and',
    );
    expect(page).toContain('<form');
  });

  test('does not claim to know what nobody looked at', () => {
    const view = recipientView();
    const page = recipientPage({ ...view, case: { ...view.case, now: { state: 'unknown' } } }, words);
    expect(visibleText(page)).toContain(words.recipient.now.unknown);
    expect(visibleText(page)).not.toContain('still worked');
  });

  test('opens the row of the answer that could not be taken, and says why beside its field', () => {
    const page = recipientPage(
      { ...recipientView(), problem: { answer: 'accept-risk', problem: 'date-outside' } },
      words,
    );
    expect(page.match(/<details name="answer" open>/gu)).toHaveLength(1);
    expect(visibleText(page)).toContain('Please choose a date from 5 November 2026 to 2 February 2027.');
    expect(page).toContain('aria-invalid="true" aria-describedby="problem"');
  });

  test('says who sees it and from when, how long it is kept, and how to check the page itself', () => {
    const text = visibleText(open);
    expect(text).toContain('Ben Duarte, from Fri 6 November at 14:07 WET, if nobody has answered');
    expect(text).toContain('It is kept until 3 November 2027, then deleted.');
    expect(text).toContain('type feedback.example.com/check yourself and enter LOOP-7F3K');
  });

  test('an expired link shows nothing of the case', () => {
    const text = visibleText(expiredPage({ host: 'feedback.example.com' }, words));
    expect(text).toContain(words.recipient.expired.title);
    expect(text).not.toMatch(/Stripe|shop-api|LOOP-/u);
  });
});

describe('the digest page', () => {
  test('lists each case with a form of its own and says how many follow', () => {
    const page = digestPage(digestView(3), words);
    const codes = [...page.matchAll(/name="case" value="([^"]+)"/gu)].map(([, caseCode]) => caseCode);
    expect(codes).toEqual(['LOOP-7F0K', 'LOOP-7F1K', 'LOOP-7F2K']);
    expect(visibleText(page)).toContain('7 keys need your answer');
    expect(visibleText(page)).toContain('4 more follow');
  });

  test('stays under 15 KB however many cases it is given', () => {
    const page = digestPage(digestView(60), words);
    expect(page.match(/<article/gu)).toHaveLength(digestCasesMax);
    expect(pageWeight(page)).toBeLessThanOrEqual(pageBytesMax);
    expect(visibleText(page)).toContain(`${64 - digestCasesMax} more follow`);
  });
});

describe('hostile text', () => {
  const parts = [
    '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' onmouseover='x", '&lt;b&gt;', '</title>', '\u202e',
    '{code}', 'javascript:alert(1)', '\u0000', '\ud800', '=cmd|x', '-->', ']]>', 'https://evil.example/', '\n',
  ]; // biome-ignore format: a list
  const hostile = fc
    .array(fc.oneof(fc.constantFrom(...parts), fc.string({ unit: 'binary', maxLength: 12 })), {
      maxLength: 8,
    })
    .map((pieces) => pieces.join(''));
  /** The skeleton of a page: its tags and attribute names, without any value. */
  const skeleton = (page: string) =>
    (page.match(/<[^>]*>/gu) ?? []).map((tag) => tag.replace(/"[^"]*"/gu, '""')).join('');

  const filled = (text: string): RecipientView => {
    const view = recipientView({
      kind: 'answered',
      answer: 'wrong',
      at: occurredAt,
      reason: 'other',
      note: `a${text}`,
    });
    const where = {
      repository: `a${text}`,
      file: `a${text}`,
      line: 3,
      commit: `a${text}`,
      branch: `a${text}`,
      identity: `a${text}`,
    };
    return {
      ...view,
      house: { sender: text, duty: text, host: 'feedback.example.com' },
      case: {
        ...view.case,
        title: text,
        where,
        step: { text, list: [text], link: { label: text, url: 'https://docs.example.com/' } },
      },
      evidence: [{ label: text, value: text }],
      consequence: text,
      clue: text,
      seenBy: [{ who: text }],
      frameworks: [text],
    };
  };

  test('changes no tag and no attribute of the page, whatever it says', () => {
    const expected = skeleton(recipientPage(filled('harmless'), words));
    fc.assert(
      fc.property(hostile, (text) => {
        expect(skeleton(recipientPage(filled(text), words))).toBe(expected);
      }),
      {
        numRuns: 300,
      },
    );
  });

  test('leaves no invisible or direction-changing character on a page', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = plain(text);
        expect(shown).not.toMatch(
          /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u,
        );
        expect(shown.isWellFormed()).toBe(true);
      }),
    );
  });

  test('is cut in the middle, so that one long name cannot fill the page', () => {
    const long = `src/${'a'.repeat(1_000_000)}/key.ts`;
    expect([...plain(long)].length).toBeLessThanOrEqual(160);
    const page = recipientPage(filled('x'.repeat(100_000)), words);
    expect(pageWeight(page)).toBeLessThanOrEqual(24 * 1024);
  });

  test('is never taken for a slot of the words', () => {
    expect(fill('To {name}', { name: '{name}{x}' }).join('')).toBe('To {name}{x}');
    expect(fill('{toString} {constructor}', {}).join('')).toBe('{toString} {constructor}');
  });

  test.each([
    'javascript:alert(1)',
    'http://docs.example.com/',
    'data:text/html,x',
    '//evil.example',
    'https://a@evil.example/',
    '',
  ])('becomes no link: %s', (url) => {
    expect(pageString(packLink({ label: 'Read', url }, '(opens {host})'))).toBe('Read');
  });

  test('stays text in the outbox, in the check of a code and in code', () => {
    const attack = '"><script>alert(1)</script>';
    const reader = { timeZone: 'UTC' };
    const message = {
      moment: 'told', behaviour: 'x', language: 'en', version: attack, subject: attack, answers: [], caseCode: attack,
      paragraphs: [{ kind: 'text', text: attack }, { kind: 'facts', facts: [{ label: attack, value: attack }] }],
      replyUrl: 'javascript:alert(1)', links: [{ label: attack, url: attack }], footer: attack,
    } as const; // biome-ignore format: a record
    const pages = [
      outboxPage(
        {
          reader,
          host: attack,
          items: [{ path: '/outbox/1', recipient: attack, subject: attack, state: 'dead', at: 0 }],
        },
        words,
      ),
      outboxMessagePage(
        {
          reader,
          host: 'h',
          listPath: '/outbox',
          recipient: attack,
          channel: attack,
          state: 'dead',
          reason: attack,
          at: 0,
          message,
        },
        words,
      ),
      checkPage({ reader, host: 'h', duty: attack, result: { kind: 'unknown', code: attack } }, words),
      pageString(code(attack)),
    ];
    for (const page of pages) {
      expect(page).not.toContain('<script');
      expect(page).not.toContain('href="javascript:');
    }
  });
});

describe('times', () => {
  const winter = Date.UTC(2026, 0, 5, 23, 30);
  test.each([
    ['en', 'Asia/Kolkata', 'Tue 6 January at 05:00 GMT+5:30'],
    ['es', 'America/Mexico_City', 'lun, 5 de enero, 17:30 GMT-6'],
    ['en', 'Nowhere/Atall', 'Mon 5 January at 23:30 UTC'],
    ['zz-', 'UTC', 'Mon 5 January at 23:30 UTC'],
  ])('are the reader’s own, with their zone: %s %s', (language, timeZone, expected) => {
    const text = visibleText(pageString(localTime(winter, { language, timeZone })));
    expect(text.replace(/,/gu, '')).toBe(expected.replace(/,/gu, ''));
  });

  test('a calendar date does not move with the time zone', () => {
    const page = pageString(calendarDate('2026-12-01', { language: 'en', timeZone: 'America/Los_Angeles' }));
    expect(visibleText(page)).toBe('1 December 2026');
  });
});
