import { describe, expect, test } from 'vitest';
import { htmlText } from './html-text.ts';
import { mailBytesMax, parseMail } from './parse-mail.ts';
import { readMail } from './read-mail.ts';
import { siteInText, siteOf, siteOfLink } from './site.ts';

const words = {
  firstName: '[first name]',
  lastName: '[last name]',
  position: '[position]',
  email: '[address]',
  other: '[…]',
};
const eml = (text: string) => ({
  kind: 'eml' as const,
  bytes: new TextEncoder().encode(text.replace(/\n/gu, '\r\n')),
  words,
});
const template = {
  subject: 'Hello {{.FirstName}}',
  html: '',
  text: '',
  from: 'Help Desk <help@it.example>',
  replyTo: '',
  url: 'https://login.acme-help.example/start?rid=1',
  attachments: [],
};

describe('a mail', () => {
  test('keeps its words and, of each link, only the host', () => {
    const { text, links } = htmlText(
      '<p>Hi <b>Ana</b>,</p><p>please <a href="https://evil.example/x?rid=Ab3">sign in</a> today.</p>',
      4096,
    );
    expect(text).toBe('Hi Ana,\n\nplease sign in [evil.example] today.');
    expect(links).toHaveLength(1);
    expect(text.slice(links[0]?.start, links[0]?.end)).toBe('sign in [evil.example]');
    expect(links[0]?.site.domain).toBe('evil.example');
  });

  test('shows what a link says that it is, beside where it leads', () => {
    const { text, links } = htmlText(
      '<a href="https://evil.example/">https://www.github.com/login</a>',
      4096,
    );
    expect(text).toBe('www.github.com/… [evil.example]');
    expect(links[0]?.claimed?.domain).toBe('github.com');
  });

  test('loses scripts, styles, comments, hidden parts and invisible characters', () => {
    const html =
      '<style>p{}</style><script>alert("</p>")</script><!-- no --><div style="display:none">secret <div>x</div></div><span hidden>y</span>a\u202eb\u200bc<img src="https://t.example/p.gif"><img alt="Logo">';
    expect(htmlText(html, 4096).text).toBe('abc [Logo]');
  });

  test('ends at its size and says so', () => {
    const { text, isCut } = htmlText(`<p>${'ñ'.repeat(5000)}</p>`, 4096);
    expect(Buffer.byteLength(text)).toBe(4096);
    expect(isCut).toBe(true);
  });

  test('that is hostile is read once, whatever its tags', () => {
    for (const piece of [
      '<',
      '<a ',
      '<a href="',
      "<a b='c ",
      '<!--',
      '<script>',
      '<div style="display:none">',
      '&#x',
      '<a href=https://x.example>',
    ]) {
      const { text } = htmlText(piece.repeat(200_000), 4096);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
    }
  });

  test('is read from a file: sender, answers, subject, list, attachments', async () => {
    const read = await parseMail(
      eml(`From: "ana@acme.example" <x@evil.example>
Reply-To: y@other.example
Subject: =?utf-8?q?Se=C3=B1al?=
List-Id: <all.acme.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

See https://evil.example/a/b?rid=1 now.
--b
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="invoice.pdf.exe"

MZ
--b--
`),
    );
    expect(read).toMatchObject({
      kind: 'mail',
      mail: {
        from: { address: 'x@evil.example', claimed: { domain: 'acme.example' } },
        replyTo: [{ address: 'y@other.example' }],
        subject: 'Señal',
        isFromList: true,
        text: 'See evil.example/… now.',
        attachments: [{ name: 'invoice.pdf.exe' }],
      },
    });
  });

  test('of a template has neutral words where each recipient gets their own', async () => {
    const read = await parseMail({
      kind: 'template',
      words,
      template: {
        ...template,
        html: '<p>Dear {{.FirstName}} {{ .LastName }},{{if .Position}} x{{end}} <a href="{{.URL}}">here</a>{{.Tracker}} {{printf "%s" .Email}}</p>',
      },
    });
    expect(read).toMatchObject({
      kind: 'mail',
      mail: {
        subject: 'Hello [first name]',
        from: { name: 'Help Desk', site: { domain: 'it.example' } },
        text: 'Dear [first name] [last name], x here [login.acme-help.example] […]',
      },
    });
  });

  test('that is none, too large or nested without end is unreadable', async () => {
    let nested = 'Content-Type: text/plain\n\nend';
    for (let level = 0; level < 30; level += 1)
      nested = `Content-Type: multipart/mixed; boundary=b${level}\n\n--b${level}\n${nested}\n--b${level}--\n`;
    for (const input of [
      eml(''),
      eml(`MIME-Version: 1.0\n${nested}`),
      { ...eml(''), bytes: new Uint8Array(mailBytesMax + 1) },
      eml(`X-Long: ${'a'.repeat(300_000)}\n\nx`),
    ])
      expect(await parseMail(input)).toMatchObject({ kind: 'unreadable' });
  });

  test('is read in a thread of its own, which is ended when it takes too long', async () => {
    const sent = await readMail(eml('From: a@acme.example\nSubject: x\n\nHello'));
    expect(sent).toMatchObject({ kind: 'mail', mail: { text: 'Hello' } });
    expect(await readMail(eml('From: a@acme.example\n\nHello'), 0)).toEqual({
      kind: 'unreadable',
      reason: 'it takes too long to read',
    });
  });
});

describe('a site', () => {
  test('knows which part of a name was registered, in both alphabets', () => {
    expect(siteOf('Mail.Acme.co.uk.')).toMatchObject({ host: 'mail.acme.co.uk', domain: 'acme.co.uk' });
    expect(siteOf('xn--pple-43d.com')).toMatchObject({ domain: 'аpple.com', host: 'xn--pple-43d.com' });
    expect(siteOf('192.0.2.7')).toMatchObject({ isNumeric: true });
    expect(siteOf('a b')).toBeUndefined();
    expect(siteOf('user@evil.example')).toBeUndefined();
  });

  test('of a link sees a user name that dresses it up, and of a text only what is surely a host', () => {
    expect(siteOfLink('https://paypal.com@evil.example/')).toMatchObject({
      domain: 'evil.example',
      hasUserInfo: true,
    });
    expect(siteOfLink('javascript:alert(1)')).toBeUndefined();
    expect(siteInText('www.paypal.com/login')?.domain).toBe('paypal.com');
    expect(siteInText('report.zip')).toBeUndefined();
    expect(siteInText('Sign in')).toBeUndefined();
  });
});
