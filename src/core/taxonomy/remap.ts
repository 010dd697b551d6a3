import { z } from 'zod';
import { featureNames, levelPattern } from './features.ts';

/** By which version of a behaviour a case was judged. `pack` is the hash of all that judges in it. */
export type TaxonomyStamp = { readonly version: number; readonly pack: string };

const slug = z.string().regex(/^[a-z][a-z0-9-]{1,63}$/u, 'use small letters, digits and hyphens');
const common = {
  /** The day of the change. */
  on: z.iso.date(),
  /** Cases that were judged by this version of it, or an earlier one. */
  from: z.strictObject({ behaviour: slug, version: z.int().min(1) }),
  why: z.string().min(10).max(300),
};

/** What became of cases when the taxonomy changed: where they count from then on, or that nobody can tell. */
export const remapSchema = z.union([
  z.strictObject({
    ...common,
    to: slug,
    /** Which of them; all of them unless given. Only what is kept with a case decides. */
    where: z
      .strictObject({
        feature: z.enum(featureNames.filter((name) => name !== 'difficulty')),
        is: z.array(z.string().regex(levelPattern)).min(1).max(50),
      })
      .exactOptional(),
  }),
  z.strictObject({ ...common, break: z.literal(true) }),
]);
export type Remap = z.infer<typeof remapSchema>;
export type Move = Extract<Remap, { readonly to: string }>;

export function isMove(remap: Remap): remap is Move {
  return 'to' in remap;
}

/** By which version cases of a behaviour were judged, and when the first of them came up. */
export type VersionSeen = {
  readonly version: number | null;
  readonly pack: string | null;
  readonly firstAt: number;
};

/** Something that happened to a behaviour itself, to be seen beside its figures. */
export type TaxonomyChange = {
  /** `re-mapped`: earlier cases are counted as they would be now. `break`: they are not, and a line ends here. */
  readonly kind: 're-mapped' | 'break';
  /** UTC, `YYYY-MM-DD`. */
  readonly on: string;
  readonly from: { readonly behaviour: string; readonly version: number };
  readonly to?: { readonly behaviour: string; readonly version?: number };
  readonly why: string;
};

const versionChanged =
  'The behaviour has a new version, and no remap says what became of the cases before it.';
const fileChanged = 'What judges the behaviour was changed without a new version.';

/** The changes that figures of a behaviour are read with, the earliest first. */
export function taxonomyChanges(
  behaviour: string,
  seen: readonly VersionSeen[],
  remaps: readonly Remap[],
): readonly TaxonomyChange[] {
  const told = remaps
    .filter((remap) => remap.from.behaviour === behaviour || (isMove(remap) && remap.to === behaviour))
    .map(
      (remap): TaxonomyChange => ({
        kind: isMove(remap) ? 're-mapped' : 'break',
        on: remap.on,
        from: remap.from,
        ...(isMove(remap) ? { to: { behaviour: remap.to } } : {}),
        why: remap.why,
      }),
    );
  const isTold = (from: number, to: number) =>
    remaps.some(
      (one) => one.from.behaviour === behaviour && one.from.version >= from && one.from.version < to,
    );
  const stamped = seen.flatMap(({ version, pack, firstAt }) =>
    version === null ? [] : [{ version, pack, firstAt }],
  );
  const sorted = stamped.toSorted((a, b) => a.firstAt - b.firstAt || a.version - b.version);
  const found = sorted.slice(1).flatMap((now, index): readonly TaxonomyChange[] => {
    const before = sorted[index];
    if (before === undefined) return [];
    const isRaised = now.version !== before.version;
    if (isRaised && isTold(before.version, now.version)) return [];
    return [
      {
        kind: 'break',
        on: new Date(now.firstAt).toISOString().slice(0, 10),
        from: { behaviour, version: before.version },
        to: { behaviour, version: now.version },
        why: isRaised ? versionChanged : fileChanged,
      },
    ];
  });
  return [...told, ...found].toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}
