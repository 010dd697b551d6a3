import { type MessageFrontMatter, messageFrontMatter } from '../core/behaviour.ts';
import {
  type FactLine,
  type MessageWords,
  parseText,
  type Slot,
  type SlotName,
  slotNames,
  slotsOf,
  type Template,
  type Text,
} from '../core/message-template.ts';
import type { PackProblem } from './problem.ts';
import { readYaml } from './read-yaml.ts';

/** A message as read: its words, and where each part stands in the file. */
export type MessageFile = {
  readonly file: string;
  readonly template: Template;
  readonly lineOf: (part: SlotName | 'subject') => number;
};

type Section = { readonly name: string; readonly line: number; readonly lines: readonly string[] };

/**
 * Reads `<moment>[.<variant>].<language>.md`: front matter between `---` lines, then `## slot` sections.
 * All problems at once; undefined when the front matter cannot be read.
 */
export function readMessageFile(
  text: string,
  file: string,
  behaviour: string,
  words: MessageWords,
  problems: PackProblem[],
): MessageFile | undefined {
  const report = (line: number, reason: string) => problems.push({ file, line, reason });
  const lines = text.replace(/\r\n?/gu, '\n').split('\n');
  const end = lines.indexOf('---', 1);
  if (lines[0] !== '---' || end < 0) {
    report(1, 'the file must begin with front matter between two lines "---"');
    return undefined;
  }
  const front = readYaml(lines.slice(1, end).join('\n'), file, messageFrontMatter, problems, 1);
  if (front === undefined) return undefined;
  checkName(front.value, file, report);

  const phraseNames = new Set(words.phrases.keys());
  const read = (source: string, line: number): Text => {
    const forbidden = /https?:|www\.|[<>`*]|\]\(/u.exec(source)?.[0];
    if (forbidden !== undefined)
      report(line, `"${forbidden}" may not stand in a message: it is plain text without links`);
    const parsed = parseText(source, phraseNames);
    if (parsed.kind === 'ok') return parsed.text;
    report(line, parsed.reason);
    return [];
  };

  const subjectLine = front.lineOf(['subject']);
  const slots: Slot[] = [];
  const lineBySlot = new Map<string, number>([['subject', subjectLine]]);
  for (const section of sectionsOf(lines, end + 1, report)) {
    const slot = slotNames.find((name) => name === section.name);
    if (slot === undefined) {
      report(section.line, `"${section.name}" is no part of a message; known: ${slotNames.join(', ')}`);
    } else if (lineBySlot.has(slot)) {
      report(section.line, `the part "${slot}" stands here twice`);
    } else {
      lineBySlot.set(slot, section.line);
      slots.push(readSlot(slot, section, read, report));
    }
  }
  checkSlots(front.value, lineBySlot, report);

  const { moment, language, variant, version } = front.value;
  return {
    file,
    template: {
      behaviour,
      moment,
      language,
      variant,
      version,
      subject: read(front.value.subject, subjectLine),
      slots,
      showsLearnMore: front.value.learnMore,
      words,
    },
    lineOf: (part) => lineBySlot.get(part) ?? 1,
  };
}

type Report = (line: number, reason: string) => void;

function checkName(front: MessageFrontMatter, file: string, report: Report): void {
  const name = file.split('/').at(-1);
  const variant = front.variant === 'usual' ? '' : `.${front.variant}`;
  const expected = `${front.moment}${variant}.${front.language}.md`;
  if (name !== expected) report(1, `by its front matter this file should be called ${expected}`);
}

function sectionsOf(lines: readonly string[], from: number, report: Report): readonly Section[] {
  const sections: { name: string; line: number; lines: string[] }[] = [];
  for (const [index, line] of lines.entries()) {
    if (index < from) continue;
    const heading = /^##\s+(.*?)\s*$/u.exec(line)?.[1];
    if (heading !== undefined) sections.push({ name: heading, line: index + 1, lines: [] });
    else if (sections.length > 0) sections.at(-1)?.lines.push(line);
    else if (line.trim() !== '') report(index + 1, 'text before the first part; begin with "## happened"');
  }
  return sections;
}

function readSlot(
  slot: SlotName,
  section: Section,
  read: (text: string, line: number) => Text,
  report: Report,
): Slot {
  if (slot !== 'facts' && slot !== 'items') {
    const source = section.lines.join(' ').trim();
    if (source === '') report(section.line, `the part "${slot}" is empty`);
    return { slot, text: read(source, section.line) };
  }
  const facts: FactLine[] = [];
  for (const [index, line] of section.lines.entries()) {
    if (line.trim() === '') continue;
    const at = section.line + 1 + index;
    const [, label, value] = /^(.*?):\s+(.+)$/u.exec(line.trim()) ?? [];
    if (label === undefined || value === undefined) report(at, 'write a fact as "Label: text"');
    else facts.push({ label: read(label, at), value: read(value, at) });
  }
  if (facts.length === 0) report(section.line, `the part "${slot}" is empty`);
  if (slot === 'items' && facts.length > 1)
    report(section.line, 'the part "items" has one line: it is repeated for each loop');
  return { slot, lines: facts };
}

function checkSlots(front: MessageFrontMatter, found: ReadonlyMap<string, number>, report: Report): void {
  const { needs, may } = slotsOf[front.moment];
  for (const slot of needs) {
    if (!found.has(slot)) report(1, `the part "## ${slot}" is missing; "${front.moment}" needs it`);
  }
  for (const [slot, line] of found) {
    if (slot === 'subject' || needs.some((name) => name === slot) || may.some((name) => name === slot))
      continue;
    report(line, `"${front.moment}" has no part "${slot}"; it may have: ${[...needs, ...may].join(', ')}`);
  }
}
