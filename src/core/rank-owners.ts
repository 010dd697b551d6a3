import type { Candidate, Evidence, OwnerRef } from './owner.ts';
import type { KindWeight, OwnerWeights } from './owner-weights.ts';
import { type KnownPeople, type Settled, settle, strangerAliases } from './settle-owner-ref.ts';

export type RankOptions = {
  /** Undefined when no directory of people is configured: then strangers may be owners. */
  readonly people?: KnownPeople | undefined;
  readonly weights: OwnerWeights;
};

/**
 * Ranks whom a set of evidence points at. The rule:
 *
 * 1. An address becomes the person or team that the directory knows. A leaver's evidence moves to their team, else
 *    to their manager, times `leaverFactor`.
 * 2. Of one family of kinds only the strongest counts; families are joined by noisy-or, 1 − Π(1 − weight). What
 *    speaks against an owner multiplies by (1 − weight).
 * 3. Only one person did it. Persons with evidence of the deed share the odds: confidence = o / (1 + Σ o), with
 *    o = p / (1 − p). One alone keeps p; two who are equally likely both fall under a half.
 * 4. Persons who only answer for the place share likewise, and lose `placeDiscount` × the sum of step 3.
 * 5. A team joins its own evidence, by noisy-or, with the sum of its members' confidences: if one of two members did
 *    it, the team is surely right.
 *
 * The same set gives the same ranking in any order; saying something twice changes nothing.
 */
export function rankOwners(evidence: readonly Evidence[], options: RankOptions): readonly Candidate[] {
  const { weights } = options;
  const groups = groupByOwner(evidence, options.people, weights);
  addSupport(groups, weights);
  for (const group of groups) group.chance = chanceOf(group.items);
  const persons = groups.filter((group) => group.owner.kind !== 'team');
  const rivals =
    options.people === undefined ? persons : persons.filter((group) => group.person !== undefined);
  const deed = shareOdds(rivals.filter((group) => group.hasDeed));
  shareOdds(rivals.filter((group) => !group.hasDeed));
  for (const group of rivals) if (!group.hasDeed) group.chance *= 1 - weights.placeDiscount * deed;
  addMembers(groups, persons, options.people);
  return groups.map(toCandidate).sort((a, b) => b.confidence - a.confidence);
}

type Item = { readonly evidence: Evidence; readonly rule: KindWeight; readonly settled: Settled };
type Group = {
  readonly key: string;
  owner: OwnerRef;
  readonly person: Settled['person'];
  readonly items: Item[];
  hasDeed: boolean;
  chance: number;
};

/** Certainty would make infinite odds. */
const chanceMax = 0.99;

function groupByOwner(
  evidence: readonly Evidence[],
  people: KnownPeople | undefined,
  weights: OwnerWeights,
): Group[] {
  const aliases = strangerAliases(evidence);
  const items: Item[] = [];
  for (const piece of evidence) {
    const settled = settle(piece.owner, people, aliases);
    if (settled === undefined) continue;
    const rule = weights.kinds[piece.kind] ?? unlisted(piece, weights);
    const weight = settled.leaver === undefined ? rule.weight : rule.weight * weights.leaverFactor;
    items.push({ evidence: { ...piece, owner: settled.owner, weight }, rule, settled });
  }
  items.sort(compareItems);
  const groups: Group[] = [];
  let last: Item | undefined;
  for (const item of items) {
    if (last !== undefined && compareItems(last, item) === 0) continue;
    last = item;
    let group = groups.at(-1);
    if (group?.key !== item.settled.key) {
      const { key, owner, person } = item.settled;
      group = { key, owner, person, items: [], hasDeed: false, chance: 0 };
      groups.push(group);
    }
    group.items.push(item);
    if (item.rule.says === 'deed') group.hasDeed = true;
    // One stranger may be known by an account here and by an address there.
    if (group.owner.kind === 'stranger') group.owner = { ...item.settled.owner, ...group.owner };
  }
  return groups;
}

function unlisted(piece: Evidence, weights: OwnerWeights): KindWeight {
  const weight = Math.min(weights.unlistedWeightMax, Math.max(0, piece.weight));
  return { weight, family: `kind:${piece.kind}`, says: 'place', because: 'no weight is set for this kind' };
}

/** A total order, so that ranking does not depend on the order in which evidence came. */
function compareItems(a: Item, b: Item): number {
  return (
    compareText(a.settled.key, b.settled.key) ||
    b.evidence.weight - a.evidence.weight ||
    compareText(a.evidence.kind, b.evidence.kind) ||
    compareText(a.evidence.detail, b.evidence.detail) ||
    Number(a.settled.isByAddress) - Number(b.settled.isByAddress) ||
    compareText(a.settled.leaver ?? '', b.settled.leaver ?? '') ||
    (a.settled.owner.kind === 'stranger' ? compareText(strangerText(a), strangerText(b)) : 0)
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const strangerText = (item: Item): string => JSON.stringify(item.settled.owner);

/** Evidence that follows from other evidence: the author works here; the author's team answers for the place. */
function addSupport(groups: readonly Group[], weights: OwnerWeights): void {
  const known = weights.kinds['known-person'];
  const agrees = weights.kinds['team-agrees'];
  const placeTeams = new Set<string>();
  for (const group of groups) {
    const isPlaceTeam = group.owner.kind === 'team' && group.items.some((item) => item.rule.says === 'place');
    if (isPlaceTeam) placeTeams.add(group.key);
  }
  for (const group of groups) {
    const { person, items } = group;
    if (person === undefined || !group.hasDeed) continue;
    if (known !== undefined && isKnownAuthor(items)) {
      addItem(group, known, 'known-person', 'The directory of people has this address, as active.');
    }
    if (agrees !== undefined && placeTeams.has(`team:${person.team}`)) {
      addItem(group, agrees, 'team-agrees', 'The team of this person answers for the place.');
    }
  }
}

function isKnownAuthor(items: readonly Item[]): boolean {
  return (
    items.some(
      (item) =>
        item.rule.family === 'commit' && item.settled.isByAddress && item.settled.leaver === undefined,
    ) && !items.some((item) => item.evidence.kind === 'known-person')
  );
}

function addItem(group: Group, rule: KindWeight, kind: string, detail: string): void {
  const settled: Settled = { owner: group.owner, key: group.key, isByAddress: false };
  group.items.push({ evidence: { kind, owner: group.owner, detail, weight: rule.weight }, rule, settled });
}

function chanceOf(items: readonly Item[]): number {
  const strongest = new Map<string, Item>();
  for (const item of items) {
    const known = strongest.get(item.rule.family);
    if (known === undefined || item.evidence.weight > known.evidence.weight) {
      strongest.set(item.rule.family, item);
    }
  }
  let miss = 1;
  let against = 1;
  for (const { rule, evidence } of strongest.values()) {
    if (rule.says === 'against') against *= 1 - evidence.weight;
    else miss *= 1 - evidence.weight;
  }
  return Math.min(chanceMax, (1 - miss) * against);
}

/** Turns chances into shares; returns how likely it is that one of them is right. */
function shareOdds(groups: readonly Group[]): number {
  let total = 1;
  for (const group of groups) total += group.chance / (1 - group.chance);
  for (const group of groups) group.chance = group.chance / (1 - group.chance) / total;
  return (total - 1) / total;
}

function addMembers(groups: Group[], persons: readonly Group[], people: KnownPeople | undefined): void {
  const sums = new Map<string, { chance: number; members: number }>();
  for (const { person, chance } of persons) {
    if (person?.team === undefined || chance === 0) continue;
    const sum = sums.get(person.team) ?? { chance: 0, members: 0 };
    sums.set(person.team, { chance: sum.chance + chance, members: sum.members + 1 });
  }
  for (const [team, { chance, members }] of sums) {
    if (people?.team(team) === undefined) continue;
    const key = `team:${team}`;
    let group = groups.find((candidate) => candidate.key === key);
    if (group === undefined) {
      group = {
        key,
        owner: { kind: 'team', id: team },
        person: undefined,
        items: [],
        hasDeed: false,
        chance: 0,
      };
      groups.push(group);
    }
    const weight = round(Math.min(chanceMax, chance));
    const rule: KindWeight = { weight, family: 'member', says: 'place', because: 'one of them did it' };
    const detail =
      members === 1 ? 'One candidate is in this team.' : `${members} candidates are in this team.`;
    addItem(group, rule, 'member', detail);
    group.chance = Math.min(chanceMax, 1 - (1 - group.chance) * (1 - weight));
  }
  groups.sort((a, b) => compareText(a.key, b.key));
}

function toCandidate(group: Group): Candidate {
  return {
    owner: group.owner,
    confidence: round(group.chance),
    evidence: group.items
      .map((item) => item.evidence)
      .sort((a, b) => b.weight - a.weight || compareText(a.kind, b.kind) || compareText(a.detail, b.detail)),
  };
}

/** Four places: below that a difference is noise of the arithmetic. */
const round = (value: number): number => Math.round(value * 10_000) / 10_000;
