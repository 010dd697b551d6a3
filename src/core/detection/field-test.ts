import { type DatePart, datePart } from './date-part.ts';
import type { FieldNames } from './field-names.ts';
import { type FieldPlan, isOrdered, planField } from './field-plan.ts';
import { isInRange, parseIpRange } from './ip-range.ts';
import { type KeySet, type Node, Refusal } from './node.ts';
import { asText, type Operand, type Placeholders, patternOf } from './operand.ts';
import { anyRun, compilePattern } from './pattern.ts';
import { referenceTest } from './reference-test.ts';
import { anywhere, type FieldReader, type Found, type Subject, textsOfContainer } from './subject.ts';

export type DetectionOptions = {
  /** Makes a matcher that finds a pattern anywhere in a text, in linear time; undefined for a pattern it refuses. */
  readonly regex?: ((pattern: string) => ((text: string) => boolean) | undefined) | undefined;
  /** How fields are found; left out, as dotted paths in the record itself. */
  readonly fields?: FieldNames | undefined;
  /** Values of `%name%`, for the modifier `expand`. */
  readonly placeholders?: Placeholders | undefined;
};

export type TestContext = DetectionOptions & { readonly fields: FieldNames };

/** Decides by what stands at a field; the subject is only for what was read from it before. */
type FoundTest = (found: Found, subject: Subject) => boolean;

/** Compiles `field|modifier: values`; without a field it asks for words anywhere in the event. */
export function compileField(key: string, value: unknown, context: TestContext): Node {
  const plan = planField(key, value, context.placeholders ?? {});
  const read = plan.field === '' ? anywhere : context.fields.reader(plan.field);
  const test = joinTests(plan, context);
  return {
    test: plan.isNegated
      ? (subject) => {
          const found = read(subject);
          // What is not there is not known to be different.
          return hasValue(found) && !test(found, subject);
        }
      : (subject) => test(read(subject), subject),
    keys: keysOf(plan),
    cost: costOf(plan, read),
  };
}

function joinTests(plan: FieldPlan, context: TestContext): FoundTest {
  const set = plan.isAll ? undefined : literalSet(plan);
  if (set !== undefined) return (found) => found.lowerTexts.some((text) => set.has(text));
  const tests = plan.operands.map((operand) => operandTest(plan, operand, context));
  const [only] = tests;
  if (tests.length === 1 && only !== undefined) return only;
  return plan.isAll
    ? (found, subject) => tests.every((test) => test(found, subject))
    : (found, subject) => tests.some((test) => test(found, subject));
}

function operandTest(plan: FieldPlan, operand: Operand, context: TestContext): FoundTest {
  const { key, comparison } = plan;
  if (comparison === 'exists') {
    const isWanted = operand.kind === 'boolean' && operand.value;
    return (found) => found.isPresent === isWanted;
  }
  if (isOrdered(comparison) || plan.datePart !== undefined) return numberTest(plan, operand);
  if (operand.kind === 'null') return (found) => !hasValue(found);
  const text = asText(key, operand);
  if (comparison === 'fieldref') return referenceTest(plan, text, context.fields);
  if (comparison === 'cidr') {
    const range = parseIpRange(text.written);
    if (range === undefined) throw new Refusal(`"${key}": "${text.written}" is not a range of IP addresses`);
    return (found) => found.texts.some((one) => isInRange(one, range));
  }
  if (comparison === 're') return patternTest(plan, text.written, context);
  const parts = patternOf(
    plan.field === '' && !text.isOpenStart && !text.isOpenEnd
      ? { ...text, isOpenStart: true, isOpenEnd: true }
      : text,
  );
  const { test, isOpen } = compilePattern(parts, plan.isCased);
  const written = parts.filter((part) => typeof part === 'string').join('');
  const hasPunctuation = parts[0] !== anyRun && /^[[{]/u.test(written);
  return textTest(test, plan.isCased, isOpen, hasPunctuation || written.includes('"'));
}

/**
 * A map or list is searched name by name and value by value where a part may fit; as JSON only for words that tell by
 * their quotes or brackets that they mean it.
 */
function textTest(
  test: (text: string) => boolean,
  isCased: boolean,
  isOpen: boolean,
  isJson: boolean,
): FoundTest {
  return (found, subject) => {
    for (const text of isCased ? found.texts : found.lowerTexts) if (test(text)) return true;
    if (!isOpen && !isJson) return false;
    for (const container of found.containers) {
      const texts = textsOfContainer(subject, container);
      if (isOpen && (isCased ? texts.parts : texts.lowerParts).some(test)) return true;
      if (isJson && test(isCased ? texts.json() : texts.json().toLowerCase())) return true;
    }
    return false;
  };
}

function patternTest(plan: FieldPlan, written: string, context: TestContext): FoundTest {
  const { key, flags } = plan;
  if (context.regex === undefined) {
    throw new Refusal(`"${key}": regular expressions are not available here`);
  }
  const matcher = context.regex(flags === '' ? written : `(?${flags})${written}`);
  if (matcher === undefined) {
    throw new Refusal(
      `"${key}": this regular expression is not supported; look-around and back-references are outside of Sigma`,
    );
  }
  return textTest(matcher, true, true, written.includes('"'));
}

/** Digits as they stand in JSON; longer ones are no number that anybody compares. */
const numeric = /^-?\d{1,20}(\.\d{1,20})?$/u;

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && numeric.test(value.trim()) ? Number(value.trim()) : undefined;
}

function numberTest({ comparison, datePart: part }: FieldPlan, operand: Operand): FoundTest {
  const wanted = operand.kind === 'number' ? operand.value : Number.NaN;
  const compare = comparing(comparison, wanted);
  return (found) =>
    found.values.some((value) => {
      const number = part === undefined ? numberOf(value) : dateNumber(value, part);
      return number !== undefined && compare(number);
    });
}

function dateNumber(value: unknown, part: DatePart): number | undefined {
  return datePart(typeof value === 'string' ? (numberOf(value) ?? value) : value, part);
}

function comparing(comparison: FieldPlan['comparison'], wanted: number): (number: number) => boolean {
  switch (comparison) {
    case 'lt':
      return (number) => number < wanted;
    case 'lte':
      return (number) => number <= wanted;
    case 'gt':
      return (number) => number > wanted;
    case 'gte':
      return (number) => number >= wanted;
    default:
      return (number) => number === wanted;
  }
}

/** An empty list has no value; an empty text is one. */
function hasValue(found: Found): boolean {
  return (
    found.texts.length > 0 ||
    found.containers.some((container) => !Array.isArray(container) || container.length > 0)
  );
}

/** The only text that an operand fits, in lower case. */
function literalOf(plan: FieldPlan, operand: Operand): string | undefined {
  if (plan.comparison !== 'text' || plan.datePart !== undefined || plan.field === '') return undefined;
  if (operand.kind === 'null') return undefined;
  const { literal } = compilePattern(patternOf(asText(plan.key, operand)), false);
  // Brackets may also mean a list or map as JSON.
  return literal === undefined || /^[[{]|"/u.test(literal) ? undefined : literal;
}

/** Fewer are as quickly compared one by one. */
const setValuesMin = 4;

function literalSet(plan: FieldPlan): ReadonlySet<string> | undefined {
  if (plan.operands.length < setValuesMin || plan.isCased) return undefined;
  const literals = plan.operands.map((operand) => literalOf(plan, operand));
  return literals.every((literal) => literal !== undefined) ? new Set(literals) : undefined;
}

function keysOf(plan: FieldPlan): readonly KeySet[] {
  if (plan.isNegated) return [];
  const keys = plan.operands.map((operand) => {
    const value = literalOf(plan, operand);
    return value === undefined || value === '' ? undefined : { field: plan.field, value };
  });
  const known = keys.filter((key) => key !== undefined);
  if (plan.isAll) return known.map((key) => [key]);
  return known.length === keys.length ? [known] : [];
}

function costOf(plan: FieldPlan, read: FieldReader): number {
  const each =
    plan.comparison === 're'
      ? 50
      : literalOf(plan, plan.operands[0] ?? { kind: 'null' }) === undefined
        ? 3
        : 1;
  return each * Math.min(plan.operands.length, 20) + (read === anywhere ? 100 : 0);
}
