import { failuresOf, goodOf, type SampleStratum } from '../../core/control/back-test.ts';
import type { BackTest, ControlPatch } from '../../core/control/control.ts';
import { nameIn } from '../../core/control/event-names.ts';
import { type Judged, type Matcher, matcherOf } from '../../core/control/matcher.ts';
import type { ControlTemplate } from '../../core/control/template.ts';
import type { Event } from '../../core/event.ts';
import { type LoopParts, loopPrincipal } from '../parts.ts';
import type { GoodActions } from './good-actions.ts';
import type { PolicyTrial, TrialRequest } from './parts.ts';

const decisionsMax = 10_000;

export type BackTestGiven = {
  readonly template: ControlTemplate;
  readonly patch: ControlPatch;
  readonly behaviour: string;
  /** Failures of the relapsed cases. */
  readonly failures: readonly Event[];
  readonly from: number;
  readonly to: number;
  readonly good: GoodActions;
};

/** Runs the control on what is kept. What it could not be run on is not known, and not claimed. */
export async function backTest(parts: LoopParts, given: BackTestGiven): Promise<BackTest> {
  const { template, patch, from, to } = given;
  const gaps: string[] = [];
  if (patch.files.length === 0) gaps.push('nothing-to-write');
  const judged =
    template.kind === 'cedar-policy' ? await byPolicy(parts, given, gaps) : await byMatcher(given, gaps);
  const failures = failuresOf(judged.failures);
  const good = goodOf(judged.good);
  if (failures.notKnown > 0) gaps.push('failures-without-facts');
  if (good.sampled === 0) gaps.push('no-sample');
  else if (good.stopped === undefined) gaps.push('sample-without-facts');
  return { failures, good, from, to, gaps };
}

type Runs = { readonly failures: readonly Judged[]; readonly good: readonly SampleStratum[] };

async function byMatcher(given: BackTestGiven, gaps: string[]): Promise<Runs> {
  const { template, patch, failures } = given;
  const matcher = matcherIn(template, patch);
  if (template.catches === undefined) gaps.push('not-evaluated');
  const strata = await given.good(template.good === 'unmatched' ? 'unmatched' : given.behaviour);
  return {
    failures: failures.map((event) => matcher.judge(event)),
    good: strata.map(({ total, events }) => ({ total, judged: events.map((event) => matcher.judge(event)) })),
  };
}

function matcherIn(template: ControlTemplate, patch: ControlPatch): Extract<Matcher, { kind: 'ok' }> {
  const nothing = { kind: 'ok', judge: (): Judged => 'not-known' } as const;
  if (patch.files.length === 0) return nothing;
  const matcher = matcherOf(template, patch.identifiers);
  return matcher.kind === 'ok' ? matcher : nothing;
}

/** Asks the proposed policy itself: about the failures as requests, and about what was decided. */
async function byPolicy(parts: LoopParts, given: BackTestGiven, gaps: string[]): Promise<Runs> {
  const { template, patch, failures, from } = given;
  const text = patch.files.find(({ path }) => path.endsWith('.cedar'))?.text;
  const requests = failures.map((event) => requestOf(template, event));
  const unknown: Runs = { failures: failures.map(() => 'not-known'), good: [] };
  if (text === undefined) return unknown;
  const recorded = await parts.store.read.decisions(loopPrincipal, { since: from, limit: decisionsMax });
  const asked = requests.filter((request) => request !== undefined);
  const trial = parts.controls.tryPolicy(addedText(text), asked, recorded);
  if (trial.kind === 'unsound') {
    gaps.push('policy-unsound');
    return unknown;
  }
  return { failures: judgedFailures(requests, trial), good: strataOfGrants(trial.grants) };
}

function judgedFailures(
  requests: readonly (TrialRequest | undefined)[],
  trial: Extract<PolicyTrial, { kind: 'ok' }>,
): readonly Judged[] {
  const answers = trial.forbidden.values();
  return requests.map((request) => {
    if (request === undefined) return 'not-known';
    return answers.next().value === true ? 'stops' : 'passes';
  });
}

/** Recorded decisions of one weight are a sample of as many as they stand for together. */
function strataOfGrants(grants: Extract<PolicyTrial, { kind: 'ok' }>['grants']): readonly SampleStratum[] {
  return [...Map.groupBy(grants, ({ weight }) => weight)].map(([weight, own]) => ({
    total: weight * own.length,
    judged: own.map(({ isStopped }) => (isStopped ? 'stops' : 'passes')),
  }));
}

/** The lines that a diff adds. */
function addedText(diff: string): string {
  return diff
    .split('\n')
    .filter((line) => line.startsWith('+') && !line.startsWith('+++ '))
    .map((line) => `${line.slice(1)}\n`)
    .join('');
}

function requestOf({ request, needs }: ControlTemplate, event: Event): TrialRequest | undefined {
  if (request === undefined || needs.length === 0) return undefined;
  const subject = nameIn(event, request.subject.id, undefined);
  const resource = nameIn(event, request.resource.id, undefined);
  if (subject === undefined || resource === undefined) return undefined;
  return {
    subject: { type: request.subject.type, id: subject },
    action: { name: request.action },
    resource: { type: request.resource.type, id: resource },
  };
}
