import { base64, base64Offsets, textsOf, type Utf16, utf8, utf16, withAnyDash } from './encode.ts';
import { Refusal } from './node.ts';
import { anyDash, anyRun, type PatternPart, parsePattern } from './pattern.ts';

/** A value of a rule on its way through the modifiers, which apply in the order written. */
export type Operand =
  | {
      readonly kind: 'text';
      /** As written, for the kinds that take it whole (`re`, `cidr`, `fieldref`). */
      readonly written: string;
      readonly parts: readonly PatternPart[];
      readonly isOpenStart: boolean;
      readonly isOpenEnd: boolean;
      /** The characters stand for bytes, one each: after `wide` and its like. */
      readonly isBytes: boolean;
    }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' };

export type TextOperand = Extract<Operand, { kind: 'text' }>;

/** @param key the field with its modifiers, for the reason of a refusal */
export function operandOf(key: string, value: unknown): Operand {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'string') return textOperand(value);
  if (typeof value === 'number') return { kind: 'number', value };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  throw new Refusal(`"${key}" takes text, numbers or true and false`);
}

function textOperand(written: string, parts = parsePattern(written)): TextOperand {
  return { kind: 'text', written, parts, isOpenStart: false, isOpenEnd: false, isBytes: false };
}

/** The operand as text: a number is the same as its digits. */
export function asText(key: string, operand: Operand): TextOperand {
  if (operand.kind === 'text') return operand;
  if (operand.kind === 'null') throw new Refusal(`"${key}": null goes with no modifier`);
  const text = String(operand.value);
  return textOperand(text, [text]);
}

/** The whole pattern, with the runs that `contains`, `startswith` and `endswith` add. */
export function patternOf(operand: TextOperand): readonly PatternPart[] {
  const { parts, isOpenStart, isOpenEnd } = operand;
  const whole: PatternPart[] = [...parts];
  if (isOpenStart && whole[0] !== anyRun) whole.unshift(anyRun);
  // An empty text that may stand anywhere is one run, not two.
  if (isOpenEnd && whole.at(-1) !== anyRun) whole.push(anyRun);
  return whole;
}

const utf16Forms: Readonly<Record<string, Utf16>> = {
  wide: 'utf16le',
  utf16le: 'utf16le',
  utf16be: 'utf16be',
  utf16: 'utf16',
};

export const textModifiers: readonly string[] = [
  'contains',
  'startswith',
  'endswith',
  'windash',
  'base64',
  'base64offset',
  ...Object.keys(utf16Forms),
];

/** Applies one modifier that makes texts of a text. */
export function modifyText(key: string, modifier: string, operand: TextOperand): readonly TextOperand[] {
  switch (modifier) {
    case 'contains':
      return [{ ...operand, isOpenStart: true, isOpenEnd: true }];
    case 'startswith':
      return [{ ...operand, isOpenEnd: true }];
    case 'endswith':
      return [{ ...operand, isOpenStart: true }];
    case 'windash':
      return [{ ...operand, parts: withAnyDash(operand.parts) }];
    case 'base64':
    case 'base64offset':
      return encoded(key, modifier, operand);
    default:
      return widened(key, modifier, operand);
  }
}

function encoded(
  key: string,
  modifier: 'base64' | 'base64offset',
  operand: TextOperand,
): readonly TextOperand[] {
  const texts = plainTexts(key, modifier, operand);
  return texts.flatMap((text) => {
    const bytes = operand.isBytes ? text : utf8(text);
    const made = modifier === 'base64' ? [base64(bytes)] : base64Offsets(bytes);
    if (made === undefined) throw new Refusal(`"${key}": "${text}" is too short for base64offset`);
    return made.map((one) => textOperand(one, [one]));
  });
}

function widened(key: string, modifier: string, operand: TextOperand): readonly TextOperand[] {
  if (operand.isBytes) throw new Refusal(`"${key}" makes UTF-16 of UTF-16`);
  const texts = textsOf(operand.parts);
  if (texts === undefined) throw new Refusal(`"${key}": "${modifier}" ${noWildcards}`);
  const form = utf16Forms[modifier] ?? 'utf16le';
  return texts.map((text) => ({ ...operand, parts: [utf16(text, form)], isBytes: true }));
}

const noWildcards = 'does not go with wildcards, nor with more than three dashes';

function plainTexts(key: string, modifier: string, operand: TextOperand): readonly string[] {
  if (operand.isOpenStart || operand.isOpenEnd) {
    throw new Refusal(`"${key}": "${modifier}" must stand before contains, startswith and endswith`);
  }
  const texts = textsOf(operand.parts);
  if (texts === undefined) throw new Refusal(`"${key}": "${modifier}" ${noWildcards}`);
  return texts;
}

/** Each use may have many values; their combinations are what counts. */
export const expansionsMax = 10_000;

export type Placeholders = Readonly<Record<string, readonly string[]>>;

/**
 * Fills `%name%` by every value that the placeholder has; `\%` is a plain percent sign. The values are patterns.
 * Refuses a rule whose placeholders are not provided (Sigma rules, "Placeholders").
 */
export function expand(key: string, text: string, placeholders: Placeholders): readonly string[] {
  let texts: readonly string[] = [''];
  let from = 0;
  for (const found of text.matchAll(/\\%|%(\w+)%/gu)) {
    const before = text.slice(from, found.index);
    const [whole, name] = found;
    const values = name === undefined ? ['%'] : valuesOf(key, name, placeholders);
    if (texts.length * values.length > expansionsMax) {
      throw new Refusal(`"${key}": its placeholders stand for more than ${expansionsMax} values`);
    }
    texts = texts.flatMap((one) => values.map((value) => one + before + value));
    from = found.index + whole.length;
  }
  return texts.map((one) => one + text.slice(from));
}

function valuesOf(key: string, name: string, placeholders: Placeholders): readonly string[] {
  const values = Object.hasOwn(placeholders, name) ? placeholders[name] : undefined;
  if (values === undefined || values.length === 0) {
    throw new Refusal(`"${key}": no values are provided for the placeholder %${name}% ("expand")`);
  }
  return values;
}

/** An operand for each value of its placeholders. */
export function expandOperand(key: string, operand: Operand, placeholders: Placeholders): readonly Operand[] {
  if (operand.kind !== 'text') return [operand];
  if (operand.isBytes || operand.parts.includes(anyDash)) {
    throw new Refusal(`"${key}": "expand" must stand before windash and the encodings`);
  }
  return expand(key, operand.written, placeholders).map((text) => ({
    ...operand,
    written: text,
    parts: parsePattern(text),
  }));
}
