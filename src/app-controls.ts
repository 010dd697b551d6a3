import { z } from 'zod';
import type { ControlParts, TrialRequest } from './loop/controls/parts.ts';
import { contentVersion, loadPolicyFiles } from './packs/policy-files.ts';
import { problemText } from './packs/problem.ts';
import { openPolicies } from './policy/policy-set.ts';
import { type RecordedDecision, replay } from './policy/replay.ts';
import type { DecisionRow } from './ports/store.ts';

/** What the log keeps of a request. */
const entity = z.looseObject({
  type: z.string(),
  id: z.string(),
  properties: z.record(z.string(), z.unknown()).exactOptional(),
});
const kept = z.looseObject({
  request: z.looseObject({
    subject: entity,
    action: z.looseObject({
      name: z.string(),
      properties: z.record(z.string(), z.unknown()).exactOptional(),
    }),
    resource: entity,
    context: z.record(z.string(), z.unknown()).exactOptional(),
  }),
  exceptions: z.array(z.string()).exactOptional(),
});

/** Asks a proposed policy, together with those of the folder: about requests, and about what was let through before. */
export function policyTrial(dir: string): ControlParts['tryPolicy'] {
  return (text, requests, recorded) => {
    const { content, problems } = loadPolicyFiles(dir);
    const [first] = problems;
    if (first !== undefined) return { kind: 'unsound', reason: problemText(first) };
    const proposed = {
      ...content,
      policies: [...content.policies, { file: 'policies/proposed.cedar', text }],
    };
    const opened = openPolicies(proposed, contentVersion(proposed));
    if (opened.kind === 'error') {
      const [problem] = opened.problems;
      return { kind: 'unsound', reason: problem === undefined ? '' : problemText(problem) };
    }
    const { set } = opened;
    try {
      return {
        kind: 'ok',
        forbidden: requests.map((request: TrialRequest) => !set.decide(request).decision),
        grants: recorded.flatMap((row) => {
          const decision = row.outcome === 'permitted' ? recordedOf(row) : undefined;
          if (decision === undefined) return [];
          const { differences } = replay(set, [decision]);
          return [{ weight: row.weight, isStopped: differences.some(({ kind }) => kind === 'closes') }];
        }),
      };
    } finally {
      set.close();
    }
  };
}

function recordedOf(row: DecisionRow): RecordedDecision | undefined {
  const body = kept.safeParse(row.body);
  if (!body.success) return undefined;
  const { request, exceptions } = body.data;
  const { at, outcome, rule, weight } = row;
  return { at: new Date(at).toISOString(), outcome, rule, weight, request, exceptions };
}
