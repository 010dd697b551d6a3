import { type DatePart, datePartRanges } from './date-part.ts';
import { Refusal } from './node.ts';
import {
  asText,
  expandOperand,
  modifyText,
  type Operand,
  operandOf,
  type Placeholders,
  textModifiers,
} from './operand.ts';

/** How the value of a field is compared. Numbers, true and false are compared as text unless it says otherwise. */
export type Comparison = 'text' | 're' | 'cidr' | 'fieldref' | 'exists' | 'lt' | 'lte' | 'gt' | 'gte';

/** A key of a selection with its values, after all modifiers (Sigma modifiers 2.1). */
export type FieldPlan = {
  readonly key: string;
  /** Empty for words that may stand anywhere. */
  readonly field: string;
  readonly comparison: Comparison;
  readonly operands: readonly Operand[];
  readonly isAll: boolean;
  readonly isCased: boolean;
  readonly isNegated: boolean;
  /** `i`, `m`, `s` of a regular expression. */
  readonly flags: string;
  readonly datePart: DatePart | undefined;
};

export const selectionValuesMax = 10_000;

const comparisons: readonly Comparison[] = ['re', 'cidr', 'fieldref', 'exists', 'lt', 'lte', 'gt', 'gte'];
const dateParts: readonly DatePart[] = ['minute', 'hour', 'day', 'week', 'month', 'year'];
const affixes: readonly string[] = ['contains', 'startswith', 'endswith'];

/** @param value one value or a list of them, as the rule has it */
export function planField(key: string, value: unknown, placeholders: Placeholders): FieldPlan {
  const [field = '', ...modifiers] = key.split('|');
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length === 0) throw new Refusal(`"${key}" lists no value`);
  if (values.length > selectionValuesMax) {
    throw new Refusal(`"${key}" lists more than ${selectionValuesMax} values`);
  }
  if (Array.isArray(value) && values.includes(null)) {
    throw new Refusal(`"${key}": null may not stand in a list; give it a selection of its own`);
  }
  const plan = modifiers.reduce((made: FieldPlan, modifier) => applyModifier(made, modifier, placeholders), {
    key,
    field,
    comparison: 'text',
    operands: values.map((one) => operandOf(key, one)),
    isAll: false,
    isCased: false,
    isNegated: false,
    flags: '',
    datePart: undefined,
  });
  checkPlan(plan, modifiers);
  return plan;
}

function applyModifier(plan: FieldPlan, modifier: string, placeholders: Placeholders): FieldPlan {
  const { key, operands, comparison } = plan;
  if (modifier === 'all') return { ...plan, isAll: true };
  if (modifier === 'cased') return { ...plan, isCased: true };
  if (modifier === 'neq') return { ...plan, isNegated: true };
  if (modifier === 'expand') {
    return { ...plan, operands: operands.flatMap((one) => expandOperand(key, one, placeholders)) };
  }
  const datePart = dateParts.find((part) => part === modifier);
  if (datePart !== undefined) return { ...plan, datePart };
  const chosen = comparisons.find((one) => one === modifier);
  if (chosen !== undefined) {
    if (comparison !== 'text') throw togetherRefusal(plan);
    return { ...plan, comparison: chosen };
  }
  if (modifier === 'i' || modifier === 'm' || modifier === 's') {
    if (comparison !== 're') throw new Refusal(`"${key}": "${modifier}" only stands after "re"`);
    return { ...plan, flags: plan.flags + modifier };
  }
  if (!textModifiers.includes(modifier)) {
    throw new Refusal(`"${key}": the modifier "${modifier}" is not supported; Sigma 2.1 does not know it`);
  }
  if (comparison !== 'text' && !(comparison === 'fieldref' && affixes.includes(modifier))) {
    throw togetherRefusal(plan);
  }
  const modified = operands.flatMap((one) => modifyText(key, modifier, asText(key, one)));
  if (modified.length > selectionValuesMax) {
    throw new Refusal(`"${key}" stands for more than ${selectionValuesMax} values`);
  }
  return { ...plan, operands: modified };
}

function togetherRefusal({ key }: FieldPlan): Refusal {
  return new Refusal(`"${key}" combines modifiers that do not go together`);
}

/** Whether the parts that came together make sense together, and their values with them. */
function checkPlan(plan: FieldPlan, modifiers: readonly string[]): void {
  const { key, comparison, operands, field } = plan;
  const modified = modifiers.filter((one) => textModifiers.includes(one));
  const isPlain = modified.length === 0 && plan.datePart === undefined;
  const isMixed =
    (comparison === 're' || comparison === 'cidr' || comparison === 'exists') && !isPlain
      ? true
      : (plan.datePart !== undefined && (modified.length > 0 || plan.isCased || comparison === 'fieldref')) ||
        (plan.isNegated && (plan.isAll || comparison === 'exists' || isOrdered(comparison))) ||
        (isOrdered(comparison) && (modified.length > 0 || plan.isCased)) ||
        (comparison === 'fieldref' && modified.some((one) => !affixes.includes(one)));
  if (isMixed) throw togetherRefusal(plan);
  if (field === '' && !(comparison === 'text' || comparison === 're')) throw togetherRefusal(plan);
  if (field === '' && (plan.isNegated || plan.datePart !== undefined)) throw togetherRefusal(plan);
  if (modified.at(-1) === 'base64offset') {
    throw new Refusal(`"${key}": "base64offset" finds a part of a text, so "contains" must follow`);
  }
  for (const operand of operands) checkOperand(plan, operand);
  if (comparison === 'exists' && (operands.length > 1 || plan.isAll || plan.isCased)) {
    throw new Refusal(`"${key}" takes true or false, once`);
  }
}

function checkOperand({ key, comparison, datePart, field, isNegated }: FieldPlan, operand: Operand): void {
  if (
    operand.kind === 'null' &&
    (comparison !== 'text' || datePart !== undefined || field === '' || isNegated)
  ) {
    throw new Refusal(`"${key}": null goes with no modifier`);
  }
  if ((isOrdered(comparison) || datePart !== undefined) && operand.kind !== 'number') {
    throw new Refusal(`"${key}" takes numbers`);
  }
  if (datePart !== undefined && operand.kind === 'number') {
    const [low, high] = datePartRanges[datePart];
    const isInside = Number.isInteger(operand.value) && operand.value >= low && operand.value <= high;
    if (!isInside) throw new Refusal(`"${key}" takes whole numbers from ${low} to ${high}`);
  }
  if (comparison === 'exists' && operand.kind !== 'boolean')
    throw new Refusal(`"${key}" takes true or false`);
  if ((comparison === 'cidr' || comparison === 'fieldref') && operand.kind !== 'text') {
    throw new Refusal(`"${key}" takes text`);
  }
}

export function isOrdered(comparison: Comparison): comparison is 'lt' | 'lte' | 'gt' | 'gte' {
  return comparison === 'lt' || comparison === 'lte' || comparison === 'gt' || comparison === 'gte';
}
