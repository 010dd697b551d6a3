import type { Edit } from '../control/unified-diff.ts';
import { type FeatureName, hourBands } from '../taxonomy/features.ts';

/** The lines of a behaviour's file that a proposal may change. */
export type FailedBlock = {
  /** Lines of its selections, as they stand. */
  readonly selections: readonly string[];
  readonly names: readonly string[];
  /** Line of the condition, counted from 0. */
  readonly at: number;
  readonly condition: string;
};

/** Words with a meaning of their own in a condition, and what joins several selections. */
const joined = /\b(?:of|them)\b|[*|]/u;
const plainCondition = /^[A-Za-z0-9_ ()]+$/u;

/** `detection.failed` where it is written as plain selections and one condition; undefined in any other form. */
export function failedBlock(text: string): FailedBlock | undefined {
  const lines = text.split('\n');
  const detection = lines.indexOf('detection:');
  const start = lines.indexOf('  failed:', detection) + 1;
  if (detection < 0 || start === 0) return undefined;
  const length = lines.slice(start).findIndex((line) => line.trim() !== '' && !line.startsWith('    '));
  const block = lines.slice(start, length < 0 ? lines.length : start + length);
  const found = block.findIndex((line) => line.startsWith('    condition: '));
  const condition = block[found]?.slice('    condition: '.length).trim() ?? '';
  if (found < 0 || !plainCondition.test(condition) || joined.test(condition)) return undefined;
  const rest = block.slice(found + 1).some((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (rest) return undefined;
  const selections = block.slice(0, found);
  const names = selections.flatMap((line) => /^ {4}([A-Za-z][A-Za-z0-9_]*):/u.exec(line)?.[1] ?? []);
  return { selections, names, at: start + found, condition };
}

const fields: Readonly<Partial<Record<FeatureName, (level: string) => readonly [string, string]>>> = {
  source: (level) => ['event.source', `'${level}'`],
  provider: (level) => ['event.secret.provider', `'${level}'`],
  'secret-rule': (level) => ['event.secret.rule', `'${level}'`],
  rule: (level) => ['event.joins.rule', `'${level}'`],
  repository: (level) => ['event.where.repository', `'${level}'`],
  'file-kind': (level) => ['event.where.file|endswith', `'.${level}'`],
  resource: (level) => ['event.resource.type', `'${level}'`],
  tool: (level) => ['event.resource.id', `'${level}'`],
  action: (level) => ['event.action', `'${level}'`],
  'hour-band': (level) => ['event.occurredAt|hour', `[${(hourBands[level] ?? []).join(', ')}]`],
};

const kindName = 'this_kind';

/** Narrows what fails to one level of a feature, or to all but it; undefined where no field tells it. */
export function narrowing(
  { names, at, condition }: FailedBlock,
  feature: FeatureName,
  level: string,
  isOther: boolean,
): Edit | undefined {
  const field = fields[feature]?.(level);
  if (field === undefined || names.includes(kindName)) return undefined;
  const [path, value] = field;
  const all = condition.includes(' ') ? `(${condition})` : condition;
  return {
    at,
    remove: 1,
    add: [
      `    ${kindName}:`,
      `      ${path}: ${value}`,
      `    condition: ${all} and ${isOther ? `not ${kindName}` : kindName}`,
    ],
  };
}

/** Adds what fails in another behaviour. Its selections get names of their own. */
export function widening(own: FailedBlock, other: FailedBlock): Edit | undefined {
  const renamed = new Map(other.names.map((name) => [name, `also_${name}`]));
  if ([...renamed.values()].some((name) => own.names.includes(name))) return undefined;
  const rename = (name: string) => renamed.get(name) ?? name;
  const selections = other.selections.map((line) =>
    line.replace(
      /^( {4})([A-Za-z][A-Za-z0-9_]*):/u,
      (_, blank: string, name: string) => `${blank}${rename(name)}:`,
    ),
  );
  const condition = other.condition.replace(/[A-Za-z][A-Za-z0-9_]*/gu, rename);
  return {
    at: own.at,
    remove: 1,
    add: [...selections, `    condition: (${own.condition}) or (${condition})`],
  };
}

/** A line `name: value` that stands at this depth. */
export function replacing(text: string, start: string, value: string): Edit | undefined {
  const at = text.split('\n').findIndex((line) => line.startsWith(start));
  return at < 0 ? undefined : { at, remove: 1, add: [`${start}${value}`] };
}

/** Relapses from which on a control is proposed: two instead of three or more. */
export function soonerControl(text: string): Edit | undefined {
  const lines = text.split('\n');
  const relapse = lines.indexOf('relapse:');
  if (relapse < 0) return undefined;
  const length = lines.slice(relapse + 1).findIndex((line) => !line.startsWith('  '));
  const end = length < 0 ? lines.length : relapse + 1 + length;
  const at = lines.findIndex(
    (line, index) => index > relapse && index < end && line.startsWith('  controlAt:'),
  );
  if (at < 0) return { at: end, remove: 0, add: ['  controlAt: 2'] };
  return lines[at]?.trim() === 'controlAt: 2' ? undefined : { at, remove: 1, add: ['  controlAt: 2'] };
}
