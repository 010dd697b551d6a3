import { subjectOfEvent } from '../core/detection/subject.ts';
import type { Event } from '../core/event.ts';
import { judgeSubject, type PackBehaviour } from './pack-behaviour.ts';

export type Meaning = {
  readonly behaviour: string;
  readonly role: 'failed' | 'fixed' | 'opportunity' | 'related';
};

/**
 * What an event means to the behaviours. Only those whose detections can match the event's kind are asked; the list a
 * kind is kept, so that the cost grows with matches and not with behaviours × events.
 */
export function classifier(behaviours: Iterable<PackBehaviour>): (event: Event) => readonly Meaning[] {
  const all = [...behaviours];
  const byKind = new Map<string, readonly PackBehaviour[]>();
  return (event) => {
    let candidates = byKind.get(event.kind);
    if (candidates === undefined) {
      candidates = all.filter((pack) => concerns(pack, event.kind));
      byKind.set(event.kind, candidates);
    }
    const subject = subjectOfEvent(event);
    return candidates.flatMap((pack): readonly Meaning[] => {
      const behaviour = pack.behaviour.id;
      const verdict = judgeSubject(pack, subject);
      if (verdict !== 'nothing') return [{ behaviour, role: verdict }];
      return isRelated(pack, event) ? [{ behaviour, role: 'related' }] : [];
    });
  };
}

function concerns(pack: PackBehaviour, kind: string): boolean {
  const detections = [pack.failed, pack.opportunity, pack.fixed].filter((one) => one !== undefined);
  return (
    byFingerprint(pack) ||
    detections.some(
      ({ discriminators }) =>
        discriminators.length === 0 ||
        discriminators.some((one) => one.field !== 'event.kind' || one.value === kind),
    )
  );
}

/** A status or a location speaks of a case that is found by its fingerprints. */
function isRelated(pack: PackBehaviour, event: Event): boolean {
  const isAbout = event.kind === 'secret.status' || event.kind === 'secret.location';
  return isAbout && byFingerprint(pack) && event.fingerprints.length > 0;
}

function byFingerprint(pack: PackBehaviour): boolean {
  return pack.behaviour.keys.case === 'fingerprint';
}
