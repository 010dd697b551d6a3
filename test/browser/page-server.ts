import { type ServerType, serve } from '@hono/node-server';
import { Hono } from 'hono';
import { harden } from '../../src/http/hardening/harden.ts';
import { loopbackHosts } from '../../src/http/hardening/host-guard.ts';
import { readForm } from '../../src/http/hardening/raw-body.ts';
import { qrModules } from '../../src/lib/qr-modules.ts';
import { accountPage } from '../../src/pages/account-page.ts';
import { checkPage } from '../../src/pages/check-page.ts';
import { claimPage } from '../../src/pages/claim-page.ts';
import { digestPage } from '../../src/pages/digest-page.ts';
import { factorPage, recoveryCodesPage } from '../../src/pages/factor-page.ts';
import { homePage } from '../../src/pages/home-page.ts';
import { outboxMessagePage, outboxPage } from '../../src/pages/outbox-page.ts';
import { pageAssets } from '../../src/pages/page-style.ts';
import type { PageWords } from '../../src/pages/page-words.ts';
import { problemPage } from '../../src/pages/problem-page.ts';
import { expiredPage, recipientPage } from '../../src/pages/recipient-page.ts';
import type { CaseStatus } from '../../src/pages/recipient-view.ts';
import { type PostedReply, readReplyForm, replyFormBytesMax } from '../../src/pages/reply-form.ts';
import { signedOutPage, signInPage } from '../../src/pages/sign-in-page.ts';
import { simulatedMail } from '../fixtures/mail-view.ts';
import { digestView, nonce, occurredAt, recipientView, tokenPath } from '../fixtures/page-views.ts';
import { testPageWords } from '../fixtures/page-words.ts';

export type PageServer = {
  readonly origin: string;
  /** What was posted and taken, in order. */
  readonly replies: PostedReply[];
  /** Path and query of every request that came. */
  readonly requests: string[];
  /** Which state the recipient's page is in; posting an answer changes it. */
  set(status: CaseStatus): void;
  close(): void;
};

/** Our pages behind our own hardening on a real port, with a handler that only remembers what was posted. */
export async function startPageServer(words: PageWords = testPageWords): Promise<PageServer> {
  const replies: PostedReply[] = [];
  const requests: string[] = [];
  let status: CaseStatus = { kind: 'open' };
  const app = new Hono();
  app.use(async (c, next) => {
    requests.push(c.req.path);
    await next();
  });
  harden(app, { hosts: loopbackHosts, nullOriginPaths: ['/r/'], isHttps: false });
  for (const asset of pageAssets)
    app.get(asset.path, (c) =>
      c.body(asset.body, 200, {
        'Content-Type': asset.type,
        'Cache-Control': 'public, max-age=31536000, immutable',
      }),
    );
  for (const [name, page] of Object.entries(plainPages(words))) app.get(`/show/${name}`, (c) => c.html(page));
  app.get(tokenPath, (c) => c.html(recipientPage(recipientView(status), words)));
  app.post(tokenPath, async (c) => {
    const view = recipientView(status);
    const form = readReplyForm(await readForm(c, replyFormBytesMax), view.case.acceptRisk);
    if (form.nonce !== nonce) return c.text('another page', 403);
    if (form.kind === 'problem') return c.html(recipientPage({ ...view, problem: form.problem }, words), 422);
    if (form.kind === 'snooze') return c.text('this server takes answers only', 422);
    replies.push(form.reply);
    const { caseCode: _, ...reply } = form.reply;
    status = { kind: 'answered', at: occurredAt, ...reply };
    return c.redirect(tokenPath, 303);
  });
  const server = await listen(app);
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the page server is not listening');
  return {
    origin: `http://127.0.0.1:${bound.port}`,
    replies,
    requests,
    set: (next) => {
      status = next;
    },
    close: () => server.close(),
  };
}

export function listen(app: Hono): Promise<ServerType> {
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(server));
  });
}

const later = occurredAt + 3_600_000;

/** Every page that there is, in its states. */
export function plainPages(words: PageWords): Readonly<Record<string, string>> {
  const reader = { timeZone: 'Europe/Lisbon' };
  const operator = { reader, host: '127.0.0.1:4400' };
  const house = { reader, host: 'feedback.example.com', duty: 'the security team' };
  const of = (status: CaseStatus) => recipientPage(recipientView(status), words);
  const message = {
    moment: 'told',
    behaviour: 'secret-in-repository',
    language: 'en',
    version: 'secret-in-repository@1/usual',
    subject: 'A Stripe key is readable in shop-api',
    paragraphs: [
      { kind: 'text', text: 'Hi Ana. We found a Stripe key ending 9Qx2 in example/shop-api.' },
      { kind: 'facts', facts: [{ label: 'File', value: 'config/payments.ts, line 12' }] },
      { kind: 'step', text: 'Replace this key, then revoke the old one.' },
    ],
    replyUrl: `https://feedback.example.com${tokenPath}`,
    answers: ['done', 'need-help'],
    caseCode: 'LOOP-7F3K',
    links: [{ label: 'Stripe: API keys', url: 'https://docs.stripe.com/keys' }],
    footer: 'You and security see this.',
  } as const;
  const items = [
    { path: '/outbox/1', recipient: 'Ana Sousa', subject: message.subject, state: 'accepted', at: later },
    {
      path: '/outbox/2',
      recipient: 'Tom Berg',
      subject: '3 keys need your answer',
      state: 'withheld',
      at: later,
    },
  ] as const;
  const counts = {
    events: 1204,
    backlog: 311,
    triage: 4,
    open: 12,
    verified: 3,
    held: 1,
    waiting: 2,
    uncertain: 0,
  };
  return {
    open: of({ kind: 'open' }),
    disproved: of({ kind: 'open', disprovedAt: later }),
    'answered-done': of({ kind: 'answered', answer: 'done', at: later }),
    'answered-help': of({ kind: 'answered', answer: 'need-help', at: later, note: 'What breaks?' }),
    'answered-wrong': of({
      kind: 'answered',
      answer: 'wrong',
      at: later,
      reason: 'test-value',
      note: 'Sandbox',
    }),
    verified: of({ kind: 'verified', at: later, holdUntil: later + 30 * 86_400_000 }),
    held: of({ kind: 'held', at: later }),
    closed: of({ kind: 'closed', why: 'dismissed', at: later }),
    mail: recipientPage({ ...recipientView(), mail: simulatedMail(words.language) }, words),
    problem: recipientPage(
      { ...recipientView(), problem: { answer: 'accept-risk', problem: 'date-outside' } },
      words,
    ),
    expired: expiredPage(house, words),
    digest: digestPage(digestView(), words),
    home: homePage(
      {
        ...operator,
        baseUrl: 'http://127.0.0.1:4400',
        organisation: 'Example Ltd',
        mode: { kind: 'shadow' },
        isEvaluation: true,
        isUnclaimed: true,
        counts,
        paths: { outbox: '/outbox', api: '/openapi.json' },
      },
      words,
    ),
    claim: claimPage(
      { host: operator.host, step: { kind: 'form', path: '/claim/x', nonce, hasAccounts: true } },
      words,
    ),
    claimed: claimPage(
      {
        host: operator.host,
        step: {
          kind: 'claimed',
          token: `fbl_live_${'example'.repeat(5)}`,
          expiresAt: later,
          timeZone: 'UTC',
        },
      },
      words,
    ),
    'sign-in': signInPage(
      {
        host: operator.host,
        nonce,
        next: '/',
        problem: 'failed',
        singleSignOn: 'Acme',
        hasAccounts: true,
        hasTokens: true,
      },
      words,
    ),
    'signed-out': signedOutPage(
      { host: operator.host, there: { url: 'https://login.example.com/end', name: 'Acme' } },
      words,
    ),
    factor: factorPage({ host: operator.host, nonce, account: 'a', next: '/', isWrong: true }, words),
    'factor-set-up': factorPage(
      {
        host: operator.host,
        nonce,
        account: 'a',
        next: '/',
        isWrong: false,
        offer: { text: 'MZXW 6YTB', sealed: 'x', picture: qrModules('otpauth://totp/Foldback:ana') },
      },
      words,
    ),
    'recovery-codes': recoveryCodesPage(
      { host: operator.host, next: '/', codes: ['abcd-efgh-ijkl-mnop-qrst-uvwx'] },
      words,
    ),
    account: accountPage(
      {
        host: operator.host,
        nonce,
        timeZone: 'UTC',
        own: { login: 'ana', factor: { madeAt: later, codesLeft: 8 } },
        news: 'weak',
      },
      words,
    ),
    check: checkPage(
      {
        ...house,
        result: { kind: 'known', code: 'LOOP-7F3K', sentAt: later, sender: 'feedback@example.com' },
      },
      words,
    ),
    'not-found': problemPage({ host: house.host, code: 'not-found', requestId: '01998c2e' }, words),
    outbox: outboxPage({ ...operator, items, older: '/outbox?before=1' }, words),
    sent: outboxMessagePage(
      {
        ...operator,
        listPath: '/outbox',
        recipient: 'Ana Sousa',
        address: 'ana@example.com',
        channel: 'outbox',
        state: 'accepted',
        at: later,
        message,
      },
      words,
    ),
  };
}
