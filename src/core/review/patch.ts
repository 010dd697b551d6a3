import { creating, type Edit, editing, removing } from '../control/unified-diff.ts';
import { featureNames, levelPattern } from '../taxonomy/features.ts';
import { failedBlock, narrowing, replacing, soonerControl, widening } from './behaviour-edits.ts';
import type { Draft, Evidence, PatchGap, ReviewPatch } from './proposal.ts';

/** The content as it stands, by path. */
export type PackTexts = {
  readonly files: readonly string[];
  readonly text: (file: string) => string | undefined;
};

export type PatchGiven = {
  readonly draft: Draft;
  /** Id of the proposal, hex. */
  readonly id: string;
  /** The day on which it was first proposed, `YYYY-MM-DD`. */
  readonly day: string;
  readonly version: number;
  readonly packs: PackTexts;
};

type Written = { readonly file: string; readonly diff: string };
type Made = readonly Written[] | PatchGap;

/**
 * The change as a diff of the packs, for a person to take, finish or leave. Of evidence only names that this program
 * gives and numbers stand in it; of events only levels that are names of plain ASCII.
 */
export function patchOf(given: PatchGiven): ReviewPatch {
  const made = make(given);
  if (typeof made === 'string') return { kind: 'left', gap: made };
  if (made.length === 0) return { kind: 'left', gap: 'nothing-to-change' };
  return {
    kind: 'written',
    text: made.map(({ diff }) => diff).join(''),
    files: made.map(({ file }) => file),
  };
}

function make(given: PatchGiven): Made {
  switch (given.draft.kind) {
    case 'reword':
      return reword(given);
    case 'variant':
      return variant(given);
    case 'split':
      return split(given);
    case 'merge':
      return merge(given);
    case 'control':
      return control(given);
  }
}

function number(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(3);
}

const plainSubject = /^[a-z][a-z-]{0,40}$/u;

function evidenceLine({ code, subject, x, n, lower, upper, against }: Evidence): string {
  const said = plainSubject.test(subject) ? ` ${subject}` : '';
  const range = lower === undefined || upper === undefined ? '' : `, ${number(lower)} to ${number(upper)}`;
  const other = against === undefined ? '' : `, against ${number(against)}`;
  return `# - ${code}${said}: ${number(x)} of ${number(n)}${range}${other}`;
}

function notes({ draft, id }: PatchGiven, what: string): readonly string[] {
  return [`# REVIEW ${id.slice(0, 12)}: ${what}`, ...draft.evidence.map(evidenceLine)];
}

/** A text that can be changed by lines: none with other line ends, none without one at its end. */
function textOf({ packs }: PatchGiven, file: string): string | undefined {
  const text = packs.text(file);
  return text === undefined || text.includes('\r') || !text.endsWith('\n') ? undefined : text;
}

/** The first words of a behaviour, in every language. */
function toldFiles(
  given: PatchGiven,
): readonly { readonly file: string; readonly language: string; readonly text: string }[] {
  const pattern = new RegExp(`^messages/${given.draft.behaviour}/told\\.([a-z]{2}(?:-[A-Z]{2})?)\\.md$`, 'u');
  return given.packs.files.flatMap((file) => {
    const language = pattern.exec(file)?.[1];
    const text = textOf(given, file);
    return language === undefined || text === undefined ? [] : [{ file, language, text }];
  });
}

/** Where the front matter ends; the note stands in it, as a comment, where no reader of the message meets it. */
function frontEnd(text: string): number {
  return text.split('\n').indexOf('---', 1);
}

function reword(given: PatchGiven): Made {
  const note = notes(given, 'say this in other words, then take this note away.');
  return toldFiles(given).flatMap(({ file, text }) => {
    const at = frontEnd(text);
    const old = /^version: (\d{1,6})$/mu.exec(text)?.[1];
    const version = old === undefined ? undefined : replacing(text, 'version: ', String(Number(old) + 1));
    if (at < 0 || version === undefined) return [];
    const edits: readonly Edit[] = [version, { at, remove: 0, add: note }];
    return [{ file, diff: editing(file, text, edits) }];
  });
}

function variant(given: PatchGiven): Made {
  const { behaviour, subject } = given.draft;
  const name = plainSubject.test(subject) ? `again-${subject}` : 'other';
  const note = notes(given, 'say this in other words; an experiment tells which of them help.');
  return toldFiles(given).flatMap(({ language, text }) => {
    const file = `messages/${behaviour}/told.${name}.${language}.md`;
    const end = frontEnd(text);
    if (end < 0 || given.packs.files.includes(file)) return [];
    const lines = text
      .split('\n')
      .map((line, at) => (at < end && line.startsWith('version: ') ? 'version: 1' : line));
    const front = lines.slice(0, end).filter((line) => !line.startsWith('variant:'));
    const made = [...front, `variant: ${name}`, ...note, ...lines.slice(end)].join('\n');
    return [{ file, diff: creating(file, made) }];
  });
}

function split(given: PatchGiven): Made {
  const { draft, version, packs, day } = given;
  const { behaviour, subject } = draft;
  const file = `behaviours/${behaviour}.yaml`;
  const text = textOf(given, file);
  const cut = subject.indexOf('=');
  const feature = featureNames.find((name) => name === subject.slice(0, cut));
  const level = subject.slice(cut + 1);
  const block = text === undefined ? undefined : failedBlock(text);
  if (text === undefined || block === undefined) return 'form-not-known';
  if (feature === undefined || !levelPattern.test(level)) return 'no-field';
  const only = narrowing(block, feature, level, false);
  const others = narrowing(block, feature, level, true);
  const raised = replacing(text, 'version: ', String(version + 1));
  if (only === undefined || others === undefined) return 'no-field';
  const part = level
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-|-$/gu, '');
  const id = `${behaviour}-${part}`.slice(0, 64).replace(/-$/u, '');
  const made = `behaviours/${id}.yaml`;
  if (raised === undefined || packs.files.includes(made)) return 'form-not-known';
  const named = [replacing(text, 'id: ', id), replacing(text, 'version: ', '1')];
  const own = applied(text, [only, ...named.filter((edit) => edit !== undefined)]);
  const note = notes(given, 'give it a title, words and examples of its own.');
  const files: Written[] = [
    { file: made, diff: creating(made, `${note.join('\n')}\n${own}`) },
    { file, diff: editing(file, text, [raised, others]) },
  ];
  for (const one of packs.files.filter((path) => path.startsWith(`messages/${behaviour}/`))) {
    const words = textOf(given, one);
    const copy = `messages/${id}/${one.slice(`messages/${behaviour}/`.length)}`;
    if (words !== undefined) files.push({ file: copy, diff: creating(copy, words) });
  }
  const remap = `remaps/${id}.yaml`;
  const where = feature === 'difficulty' ? '' : `where: { feature: ${feature}, is: ['${level}'] }\n`;
  const moved = `on: ${day}\nfrom: { behaviour: ${behaviour}, version: ${version} }\nto: ${id}\n${where}why: It recurs otherwise than the rest and became a behaviour of its own.\n`;
  files.push({ file: remap, diff: creating(remap, moved) });
  return files;
}

/** The text with its edits made. */
function applied(text: string, edits: readonly Edit[]): string {
  const lines = text.split('\n');
  for (const { at, remove, add } of edits.toSorted((a, b) => b.at - a.at)) lines.splice(at, remove, ...add);
  return lines.join('\n');
}

function merge(given: PatchGiven): Made {
  const { draft, version, packs, day } = given;
  const { behaviour, subject: other } = draft;
  const [file, gone] = [`behaviours/${behaviour}.yaml`, `behaviours/${other}.yaml`];
  const [text, left] = [textOf(given, file), textOf(given, gone)];
  if (text === undefined || left === undefined) return 'form-not-known';
  const [own, its] = [failedBlock(text), failedBlock(left)];
  const wide = own === undefined || its === undefined ? undefined : widening(own, its);
  const raised = replacing(text, 'version: ', String(version + 1));
  const was = /^version: (\d{1,6})$/mu.exec(left)?.[1];
  if (wide === undefined || raised === undefined || was === undefined) return 'form-not-known';
  const top: Edit = {
    at: 0,
    remove: 0,
    add: notes(given, 'look through words, examples, controls and mapping.'),
  };
  const remap = `remaps/${other}.yaml`;
  const moved = `on: ${day}\nfrom: { behaviour: ${other}, version: ${was} }\nto: ${behaviour}\nwhy: Both have one fix, one profile, and recur alike.\n`;
  const words = packs.files.filter((path) => path.startsWith(`messages/${other}/`));
  return [
    { file, diff: editing(file, text, [top, raised, wide]) },
    { file: gone, diff: removing(gone, left) },
    ...words.flatMap((one) => {
      const said = textOf(given, one);
      return said === undefined ? [] : [{ file: one, diff: removing(one, said) }];
    }),
    { file: remap, diff: creating(remap, moved) },
  ];
}

function control(given: PatchGiven): Made {
  const file = `behaviours/${given.draft.behaviour}.yaml`;
  const text = textOf(given, file);
  const edit = text === undefined ? undefined : soonerControl(text);
  if (text === undefined || edit === undefined) return 'nothing-to-change';
  const note = notes(given, 'words did not help; a control is proposed sooner.').map((line) => `  ${line}`);
  return [{ file, diff: editing(file, text, [{ ...edit, add: [...note, ...edit.add] }]) }];
}
