import { type Subject, subjectOfEvent } from '../core/detection/subject.ts';
import type { Event } from '../core/event.ts';
import type { CorrelatedHit, Meaning, RuleCredit } from '../core/meaning.ts';
import { hitsOf } from '../core/rules/correlated.ts';
import type { Correlation } from '../core/rules/correlation.ts';
import type { Rule } from '../core/rules/rule.ts';
import type { PackBehaviour } from './pack-behaviour.ts';

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
    if (candidates.length === 0) return [];
    const subject = subjectOfEvent(event);
    return candidates.flatMap((pack) => meaningsOf(pack, event, subject));
  };
}

function meaningsOf(pack: PackBehaviour, event: Event, subject: Subject): readonly Meaning[] {
  const behaviour = pack.behaviour.id;
  const found: Meaning[] = [];
  const hasFailed = pack.failed.test(subject);
  if (hasFailed) found.push({ behaviour, role: 'failed', ...creditsOf(pack, subject) });
  else {
    const hits = correlatedHits(pack, subject);
    const by = [
      ...(pack.end?.test(subject) === true ? (['path'] as const) : []),
      ...(pack.usual?.test(subject) === true ? (['baseline'] as const) : []),
      ...(hits.length > 0 ? (['correlation'] as const) : []),
    ];
    if (by.length > 0) found.push({ behaviour, role: 'end', by, ...(hits.length > 0 ? { hits } : {}) });
  }
  for (const { name, detection } of pack.steps)
    if (detection.test(subject)) found.push({ behaviour, role: 'step', name });
  for (const { name, detection } of pack.signals)
    if (detection.test(subject)) found.push({ behaviour, role: 'signal', name });
  if (!hasFailed && pack.opportunity?.test(subject) === true) found.push({ behaviour, role: 'opportunity' });
  if (!hasFailed && pack.fixed?.test(subject) === true)
    found.push(
      byFingerprint(pack) ? { behaviour, role: 'fixed' } : { behaviour, role: 'signal', name: 'fixed' },
    );
  if (!hasFailed && pack.wanted?.test(subject) === true) found.push({ behaviour, role: 'wanted' });
  if (found.length === 0 && isRelated(pack, event)) found.push({ behaviour, role: 'related' });
  return found;
}

function creditsOf(pack: PackBehaviour, subject: Subject): { readonly rules?: readonly RuleCredit[] } {
  const rules = pack.failed.rulesOf(subject);
  return rules.length === 0 ? {} : { rules: rules.map(creditOf) };
}

export function creditOf({ title, author, license }: Rule | Correlation): RuleCredit {
  return {
    title,
    ...(author === undefined ? {} : { author }),
    ...(license === undefined ? {} : { license }),
  };
}

function correlatedHits({ failed }: PackBehaviour, subject: Subject): readonly CorrelatedHit[] {
  return failed.correlated.flatMap((one) =>
    hitsOf(one, subject).map((hit) => ({ ...hit, correlation: correlationName(one.correlation) })),
  );
}

export function correlationName({ id, name, title }: Correlation): string {
  return id ?? name ?? title;
}

function concerns(pack: PackBehaviour, kind: string): boolean {
  const detections = [
    pack.failed,
    pack.opportunity,
    pack.fixed,
    pack.end,
    pack.usual,
    pack.wanted,
    ...[...pack.steps, ...pack.signals].map(({ detection }) => detection),
  ].filter((one) => one !== undefined);
  return (
    byFingerprint(pack) ||
    pack.failed.correlated.length > 0 ||
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
