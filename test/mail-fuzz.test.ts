import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findCues } from '../src/core/mail-cues/find-cues.ts';
import { makeSimulation, reconstructionSchema } from '../src/core/mail-cues/simulation.ts';
import type { MailContent } from '../src/lib/mail/mail-content.ts';
import { textBytesMax } from '../src/lib/mail/mail-content.ts';
import { parseMail } from '../src/lib/mail/parse-mail.ts';
import { readTemplate } from '../src/lib/mail/read-template.ts';
import { readCueFiles } from '../src/packs/cue-files.ts';
import { openPackFolder, shippedPacksDir } from '../src/packs/pack-folder.ts';

const words = { firstName: '[a]', lastName: '[b]', position: '[c]', email: '[d]', other: '[…]' };
const pack = readCueFiles(openPackFolder(shippedPacksDir(), []), []);
const signs = {
  known: pack.known,
  shorteners: pack.shorteners,
  attachmentEndings: pack.attachmentEndings,
  phrases: pack.phrases,
};

const sound = `From: "IT Support" <it@acme-help.test>
Reply-To: x@mailbox.test
Subject: =?utf-8?b?VXJnZW50?=
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Dear user, verify your account within 24 hours: https://evil.test/x
--b
Content-Type: text/html; charset=utf-8

<p>Dear user, <a href="https://evil.test/x?rid=1">https://acme.test</a> <b>immediately</b></p>
--b--
`.replace(/\n/gu, '\r\n');

/** Everything that pages and later steps rely on. */
function check(mail: MailContent): void {
  expect(Buffer.byteLength(mail.text)).toBeLessThanOrEqual(textBytesMax);
  expect(`${mail.text}${mail.subject}${mail.from?.name ?? ''}`).not.toMatch(
    /[\u0000-\u0008\u202a-\u202e\u2066-\u2069]/u,
  );
  for (const { start, end } of mail.links) {
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThan(start);
    expect(end).toBeLessThanOrEqual(mail.text.length);
  }
  for (const { where } of findCues(mail, signs, 0)) {
    if (where.part !== 'text' && where.part !== 'subject') continue;
    const text = where.part === 'text' ? mail.text : mail.subject;
    expect(where.start).toBeLessThan(where.end);
    expect(where.end).toBeLessThanOrEqual(text.length);
  }
  const { reconstruction } = makeSimulation(mail, signs, 0);
  expect(reconstructionSchema.safeParse(JSON.parse(JSON.stringify(reconstruction))).success).toBe(true);
}

describe('a mail that anybody may have written', () => {
  test('is words or unreadable, whatever its bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        const read = await parseMail({ kind: 'eml', bytes, words });
        if (read.kind === 'mail') check(read.mail);
      }),
      { numRuns: 150 },
    );
  });

  test('is words or unreadable when a sound one is changed anywhere', async () => {
    const change = fc.record({
      at: fc.nat(sound.length),
      length: fc.nat(40),
      put: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 30 }),
        fc.constantFrom('<', '"', '\r\n\r\n', '\u202e', '{{.URL}}', '--b\r\n', '&#x202e;'),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const text = changes.reduce(
          (one, { at, length, put }) => one.slice(0, at) + put + one.slice(at + length),
          sound,
        );
        const read = await parseMail({ kind: 'eml', bytes: new TextEncoder().encode(text), words });
        if (read.kind === 'mail') check(read.mail);
      }),
      { numRuns: 200 },
    );
  });

  test('as a template is words or none, whatever its members', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom('<a href="{{.URL}}">x</a>', '{{if .X}}{{{{', '<p', 'a@b <c@d>'),
    );
    const template = fc.record(
      { subject: text, html: text, text, envelope_sender: text, url: text },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), template), async (value) => {
        const read = readTemplate(value);
        if (read === undefined) return;
        const parsed = await parseMail({ kind: 'template', template: read, words });
        if (parsed.kind === 'mail') check(parsed.mail);
      }),
      { numRuns: 300 },
    );
  });
});
