import type { SubjectType } from '../../access/principal.ts';
import type { Json } from '../../core/event.ts';
import type { Decision } from '../../policy/decision.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import type { PolicyRequest } from '../../policy/request.ts';
import { seenRequest } from '../../policy/seen-request.ts';
import type { CounterRow, DecisionRow } from '../../ports/store.ts';
import { policySource } from './attempt-events.ts';
import { subjectTypeOf } from './subject-actor.ts';

/** One grant of this many is kept in the log, with its weight. Every denial is. */
export const grantsPerSample = 100;
/** Decisions that wait to be written; what comes above is counted and not kept. */
export const waitingDecisionsMax = 5_000;

/** What is held in memory until it is written, once a second: a process that is killed loses that second of it. */
export type DecisionLog = {
  note(noted: Noted): void;
  /** What has gathered; the caller writes it. */
  take(): Gathered;
};

export type Noted = {
  readonly at: number;
  readonly request: PolicyRequest;
  readonly decision: Decision;
  readonly set: PolicySet;
  readonly by: string;
  readonly exceptions?: readonly string[];
  /** Whether a grant is counted as a chance that was taken. */
  readonly isChance: boolean;
};

export type Gathered = {
  readonly decisions: readonly DecisionRow[];
  readonly counters: readonly CounterRow[];
  /** Decisions that were not kept, because too many waited. */
  readonly dropped: number;
};

type Grants = {
  readonly behaviour: string;
  readonly day: string;
  readonly kind: SubjectType;
  n: number;
};

export function createDecisionLog(randomId: () => string): DecisionLog {
  let decisions: DecisionRow[] = [];
  let grants = new Map<string, Grants>();
  let dropped = 0;
  let sinceSample = 0;
  const countGrant = ({ request, set, at }: Noted): void => {
    const day = new Date(at).toISOString().slice(0, 10);
    const kind = subjectTypeOf(request.subject.type);
    for (const behaviour of set.opportunities(request)) {
      const key = `${behaviour} ${day} ${kind}`;
      const counted = grants.get(key);
      if (counted !== undefined) counted.n += 1;
      else grants.set(key, { behaviour, day, kind, n: 1 });
    }
  };
  return {
    note: (noted) => {
      const { decision, request, set, at, by, isChance, exceptions } = noted;
      let weight = 1;
      if (decision.decision) {
        if (isChance) countGrant(noted);
        sinceSample += 1;
        if (sinceSample < grantsPerSample) return;
        weight = sinceSample;
        sinceSample = 0;
      }
      if (decisions.length >= waitingDecisionsMax) {
        dropped += 1;
        return;
      }
      const rule = decision.rules[0];
      const detail = decision.detail === undefined ? {} : { detail: decision.detail };
      const kept: unknown = { request: seenRequest(request, set.shape), by, exceptions, ...detail };
      decisions.push({
        id: randomId(),
        at,
        outcome: decision.outcome,
        ...(rule === undefined ? {} : { rule }),
        weight,
        version: set.version,
        body: asJson(kept),
      });
    },
    take: () => {
      const gathered: Gathered = {
        decisions,
        counters: [...grants.values()].map(({ behaviour, day, kind, n }) => ({
          name: 'opportunity',
          behaviour,
          source: policySource,
          day,
          scope: '',
          n,
          kind,
        })),
        dropped,
      };
      decisions = [];
      grants = new Map();
      dropped = 0;
      return gathered;
    },
  };
}

function asJson(value: unknown): Json {
  const json: Json = JSON.parse(JSON.stringify(value));
  return json;
}
