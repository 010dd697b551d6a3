import type { Event } from '../event.ts';
import { maskShapes } from '../secret-provider.ts';
import { inert } from '../untrusted-text.ts';
import type { ControlPatch, PatchFile, UnusableIdentifier } from './control.ts';
import { nameIn } from './event-names.ts';
import { isIdentifier } from './identifier.ts';
import { type ControlTemplate, placeholderPattern } from './template.ts';
import { creating, removing } from './unified-diff.ts';

/** Names that cannot be written are shown to a person: a few of them, defused and short. */
const unusableMax = 20;
const shownCharactersMax = 80;

export type FillGiven = {
  readonly template: ControlTemplate;
  /** The failures that it answers to. */
  readonly events: readonly Event[];
  readonly team: string | undefined;
  /** Id of the control, hex. */
  readonly control: string;
};

/** Values of each placeholder. */
export type Filled = Readonly<Record<string, readonly string[]>>;

/**
 * Writes a template's files. Only names that fit their grammar are written; any other stays out, is named, and is left
 * for a person. A file of which a name is missing is not written at all.
 */
export function fill(given: FillGiven): ControlPatch {
  const { template, events, control } = given;
  const unusable: UnusableIdentifier[] = [];
  const identifiers = identifiersOf(given, events, unusable);
  const { each } = template;
  const files: PatchFile[] = [];
  const rollback: PatchFile[] = [];
  for (const value of each === undefined ? [undefined] : (identifiers[each] ?? [])) {
    const own = each === undefined || value === undefined ? identifiers : narrowed(given, each, value);
    const values = { ...own, control: [control.slice(0, 12)] };
    for (const { target, path, mode, text } of template.files) {
      const written = [target, path, text].map((part) => filledText(part, values));
      const [to, at, content] = written;
      if (to === undefined || at === undefined || content === undefined) continue;
      const whole = content.endsWith('\n') ? content : `${content}\n`;
      const file = { target: to, path: at, mode };
      files.push({ ...file, text: mode === 'create' ? creating(at, whole) : whole });
      rollback.push({
        ...file,
        mode: mode === 'create' ? 'create' : 'remove',
        text: mode === 'create' ? removing(at, whole) : whole,
      });
    }
  }
  return { files, rollback, identifiers, unusable: unusable.slice(0, unusableMax) };
}

/** The names of the events at one place alone. */
function narrowed(given: FillGiven, each: string, value: string): Filled {
  const source = given.template.placeholders[each]?.from;
  const events =
    source === undefined
      ? given.events
      : given.events.filter((event) => nameIn(event, source, given.team) === value);
  return { ...identifiersOf(given, events, []), [each]: [value] };
}

/** Names by placeholder, those of most failures first; equal ones by the name, so that any order gives the same. */
function identifiersOf(
  { template, team }: FillGiven,
  events: readonly Event[],
  unusable: UnusableIdentifier[],
): Filled {
  return Object.fromEntries(
    Object.entries(template.placeholders).map(([placeholder, { type, from, max }]) => {
      const counts = new Map<string, number>();
      const refused = new Map<string, string>();
      for (const event of events) {
        const name = nameIn(event, from, team);
        if (name === undefined) continue;
        if (isIdentifier(type, name)) counts.set(name, (counts.get(name) ?? 0) + 1);
        else if ((refused.get(name) ?? event.id) >= event.id) refused.set(name, event.id);
      }
      for (const [name, event] of [...refused].sort(([a], [b]) => (a < b ? -1 : 1)))
        unusable.push({ placeholder, type, shown: inert(maskShapes(name), shownCharactersMax), event });
      const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
      return [placeholder, sorted.slice(0, max).map(([name]) => name)];
    }),
  );
}

/** Undefined where a name is missing. A single placeholder takes the first of its values. */
export function filledText(text: string, values: Filled): string | undefined {
  let isWhole = true;
  const written = text.replace(placeholderPattern, (_, name: string, list: string | undefined) => {
    const [first, ...others] = values[name] ?? [];
    if (first === undefined) {
      isWhole = false;
      return '';
    }
    return list === undefined ? first : [first, ...others].map((one) => JSON.stringify(one)).join(', ');
  });
  return isWhole ? written : undefined;
}
