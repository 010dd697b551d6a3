import { createEmail } from '../../../src/adapters/channels/email/index.ts';
import { closedPort } from '../../support/loopback.ts';
import { mailSettings, mailPassword as password } from '../../support/mail-settings.ts';
import { openSmtpSink, type SmtpManner, type SunkMail } from '../../support/smtp-sink.ts';
import type { Arrival, ChannelHarness, Situation } from '../channel-harness.ts';

const manners: Record<Situation, SmtpManner> = {
  accepts: 'accept',
  temporary: ['rcpt', 451, 'Temporary local problem'],
  'temporary-with-wait': ['rcpt', 450, '4.2.0 Greylisted, please try again in 2 minutes'],
  permanent: ['rcpt', 550, '5.1.1 No such user ana@example.com here'],
  'server-error': ['connect', 421, 'Service not available'],
  'takes-then-silent': 'silent-after-data',
  'takes-then-drops': 'drop-after-data',
  malformed: 'rubbish-greeting',
  'huge-answer': 'pours-after-data',
};
export const email: ChannelHarness = {
  id: 'email',
  secrets: [password, Buffer.from(`\0foldback\0${password}`).toString('base64')],
  unaddressable: { id: 'p', kind: 'person', name: 'Bo', accounts: [] },
  async open(where) {
    const sink = await openSmtpSink({
      allowInsecureAuth: true,
      onAuth: (auth, _session, done) =>
        auth.password === password ? done(null, { user: 'foldback' }) : done(new Error('no')),
    });
    return {
      channel: createEmail(mailSettings(where === 'reachable' ? sink.port : await closedPort())),
      meet: (situation) => sink.meet(manners[situation]),
      arrived: () => sink.mails.map(ofMail),
      poured: sink.poured,
      close: sink.close,
    };
  },
  skip: [],
};
function ofMail({ raw, mail }: SunkMail): Arrival {
  const page = mail.html ?? '';
  const links = [...page.matchAll(/\s(?:href|src|background|action)="([^"]*)"/giu)].map((match) =>
    unescaped(match[1] ?? ''),
  );
  // Elements without an attribute only cut words apart or break lines: their number follows the text.
  const elements = [...page.matchAll(/<(?!span>|\/span>|br>|wbr>)\/?([a-z!][a-z0-9]*)/giu)].map(
    (match) => match[1] ?? '',
  );
  return {
    key: mail.messageId ?? '',
    raw,
    shown: [mail.subject ?? '', mail.text ?? '', unescaped(page.replace(/<[^>]*>/gu, ''))],
    links,
    structure: [...mail.headers.map(({ key }) => key), ...elements],
  };
}
const unescaped = (text: string): string =>
  text.replace(/&#(\d+);/gu, (_all, code: string) => String.fromCodePoint(Number(code)));
