import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPacks, type Packs } from '../../src/packs/load.ts';
import { shippedPacksDir } from '../../src/packs/pack-folder.ts';

/** The shipped packs with further behaviours, whose words are those of a leaked key, and Sigma documents. */
export function packsWith(
  behaviours: Readonly<Record<string, string>>,
  rules: Readonly<Record<string, string>> = {},
): Packs {
  const dir = mkdtempSync(join(tmpdir(), 'foldback-packs-'));
  try {
    cpSync(shippedPacksDir(), dir, { recursive: true });
    for (const [id, yaml] of Object.entries(behaviours)) {
      writeFileSync(join(dir, 'behaviours', `${id}.yaml`), yaml);
      cpSync(join(dir, 'messages', 'secret-in-repository'), join(dir, 'messages', id), { recursive: true });
    }
    mkdirSync(join(dir, 'rules'), { recursive: true });
    for (const [name, yaml] of Object.entries(rules)) writeFileSync(join(dir, 'rules', name), yaml);
    const loaded = loadPacks(dir);
    if (loaded.kind === 'error') throw new Error(JSON.stringify(loaded.problems, undefined, 1));
    return loaded.packs;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Tokens for a deployment: reviewed by somebody else than the proposer, then let through a gate. */
export const deployToken = `
id: deploy-token
version: 1
title: A token was issued beside the approved path
summary: A deployment token was issued although a step of the approved path was missing.
severity: high
detection:
  failed:
    byHand: { event.kind: credential.created }
    condition: byHand
  opportunity:
    asked: { event.kind: token.issued }
    condition: asked
signals:
  restored:
    again: { event.kind: credential.removed }
    condition: again
path:
  join: [run, commit, ticket]
  grace: 10m
  end:
    asked: { event.kind: token.issued, event.resource.type: environment }
    condition: asked
  steps:
    - { id: proposed, optional: true, detection: { one: { event.kind: change.proposed }, condition: one } }
    - { id: reviewed, actorNot: proposed, detection: { one: { event.kind: change.reviewed, event.outcome: success }, condition: one } }
    - { id: merged, optional: true, detection: { one: { event.kind: change.merged }, condition: one } }
    - { id: gate, detection: { one: { event.kind: gate.passed }, condition: one } }
baseline:
  of:
    asked: { event.kind: token.issued, event.resource.type: role }
    condition: asked
  weights: { resource: 2, network: 1, hour: 1 }
  unusualAt: 2
  learning: 30d
keys: { case: identity+resource, fix: identity, habit: workload }
proof: { observed: [attested], verified: [restored], unprovableAfter: 30d }
hold: { window: 30d }
relapse: { window: 90d }
ladder:
  - { moment: reminder, after: 2wd, to: owner }
answers: [done, need-help, not-me, not-mine, wrong]
mapping:
  - { framework: OWASP-NHI, edition: "2025", id: NHI5 }
learnMore: { label: OWASP on non-human identities, url: "https://owasp.org/www-project-non-human-identities-top-10/" }
reviewedBy: test
reviewedOn: 2026-11-23
examples:
  - { name: a key by hand, event: { kind: credential.created }, expect: failed }
  - { name: a token, event: { kind: token.issued, resource: { type: environment, id: prod } }, expect: end }
`;

/** Somebody is refused again and again within ten minutes. */
export const manyRefusals = `
id: many-refusals
version: 1
title: Somebody was refused again and again
summary: Three refusals of one person within ten minutes.
severity: low
detection:
  failed:
    rules: [refused-often]
keys: { case: actor, habit: person }
proof: { observed: [attested], verified: [attested], unprovableAfter: 30d }
hold: { window: 30d }
relapse: { window: 90d }
ladder:
  - { moment: reminder, after: 2wd, to: owner }
answers: [done, need-help, not-me, not-mine, wrong]
mapping:
  - { framework: OWASP-NHI, edition: "2025", id: NHI5 }
learnMore: { label: OWASP on non-human identities, url: "https://owasp.org/www-project-non-human-identities-top-10/" }
reviewedBy: test
reviewedOn: 2026-11-23
examples:
  - { name: one refusal is held against those before, event: { source: okta, record: { eventType: policy.denied, who: ana } }, expect: end }
  - { name: another event, event: { source: okta, record: { eventType: policy.allowed } }, expect: nothing }
`;

export const refusalRules = {
  'refused.yml': `
title: A request was refused
name: refused
author: Ana Rule
license: DRL 1.1
logsource: { product: okta, service: okta }
detection:
  denied: { eventType: policy.denied }
  condition: denied
`,
  'refused-often.yml': `
title: Refused again and again
name: refused-often
author: Bea Correlation
correlation:
  type: event_count
  rules: [refused]
  group-by: [who]
  timespan: 10m
  condition: { gte: 3 }
`,
};
