import type { FieldNames } from './field-names.ts';
import type { FieldPlan } from './field-plan.ts';
import type { TextOperand } from './operand.ts';
import type { Found, Subject } from './subject.ts';

/** Pairs that are compared: two lists of a record may be long, and each may hold the other's. */
export const pairsMax = 10_000;

/** Compares with another field of the same event (Sigma modifiers, `fieldref`). */
export function referenceTest(
  { isCased }: FieldPlan,
  operand: TextOperand,
  fields: FieldNames,
): (found: Found, subject: Subject) => boolean {
  const read = fields.reader(operand.written);
  const { isOpenStart, isOpenEnd } = operand;
  return (found, subject) => {
    const other = read(subject);
    const texts = isCased ? found.texts : found.lowerTexts;
    const others = isCased ? other.texts : other.lowerTexts;
    if (!isOpenStart && !isOpenEnd) {
      const wanted = new Set(others);
      return texts.some((text) => wanted.has(text));
    }
    const rows = Math.max(1, Math.floor(pairsMax / Math.max(1, others.length)));
    return texts
      .slice(0, rows)
      .some((text) => others.slice(0, pairsMax).some((one) => fits(text, one, isOpenStart, isOpenEnd)));
  };
}

function fits(text: string, other: string, isOpenStart: boolean, isOpenEnd: boolean): boolean {
  if (isOpenStart && isOpenEnd) return text.includes(other);
  return isOpenEnd ? text.startsWith(other) : text.endsWith(other);
}
