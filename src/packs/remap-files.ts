import { isMove, type Remap, remapSchema } from '../core/taxonomy/remap.ts';
import type { PackBehaviour } from './pack-behaviour.ts';
import type { PackFolder } from './pack-folder.ts';
import type { PackProblem } from './problem.ts';

/** Reads `remaps/<name>.yaml`, the earliest change first. */
export function readRemaps(
  folder: PackFolder,
  behaviours: ReadonlyMap<string, PackBehaviour>,
  problems: PackProblem[],
): readonly Remap[] {
  const read = folder.matching(/^remaps\/[^/]+\.yaml$/u).flatMap(({ file }) => {
    const found = folder.yaml(file, remapSchema);
    return found === undefined ? [] : [{ file, ...found }];
  });
  for (const { file, value, lineOf } of read) {
    const report = (path: readonly PropertyKey[], reason: string) =>
      problems.push({ file, line: lineOf(path), reason });
    const { from } = value;
    const now = behaviours.get(from.behaviour)?.behaviour.version;
    const isAway = isMove(value) && value.to !== from.behaviour;
    if (now === undefined && !isAway) report(['from'], `there is no behaviour "${from.behaviour}"`);
    if (now !== undefined && now <= from.version)
      report(['from', 'version'], `"${from.behaviour}" stands at version ${now}: raise it with the change`);
    if (!isMove(value)) continue;
    if (!behaviours.has(value.to)) report(['to'], `there is no behaviour "${value.to}"`);
    if (!isAway) report(['to'], 'cases that stay where they are need no remap');
    const later = read.find(
      (one) => one.value !== value && isMove(one.value) && one.value.from.behaviour === value.to,
    );
    if (later !== undefined)
      report(
        ['to'],
        `${later.file} moves cases of "${value.to}" on: cases are moved once, so name where they end`,
      );
    const isTwice = read.some(
      (one) => one.value !== value && isMove(one.value) && overlaps(one.value, value),
    );
    if (isTwice) report(['from'], 'another remap moves the same cases');
  }
  return read.map(({ value }) => value).toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

type Moving = Extract<Remap, { readonly to: string }>;

/** Cases of different versions may be moved differently, and so may those of different levels of one feature. */
function overlaps(one: Moving, other: Moving): boolean {
  if (one.from.behaviour !== other.from.behaviour || one.from.version !== other.from.version) return false;
  if (one.where === undefined || other.where === undefined) return true;
  const { is } = other.where;
  return one.where.feature !== other.where.feature || one.where.is.some((level) => is.includes(level));
}
