import type { Behaviour } from '../core/behaviour.ts';
import type { Event } from '../core/event.ts';
import type { Meaning } from '../core/meaning.ts';
import type { MarkRow } from '../ports/store.ts';
import type { Told } from './ingest.ts';
import { type Candidate, type Judged, judgeCandidate, keysForCandidate, type Marks } from './judge.ts';
import { caseKeyOf, marksOf } from './marks.ts';
import type { LoopParts } from './parts.ts';

type Parts = Pick<LoopParts, 'idOf' | 'behaviours' | 'trust' | 'correlated'>;

/** What an event says, by what it means. */
export type Telling = {
  readonly told: readonly Told[];
  readonly candidates: readonly Candidate[];
  readonly marks: readonly MarkRow[];
};

export function tell(parts: Parts, event: Event, meanings: readonly Meaning[]): Telling {
  const told: Told[] = [];
  const candidates: Candidate[] = [];
  const marks: MarkRow[] = [];
  for (const meaning of meanings) {
    const behaviour = parts.behaviours.get(meaning.behaviour);
    if (behaviour === undefined || meaning.role === 'opportunity') continue;
    const isByFingerprint = behaviour.keys.case === 'fingerprint';
    if (meaning.role === 'signal' && isByFingerprint) {
      told.push({ event, behaviour: behaviour.id, role: 'fixed', evidence: [], signal: meaning.name });
      continue;
    }
    marks.push(...marksOf(parts, behaviour, event, meaning));
    if (meaning.role === 'end') candidates.push({ event, meaning });
    else if (meaning.role === 'failed') {
      const { rules } = meaning;
      told.push(failing(parts, event, behaviour.id, rules === undefined ? undefined : { rules }));
    } else if (meaning.role === 'wanted') {
      told.push({
        event,
        behaviour: behaviour.id,
        role: 'wanted',
        evidence: [],
        ...ownKeys(parts, event, behaviour),
      });
    } else if (meaning.role === 'fixed' || meaning.role === 'related')
      told.push({ event, behaviour: behaviour.id, role: meaning.role, evidence: [] });
  }
  return { told, candidates, marks };
}

/** Deeds that do not stand, as failures. */
export function failingCandidates(
  parts: Parts,
  candidates: readonly Candidate[],
  marks: Marks,
): readonly Told[] {
  return candidates.flatMap((candidate) => {
    const judged = judgeCandidate(parts, candidate, marks);
    if (judged === undefined) return [];
    const { event, meaning } = candidate;
    return [{ ...failing(parts, event, meaning.behaviour, judged), candidate }];
  });
}

export function candidateKeys(parts: Parts, candidates: readonly Candidate[]): readonly string[] {
  return [...new Set(candidates.flatMap((candidate) => keysForCandidate(parts, candidate)))];
}

function failing(parts: Parts, event: Event, behaviourId: string, judged?: Judged): Told {
  const behaviour = parts.behaviours.get(behaviourId);
  const trust = parts.trust(event, behaviourId);
  return {
    event,
    behaviour: behaviourId,
    role: 'failed',
    evidence: [],
    ...(trust.outcome === 'trusted' ? {} : { trust }),
    ...(behaviour === undefined ? {} : ownKeys(parts, event, behaviour)),
    ...(judged === undefined ? {} : { judged }),
  };
}

/** The key of its case, unless fingerprints are. What has nothing of its key belongs to no other: a case of its own. */
function ownKeys(parts: Parts, event: Event, behaviour: Behaviour): Pick<Told, 'keys'> {
  if (behaviour.keys.case === 'fingerprint') return {};
  return { keys: [`${behaviour.id}:case:${caseKeyOf(parts, behaviour, event) ?? event.id}`] };
}
