import { ownerId } from './assemble.ts';
import type { Actor, Identity } from './core/event.ts';
import { trustOf } from './core/loop/waiting.ts';
import { type Answer, type Moment, plainText } from './core/message.ts';
import type { Evidence, OwnerRef } from './core/owner.ts';
import { rankOwners } from './core/rank-owners.ts';
import { wordCount } from './core/readability.ts';
import { type Resolution, resolveOwner } from './core/resolve-owner.ts';
import { decidingEvidence, type LoopParts, ownerView } from './loop/parts.ts';
import { standing } from './loop/settle.ts';
import type { FrameworkReference } from './packs/framework-file.ts';
import type { Packs } from './packs/load.ts';
import type { Recipient } from './ports/channel.ts';
import type { People } from './ports/owner-directory.ts';
import type { LoopRow } from './ports/store.ts';

/** One message that would be said: the shape that `try --json` prints. What is not known is null. */
export type Said = {
  readonly behaviour: string;
  readonly loop: string;
  readonly actor: { readonly type: Actor['type']; readonly name: string | null };
  readonly identity: { readonly type: string; readonly id: string } | null;
  readonly owner: {
    readonly kind: 'person' | 'team' | 'unknown';
    readonly name: string | null;
    readonly email: string | null;
    /** 0 to 1. */
    readonly confidence: number;
    readonly evidence: readonly SaidEvidence[];
    /** For an unknown owner: whom most speaks for, and too little. */
    readonly closest?: {
      readonly name: string | null;
      readonly confidence: number;
      readonly evidence: readonly SaidEvidence[];
    };
  };
  readonly where: {
    readonly repository: string | null;
    readonly commit: string | null;
    readonly file: string | null;
    readonly line: number | null;
  };
  readonly trust: 'trusted' | 'unknown' | 'untrusted';
  /** Different sightings of this case. */
  readonly events: number;
  readonly message: {
    readonly moment: Moment;
    /** Whom it would go to. */
    readonly to: string;
    readonly subject: string;
    readonly text: string;
    readonly words: number;
    readonly answers: readonly Answer[];
  };
  readonly frameworks: readonly FrameworkReference[];
};

type SaidEvidence = Pick<Evidence, 'kind' | 'detail' | 'weight'>;

export type Voice = {
  readonly parts: LoopParts;
  readonly packs: Packs;
  /** Undefined without a directory of people: then strangers may be owners. */
  readonly people: People | undefined;
  readonly ownerThreshold: number;
  readonly now: number;
};

/** What would be said of a loop once it is released; `message` is undefined when nothing would. */
export type Saying = { readonly owner: Resolution['kind']; readonly said: Said | undefined };

export function sayingOf(row: LoopRow, voice: Voice): Saying {
  const { parts, people, now } = voice;
  const candidates = rankOwners(decidingEvidence(row.facts), { people, weights: parts.ownerWeights });
  const resolution = resolveOwner(candidates, { people, threshold: voice.ownerThreshold });
  const owned = withOwner(row, resolution, parts);
  const behaviour = parts.behaviours.get(row.behaviour);
  if (behaviour === undefined) return { owner: resolution.kind, said: undefined };
  const { wants } = standing(parts, behaviour, owned.facts, owned.owner, owned.repository, now);
  const [want] = wants;
  const known = want === undefined ? undefined : parts.recipient(want.to);
  const recipient = known === undefined ? undefined : named(known, resolution);
  if (want === undefined || recipient === undefined) return { owner: resolution.kind, said: undefined };
  const message = parts.render({
    message: row.id,
    moment: want.moment,
    behaviour: row.behaviour,
    recipient,
    loops: [owned],
    ...(want.standInFor === undefined ? {} : { standInFor: want.standInFor }),
    at: now,
  });
  const text = plainText(message);
  const { facts } = owned;
  const first = facts.kept[0];
  const where = first?.where ?? {};
  return {
    owner: resolution.kind,
    said: {
      behaviour: row.behaviour,
      loop: row.caseCode,
      actor: { type: first?.actor.type ?? 'unknown', name: nameOfActor(first?.actor) },
      identity: identityOf(facts.identity),
      owner: ownerOf(resolution, people),
      where: {
        repository: where.repository ?? null,
        commit: where.commit ?? null,
        file: where.file ?? null,
        line: where.line ?? null,
      },
      trust: trustOf(facts),
      events: facts.sightings,
      message: {
        moment: message.moment,
        to: recipient.name,
        subject: message.subject,
        text,
        words: wordCount(text),
        answers: message.answers,
      },
      frameworks: voice.packs.behaviours.get(row.behaviour)?.frameworks ?? [],
    },
  };
}

function nameOfActor(actor: Actor | undefined): string | null {
  return actor?.name ?? actor?.email ?? actor?.account?.name ?? actor?.id ?? null;
}

/** A stranger is known by the name in the commit; the product's own list of people knows no more than the address. */
function named(recipient: Recipient, resolution: Resolution): Recipient {
  if (resolution.kind === 'unknown' || resolution.owner.kind !== 'stranger') return recipient;
  const { name } = resolution.owner;
  return name === undefined || recipient.kind !== 'person' ? recipient : { ...recipient, name };
}

/** The row as it would stand in the store, released. */
function withOwner(row: LoopRow, resolution: Resolution, parts: LoopParts): LoopRow {
  const { facts } = row;
  const id = resolution.kind === 'unknown' ? undefined : ownerId(resolution.owner);
  const owner: LoopRow['owner'] =
    id === undefined
      ? { kind: 'unknown', confidence: 0 }
      : { kind: resolution.kind, id, confidence: resolution.confidence };
  const repository = facts.kept.find((sighting) => sighting.where.repository !== undefined)?.where.repository;
  const team = ownerView(parts, owner, repository).team?.id;
  return {
    ...row,
    isStub: false,
    owner,
    ...(team === undefined ? {} : { team }),
    ...(repository === undefined ? {} : { repository }),
    facts: { ...facts, releasedAt: row.updatedAt },
  };
}

function ownerOf(resolution: Resolution, people: People | undefined): Said['owner'] {
  const { kind, confidence, evidence, runnerUp } = resolution;
  if (kind !== 'unknown') {
    const { name, email } = namesOf(resolution.owner, people);
    return { kind, name, email, confidence, evidence: evidence.map(evidenceOf) };
  }
  const nobody = { kind, name: null, email: null, confidence, evidence: [] } as const;
  if (runnerUp === undefined) return nobody;
  const closest = {
    name: namesOf(runnerUp.owner, people).name,
    confidence: runnerUp.confidence,
    evidence: runnerUp.evidence.map(evidenceOf),
  };
  return { ...nobody, closest };
}

function namesOf(owner: OwnerRef, people: People | undefined): { name: string | null; email: string | null } {
  switch (owner.kind) {
    case 'person': {
      const person = people?.person(owner.id);
      return { name: person?.name ?? owner.id, email: person?.emails[0] ?? null };
    }
    case 'team': {
      const team = people?.team(owner.id);
      return { name: team?.name ?? owner.id, email: team?.email ?? null };
    }
    case 'stranger':
      return { name: owner.name ?? owner.account?.name ?? owner.email ?? null, email: owner.email ?? null };
  }
}

function evidenceOf({ kind, detail, weight }: Evidence): SaidEvidence {
  return { kind, detail, weight };
}

function identityOf(identity: Identity | undefined): Said['identity'] {
  return identity === undefined ? null : { type: identity.type, id: identity.id };
}
