import type { LoopFacts } from '../loop/facts.ts';

/** What may tell kinds of one behaviour apart: of its first sighting, plain names only. */
export const featureNames = [
  'source',
  'provider',
  'secret-rule',
  'rule',
  'repository',
  'file-kind',
  'resource',
  'tool',
  'action',
  'hour-band',
  'device',
  'difficulty',
] as const;
export type FeatureName = (typeof featureNames)[number];
export type Features = { readonly [Name in FeatureName]?: string };

/** A level is a name of plain ASCII: it may stand in a pack, and nothing that an event says stands beside it. */
export const levelPattern = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,79}$/u;

/** The features that are kept with a case. `difficulty` belongs to its simulation and is looked up there. */
export function featuresOf(facts: LoopFacts): Features {
  const [first] = facts.kept;
  if (first === undefined) return {};
  const { resource } = first;
  const found: Readonly<Record<Exclude<FeatureName, 'difficulty'>, string | undefined>> = {
    source: first.source,
    provider: facts.secret?.provider,
    'secret-rule': facts.secret?.rule,
    rule: first.joins?.rule,
    repository: first.where.repository,
    'file-kind': fileKind(first.where.file),
    resource: resource?.type,
    tool: resource?.type === 'tool' ? resource.id : undefined,
    action: first.action,
    'hour-band': hourBand(first.at),
    device: device(first.network?.userAgent),
  };
  return Object.fromEntries(
    Object.entries(found).filter(([, level]) => level !== undefined && levelPattern.test(level)),
  );
}

/** The ending of a file's name; `.env` has none but its own. */
function fileKind(file: string | undefined): string | undefined {
  const ending = file === undefined ? undefined : /\.([A-Za-z0-9]{1,12})$/u.exec(file)?.[1];
  return ending?.toLowerCase();
}

export const hourBands: Readonly<Record<string, readonly number[]>> = {
  night: [0, 1, 2, 3, 4, 5],
  morning: [6, 7, 8, 9, 10, 11],
  afternoon: [12, 13, 14, 15, 16, 17],
  evening: [18, 19, 20, 21, 22, 23],
};
const bands = Object.keys(hourBands);
const hourMs = 3_600_000;

/** In UTC: where the person was is not known. */
function hourBand(at: number): string | undefined {
  const hour = Math.floor(at / hourMs) % 24;
  return bands[Math.floor((hour < 0 ? hour + 24 : hour) / 6)];
}

function device(userAgent: string | undefined): string | undefined {
  if (userAgent === undefined) return undefined;
  if (/\b(?:Mobile|iPhone|iPad|Android)\b/u.test(userAgent)) return 'phone';
  return userAgent.startsWith('Mozilla/') ? 'computer' : 'program';
}
