import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asciiJson,
  clip,
  csvCell,
  html,
  inertUrls,
  logLine,
  oneLine,
  plain,
  safeHref,
  terminal,
} from './escape.ts';

const pieces = fc.constantFrom(
  '\x1b[31m',
  '\x1b]0;title\x07',
  '\x1b]8;;https://evil.example\x1b\\',
  '\x9b2J',
  '\u202e',
  '\u2066',
  '\u{e0041}',
  '\r\n',
  '\u2028',
  '\x85',
  '\0',
  '=cmd',
  '"',
  "'",
  '<script>',
  '&',
  '`',
  '\\',
  '\ud800',
  'ä😀',
  ',',
  '\t',
  '@',
  ' ',
);
const hostile = fc
  .array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 12 })
  .map((parts) => parts.join(''));
const dangerous =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u;

describe('text from outside', () => {
  test('never leaves HTML text or a quoted attribute', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const out = html(text);
        expect(out).not.toMatch(/[<>"'`]/u);
        expect(out).not.toMatch(dangerous);
        expect(out.replace(/&#\d+;/gu, '')).not.toContain('&');
      }),
    );
  });

  test('keeps its visible characters in HTML', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const back = html(text).replace(/&#(\d+);/gu, (_all, code: string) =>
          String.fromCharCode(Number(code)),
        );
        expect(back).toBe(plain(text));
      }),
    );
  });

  test('moves no cursor, sets no title and turns no direction in a terminal', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(terminal(text)).not.toMatch(dangerous);
      }),
    );
    expect(terminal('a\x1b[2J\x1b]0;owned\x07b\x1b[31mred\x1b[0m\rX')).toBe('abred\nX');
    expect(terminal('\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\')).toBe('here');
  });

  test('is cleaned once: cleaning again changes nothing', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(plain(plain(text))).toBe(plain(text));
      }),
    );
  });

  test('is one line in a log, and different texts stay different', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        expect(logLine(one)).not.toMatch(/[\r\n\x00-\x1f\x7f-\x9f\u2028\u2029\u202e]/u);
        if (one.toWellFormed() !== other.toWellFormed()) expect(logLine(one)).not.toBe(logLine(other));
      }),
    );
    expect(logLine('ok\n2026-01-01 INFO forged')).toBe('ok\\n2026-01-01 INFO forged');
  });

  test('is one line in a header', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(oneLine(text)).not.toMatch(/[\r\n\t]/u);
      }),
    );
    expect(oneLine(' a\r\nBcc: b@example.com ')).toBe('a Bcc: b@example.com');
  });

  test('is one quoted cell and never a formula', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const cell = csvCell(text);
        expect(cell.startsWith('"') && cell.endsWith('"')).toBe(true);
        const inner = cell.slice(1, -1);
        expect(inner.replaceAll('""', '')).not.toContain('"');
        expect(inner.replaceAll('""', '"')).not.toMatch(/^[\s"]*[=+\-@|%＝＋－＠]/u);
      }),
    );
    expect(csvCell('=HYPERLINK("https://evil.example")')).toBe('"\'=HYPERLINK(""https://evil.example"")"');
    expect(csvCell('a-b')).toBe('"a-b"');
  });

  test('is the same value in ASCII JSON', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = asciiJson({ text });
        expect(json).toMatch(/^[\x20-\x7e]*$/u);
        expect(json).not.toMatch(/[<>&]/u);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });

  test('never becomes a link by itself', () => {
    fc.assert(
      fc.property(fc.webUrl(), hostile, (url, text) => {
        expect(inertUrls(`${text} ${url}`)).not.toMatch(/https?:\/\//u);
      }),
    );
    expect(inertUrls('see https://evil.example/x.sh and www.evil.example')).toBe(
      'see https[:]//evil[.]example/x.sh and www[.]evil.example',
    );
    expect(inertUrls('src/app.ts:12 at 14:07')).toBe('src/app.ts:12 at 14:07');
  });

  test('is cut between characters, within the limit', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 20 }), (text, max) => {
        const cut = clip(text.toWellFormed(), max);
        expect(Array.from(cut).length).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
      }),
    );
    expect(clip('😀😀😀', 2)).toBe('😀…');
    expect(clip('😀😀', 2)).toBe('😀😀');
  });
});

test('only web addresses without credentials become links', () => {
  expect(safeHref('https://foldback.example.com/r/abc?x=1')).toBe('https://foldback.example.com/r/abc?x=1');
  for (const bad of [
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    'https://user:pass@evil.example',
    'java\nscript:alert(1)',
    'https://a.example\\@evil.example',
    ' https://a.example',
    '',
  ]) {
    expect(safeHref(bad)).toBeUndefined();
  }
});
