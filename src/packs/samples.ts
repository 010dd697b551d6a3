import type { Template } from '../core/message-template.ts';
import { type CaseValues, choices, type MessageValues } from '../core/placeholders.ts';

/** Invented values for the lint and the preview. Instants are fixed, so that a preview changes only with its words. */
const at = {
  occurred: Date.UTC(2026, 10, 20, 15, 2),
  checked: Date.UTC(2026, 10, 23, 9, 12),
  told: Date.UTC(2026, 10, 20, 15, 4),
  due: Date.UTC(2026, 10, 30, 9, 0),
  previous: Date.UTC(2026, 8, 1, 10, 0),
};

const fullCase: CaseValues = {
  repository: 'acme/shop-api',
  file: 'src/pay.ts',
  line: 12,
  commit: '4f2c1ab9d0e17c55aa0b6a4f5dd6e8f1c2b3a495',
  branch: 'main',
  provider: 'stripe',
  lastFour: '9Qx2',
  validity: 'active',
  occurredAt: at.occurred,
  checkedAt: at.checked,
  caseCode: 'LOOP-7F3K',
  identity: 'ci-deploy',
  resource: { type: 'role', id: 'prod-deploy' },
  deed: 'AssumeRole',
  outcome: 'success',
  rule: 'main',
  campaign: 'autumn-2',
  address: '192.0.2.14',
  agent: 'invoice-helper',
  workload: 'ci-deploy',
};

/** Everything that a source may know. */
export const fullSample: MessageValues = {
  ...fullCase,
  recipientName: 'Ana Souza',
  timeZone: 'Europe/Lisbon',
  replyUrl: 'https://feedback.example.com/r/3q8dJx0vQ1mZ5tYb7LcW2A',
  seenBy: { who: 'manager', name: 'Tom Reyes', at: at.due },
  dueAt: at.due,
  ownerName: 'Ines Costa',
  ownerTeam: 'Payments',
  toldAt: at.told,
  relapseNumber: 2,
  previousAt: at.previous,
  holdDays: 30,
  handover: 'not-mine',
  closedBecause: 'held',
  verifiedBy: 'inactive',
  answer: 'done',
};

/** What an identity used until then. */
const usual = {
  resource: ['staging-deploy', 'test-deploy', 'report-reader'],
  network: ['192.0.0.0/16', 'lambda.example.com'],
  hour: ['4–8 UTC', '8–12 UTC', '12–16 UTC'],
} as const;

/** The least: captured by hand, nobody knows where. */
export const sparseSample: MessageValues = { validity: 'unknown', caseCode: 'LOOP-2M9C' };

/** What somebody may write into a file name or a branch, so that it comes to life in a channel. */
export const hostileSample: MessageValues = {
  ...fullSample,
  repository: 'acme/<img src=x onerror=alert(1)>',
  file: '](javascript:alert(1)) <!channel> @everyone\u202egnp.exe',
  branch: '<at>all</at> https://evil.example/login',
  identity: '<https://evil.example|ci-deploy>',
  resource: { type: 'role', id: '=HYPERLINK("https://evil.example")' },
  rule: '**[pay](https://evil.example)**',
  campaign: '</p><script>alert(1)</script>',
  agent: '@here\r\nBcc: eve@evil.example',
  recipientName: '<script>alert(1)</script>',
  ownerName: '![x](https://evil.example/x.png)',
};

/** Values under which a message is rendered for the lint: every provider, validity and option, full and sparse. */
export function samplesFor(template: Template): readonly MessageValues[] {
  const samples: MessageValues[] = [fullSample, sparseSample];
  for (const provider of template.words.providers.keys()) {
    for (const validity of choices.validity) {
      samples.push({ ...fullSample, provider, validity }, { ...sparseSample, provider, validity });
    }
  }
  for (const who of choices.seenBy) {
    samples.push(
      { ...fullSample, seenBy: { who, name: 'Tom Reyes', at: at.due } },
      { ...fullSample, seenBy: { who } },
    );
  }
  for (const handover of choices.handover) samples.push({ ...fullSample, handover });
  for (const closedBecause of choices.closedBecause) samples.push({ ...fullSample, closedBecause });
  for (const verifiedBy of choices.verifiedBy) samples.push({ ...fullSample, verifiedBy });
  for (const how of choices.broken) {
    for (const step of template.words.pathSteps.keys()) {
      if (how !== 'none')
        samples.push({ ...fullSample, broken: { step, how } }, { ...sparseSample, broken: { step, how } });
    }
  }
  for (const what of choices.unusual) {
    if (what === 'none') continue;
    for (const known of [usual[what], usual[what].slice(0, 1), []])
      samples.push(
        { ...fullSample, unusual: { what, known } },
        { ...sparseSample, unusual: { what, known } },
      );
  }
  for (const type of template.words.resourceTypes.keys())
    samples.push({ ...fullSample, resource: { type, id: 'prod-deploy' } });
  for (const outcome of choices.outcome) {
    if (outcome !== 'unknown') samples.push({ ...fullSample, outcome }, { ...sparseSample, outcome });
  }
  for (const stands of choices.stands) samples.push({ ...fullSample, stands }, { ...sparseSample, stands });
  for (const answer of choices.answer) {
    if (answer !== 'other') samples.push({ ...fullSample, answer });
  }
  return template.moment === 'digest' ? samples.map(digestOf) : samples;
}

/** The same values for a message that speaks of several loops. */
export function digestOf(values: MessageValues): MessageValues {
  const isSparse = values.repository === undefined;
  const base: CaseValues = isSparse ? sparseSample : fullCase;
  const { provider = 'generic', validity } = values;
  const items = ['LOOP-7F3K', 'LOOP-8A2P', 'LOOP-9T5W'].map((caseCode) => ({
    ...base,
    caseCode,
    provider,
    validity,
  }));
  return { ...values, items, count: isSparse ? items.length : 14 };
}
