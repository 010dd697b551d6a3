import { z } from 'zod';

/**
 * The texts of the server-rendered pages, as they stand in `packs/messages/page.<language>.yaml`. Content, not code:
 * a page never holds a sentence of its own. A text may use only the slots named beside it, written `{slot}`.
 */
const text = (...slots: readonly string[]) =>
  z
    .string()
    .trim()
    .min(1)
    .max(320)
    .superRefine((value, context) => {
      for (const [, slot] of value.matchAll(/\{([^{}]*)\}/gu)) {
        if (slot !== undefined && slots.includes(slot)) continue;
        const offered = slots.length === 0 ? 'none' : slots.map((name) => `{${name}}`).join(', ');
        context.addIssue({
          code: 'custom',
          message: `{${slot}} is used but not offered here; offered: ${offered}`,
        });
      }
    });

/** One answer: what stands on its row or button, what it leads to, and what follows once it is recorded. */
const answer = { label: text(), hint: text('duty'), recorded: text('duty') };

const common = z.strictObject({
  caseCode: text('code'),
  from: text('sender'),
  /** Who speaks, as a reader knows them. */
  sender: text('organisation'),
  /** The duty role inside a sentence: `the security team`. */
  duty: text(),
  /** After a link that leaves this server. */
  leavesTo: text('host'),
  footer: text('host'),
});

const recipient = z.strictObject({
  facts: z.strictObject({
    when: text(),
    repository: text(),
    file: text(),
    fileLine: text('file', 'line'),
    commit: text(),
    branch: text(),
    identity: text(),
  }),
  now: z.strictObject({
    active: text(),
    activeChecked: text('time'),
    inactive: text(),
    inactiveChecked: text('time'),
    unknown: text(),
  }),
  step: z.strictObject({ heading: text(), minutes: text('minutes'), again: text() }),
  answers: z.strictObject({
    heading: text(),
    change: text(),
    send: text(),
    optional: text(),
    done: z.strictObject({ label: text(), recorded: text('duty') }),
    needHelp: z.strictObject({ ...answer, field: text() }),
    notMe: z.strictObject({ ...answer, send: text() }),
    notMine: z.strictObject({ ...answer, field: text(), recordedNamed: text('person', 'duty') }),
    wrong: z.strictObject({
      ...answer,
      question: text(),
      testValue: text(),
      notASecret: text(),
      other: text(),
      field: text(),
    }),
    acceptRisk: z.strictObject({
      ...answer,
      field: text('date'),
      why: text(),
      recordedUntil: text('date', 'duty'),
    }),
    snooze: z.strictObject({ label: text(), hint: text(), question: text(), send: text() }),
  }),
  problems: z.strictObject({
    unclear: text(),
    reasonMissing: text(),
    dateMissing: text(),
    dateOutside: text('first', 'last'),
    pageTooOld: text(),
    signInFirst: text(),
    cannotWait: text(),
    waitedTooLong: text(),
  }),
  status: z.strictObject({
    answered: text('answer', 'time'),
    disproved: text('time'),
    snoozed: text('time'),
    snoozedNext: text(),
    verified: text(),
    verifiedNext: text('date'),
    verifiedEnd: text(),
    held: text(),
    heldNext: text('date'),
    closed: text(),
    dismissed: text(),
    accepted: text('date'),
    incident: text('duty'),
    reassigned: text(),
    merged: text(),
    unprovable: text(),
    orphaned: text('duty'),
  }),
  evidence: z.strictObject({
    heading: text(),
    masked: text(),
    secret: text(),
    source: text(),
    seen: text(),
    times: text('count'),
  }),
  learn: z.strictObject({ consequence: text(), clue: text() }),
  sees: z.strictObject({
    heading: text(),
    now: text('who'),
    later: text('who', 'time'),
    you: text('duty'),
    manager: text(),
    team: text(),
    keptUntil: text('date'),
    noPersonnelRecord: text(),
  }),
  genuine: z.strictObject({
    link: text(),
    heading: text(),
    howTo: text('address', 'code'),
    neverAsks: text(),
    contact: text('duty'),
    frameworks: text('list'),
  }),
  digest: z.strictObject({
    title: text('count'),
    intro: text(),
    answerThis: text(),
    choose: text(),
    open: text(),
    more: text('count'),
    note: text(),
  }),
  expired: z.strictObject({ title: text(), text: text(), next: text('address') }),
});

const check = z.strictObject({
  title: text(),
  intro: text(),
  field: text(),
  send: text(),
  known: text('code', 'time', 'sender'),
  knownNext: text(),
  unknown: text('code'),
  unknownNext: text('duty'),
});

const problem = z.strictObject({
  heading: text(),
  notFound: text(),
  notAllowed: text(),
  tooMany: text(),
  notUnderstood: text(),
  noLonger: text(),
  ours: text(),
  reference: text('id'),
  status: text('status'),
});

const claim = z.strictObject({
  title: text(),
  intro: text(),
  field: text(),
  accountIntro: text(),
  badLogin: text(),
  send: text(),
  doneTitle: text(),
  once: text(),
  token: text(),
  expires: text('date'),
  use: text(),
  usedTitle: text(),
  used: text(),
  home: text(),
});

/** Where a local account gets its password. */
const password = z.strictObject({
  title: text(),
  intro: text('name'),
  field: text(),
  send: text(),
  weak: text(),
  done: text(),
});

/** The second step of a sign-in with a password. */
const factor = z.strictObject({
  title: text(),
  intro: text(),
  setUpTitle: text(),
  setUpIntro: text(),
  picture: text(),
  key: text(),
  field: text(),
  send: text(),
  wrong: text(),
  codesTitle: text(),
  codesIntro: text(),
});

/** What somebody with a password does about it by themselves. */
const account = z.strictObject({
  title: text(),
  name: text('name'),
  elsewhere: text(),
  passwordHeading: text(),
  old: text(),
  new: text(),
  change: text(),
  changed: text(),
  wrong: text(),
  factorHeading: text(),
  none: text(),
  since: text('date', 'count'),
  setUp: text(),
  replace: text(),
  code: text(),
});

const signIn = z.strictObject({
  title: text(),
  single: text('name'),
  failed: text(),
  done: text(),
  goOn: text(),
  out: text(),
  outThere: text('name'),
  withPassword: text(),
  account: text(),
  intro: text(),
  field: text(),
  send: text(),
  wrong: text(),
  how: text(),
});

/** What an operator sends to themselves to see whether a channel works. */
const testMessage = z.strictObject({
  subject: text(),
  happened: text('organisation', 'channel'),
  step: text(),
  footer: text(),
});

/** Said to whoever pressed a button in a message, and to nobody else. */
const press = z.strictObject({
  recorded: text('answer'),
  stranger: text(),
  onPage: text(),
  signInFirst: text(),
  snoozeLabel: text(),
  snoozed: text('time'),
  cannotWait: text(),
  failed: text(),
});

/** Stands in every message that leaves, in every channel: how its reader finds out, without its links, that it is ours. */
const authentic = z.strictObject({ howToCheck: text('host', 'code') });

const home = z.strictObject({
  title: text(),
  signedIn: text('name'),
  signIn: text(),
  signOut: text(),
  account: text(),
  mode: z.strictObject({
    live: text(),
    shadow: text(),
    paused: text(),
    pausedUntil: text('time'),
    demonstration: text(),
  }),
  evaluation: text(),
  unclaimed: text(),
  counts: z.strictObject({
    heading: text(),
    events: text(),
    backlog: text(),
    triage: text(),
    open: text(),
    verified: text(),
    held: text(),
    waiting: text(),
    uncertain: text(),
  }),
  first: z.strictObject({ heading: text(), try: text(), import: text(), release: text(), post: text() }),
  links: z.strictObject({
    heading: text(),
    console: text(),
    outbox: text(),
    check: text(),
    api: text(),
    health: text(),
  }),
});

const outbox = z.strictObject({
  title: text(),
  intro: text(),
  empty: text(),
  states: z.strictObject({
    waiting: text(),
    sending: text(),
    accepted: text(),
    retry: text(),
    uncertain: text(),
    refused: text(),
    bounced: text(),
    withheld: text(),
    dead: text(),
  }),
  older: text(),
  back: text(),
  to: text('name'),
  via: text('channel'),
  reply: text(),
  words: text('version'),
});

/** What a person sees of what is held about them, and how they get there. */
const held = z.strictObject({
  title: text(),
  intro: text(),
  field: text(),
  send: text(),
  sent: text(),
  mail: z.strictObject({
    subject: text(),
    happened: text('organisation'),
    step: text(),
    button: text(),
    footer: text(),
  }),
  open: z.strictObject({ title: text(), intro: text(), button: text() }),
  used: z.strictObject({ title: text(), text: text() }),
  about: text('name'),
  noScore: text(),
  none: text(),
  latest: text('shown', 'count'),
  why: text(),
  kept: text('days'),
  keptOpen: text(),
  classes: z.strictObject({
    directory: z.strictObject({ title: text(), purpose: text() }),
    cases: z.strictObject({ title: text(), purpose: text() }),
    reports: z.strictObject({ title: text(), purpose: text() }),
    messages: z.strictObject({ title: text(), purpose: text() }),
    replies: z.strictObject({ title: text(), purpose: text() }),
    learnt: z.strictObject({ title: text(), purpose: text() }),
    denials: z.strictObject({ title: text(), purpose: text() }),
  }),
  download: text(),
  contest: z.strictObject({ heading: text(), how: text('duty'), rights: text() }),
  link: text(),
});

export const pageWordsSchema = z.strictObject({
  /** BCP 47. */
  language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/u),
  direction: z.enum(['ltr', 'rtl']).default('ltr'),
  version: z.int().min(1),
  reviewedBy: z.string().min(1),
  reviewedOn: z.iso.date(),
  common,
  recipient,
  check,
  problem,
  claim,
  signIn,
  password,
  factor,
  account,
  testMessage,
  press,
  authentic,
  home,
  outbox,
  held,
});
export type PageWords = z.infer<typeof pageWordsSchema>;
