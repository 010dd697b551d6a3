import { isFieldName } from '../detection/field-names.ts';
import { at, Refusal } from '../detection/node.ts';
import { isMap } from '../detection/subject.ts';
import {
  type Attribution,
  type Document,
  documentOf,
  mapIn,
  type RuleHead,
  type RuleRefusal,
  readHead,
  refused,
} from './document.ts';

/** A Sigma correlation (Sigma correlation rules 2.1), read and checked; `correlate` runs it. */
export type Correlation = RuleHead & {
  readonly kind: 'correlation';
  readonly type: CorrelationType;
  /** Ids or names of rules or correlations, as written; for `temporal_ordered` in this order. */
  readonly rules: readonly string[];
  /** Fields or aliases that all its events share; values are compared without case. */
  readonly groupBy: readonly string[];
  readonly timespanMs: number;
  readonly condition: CountCondition;
  /** What is counted, added or averaged; several fields are counted together. */
  readonly fields: readonly string[];
  /** By alias and rule, the field that it stands for. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Whether its rules speak for themselves as well. */
  readonly isGenerating: boolean;
};

export const correlationTypes = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
] as const;
export type CorrelationType = (typeof correlationTypes)[number];

export type CountOperator = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq';
/** All must hold: two make a range. */
export type CountCondition = readonly { readonly operator: CountOperator; readonly value: number }[];

const operators: readonly CountOperator[] = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'];
export const correlationRulesMax = 50;
export const groupFieldsMax = 20;
/** A window holds what happened in it: longer ones are a report, not a correlation. */
export const timespanDaysMax = 400;

export function compileCorrelation(
  document: unknown,
  attribution: Attribution = {},
): Correlation | RuleRefusal {
  return refused(() => {
    const whole = documentOf(document);
    const head = readHead(whole, attribution);
    const correlation = mapIn(whole, 'correlation');
    const { generate } = whole;
    if (generate !== undefined && typeof generate !== 'boolean') {
      throw new Refusal('"generate" is true or false', ['generate']);
    }
    return at('correlation', () => ({
      ...head,
      kind: 'correlation' as const,
      ...readBody(correlation),
      isGenerating: generate === true || correlation.generate === true,
    }));
  });
}

function readBody(body: Document): Omit<Correlation, keyof RuleHead | 'kind' | 'isGenerating'> {
  const type = readType(body.type);
  const rules = names(body, 'rules', correlationRulesMax);
  if (new Set(rules).size < rules.length) throw new Refusal('a rule is named twice', ['rules']);
  const isTemporal = type === 'temporal' || type === 'temporal_ordered';
  const { condition, fields } =
    body.condition === undefined && isTemporal
      ? { condition: [{ operator: 'gte' as const, value: rules.length }], fields: [] }
      : at('condition', () => readCondition(body.condition, type));
  return {
    type,
    rules,
    groupBy: fieldsIn(body, 'group-by'),
    timespanMs: readTimespan(body.timespan),
    condition,
    fields,
    aliases: readAliases(body.aliases, rules),
  };
}

function readType(value: unknown): CorrelationType {
  const type = correlationTypes.find((one) => one === value);
  if (type !== undefined) return type;
  const path = ['type'];
  if (value === 'value_percentile') {
    const why = 'the specification does not say of what the percentile is, so it is not guessed';
    throw new Refusal(`the type value_percentile is not supported: ${why}`, path);
  }
  throw new Refusal(`the type must be one of ${correlationTypes.join(', ')}`, path);
}

function names(body: Document, key: string, countMax: number): readonly string[] {
  const value = body[key];
  const items: readonly unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? [value] : [];
  const texts = items.filter((item): item is string => typeof item === 'string' && item !== '');
  if (texts.length === 0 || texts.length < items.length) {
    throw new Refusal(`a correlation needs "${key}", a list of names`, [key]);
  }
  if (texts.length > countMax) throw new Refusal(`"${key}" lists more than ${countMax}`, [key]);
  return texts;
}

function fieldsIn(body: Document, key: string): readonly string[] {
  const fields = names(body, key, groupFieldsMax);
  const broken = fields.find((field) => !isFieldName(field));
  if (broken !== undefined)
    throw new Refusal(`"${broken}" is not a field: a name is missing around a dot`, [key]);
  return fields;
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function readTimespan(value: unknown): number {
  const [, digits, unit = ''] = (typeof value === 'string' && /^(\d{1,9})([smhd])$/u.exec(value)) || [];
  const ms = Number(digits) * (unitMs[unit] ?? Number.NaN);
  if (!(ms > 0)) throw new Refusal('the timespan is a number with s, m, h or d, as 90m', ['timespan']);
  if (ms > timespanDaysMax * 86_400_000) {
    throw new Refusal(`the timespan is longer than ${timespanDaysMax} days`, ['timespan']);
  }
  return ms;
}

function readCondition(
  value: unknown,
  type: CorrelationType,
): { readonly condition: CountCondition; readonly fields: readonly string[] } {
  if (!isMap(value)) throw new Refusal('the condition of a correlation is a map as "gte: 10"');
  const condition = operators.flatMap((operator) => {
    const wanted = value[operator];
    if (wanted === undefined) return [];
    if (typeof wanted !== 'number' || !Number.isFinite(wanted)) {
      throw new Refusal(`"${operator}" takes a number`, [operator]);
    }
    return [{ operator, value: wanted }];
  });
  const unknown = Object.keys(value).find((key) => key !== 'field' && !operators.some((one) => one === key));
  if (unknown !== undefined) throw new Refusal(`the condition does not know "${unknown}"`, [unknown]);
  if (condition.length === 0 || condition.length > 2) {
    throw new Refusal(`the condition takes one of ${operators.join(', ')}, or two for a range`);
  }
  const isOfValues = type.startsWith('value_');
  if (!isOfValues && value.field !== undefined) {
    throw new Refusal(`a ${type} counts no field`, ['field']);
  }
  const fields = isOfValues ? fieldsIn(value, 'field') : [];
  if (fields.length > 1 && type !== 'value_count') throw new Refusal(`a ${type} takes one field`, ['field']);
  return { condition, fields };
}

function readAliases(value: unknown, rules: readonly string[]): Correlation['aliases'] {
  if (value === undefined || value === null) return new Map();
  if (!isMap(value)) throw new Refusal('"aliases" is a map of names', ['aliases']);
  const aliases = new Map<string, ReadonlyMap<string, string>>();
  for (const [alias, fields] of Object.entries(value)) {
    const path = ['aliases', alias];
    if (!isMap(fields)) throw new Refusal(`the alias "${alias}" names a field for each rule`, path);
    const byRule = new Map<string, string>();
    for (const [rule, field] of Object.entries(fields)) {
      if (typeof field !== 'string' || !isFieldName(field))
        throw new Refusal('a field is text', [...path, rule]);
      byRule.set(rule, field);
    }
    const missing = rules.find((rule) => !byRule.has(rule));
    if (missing !== undefined) {
      throw new Refusal(`the alias "${alias}" names no field for the rule "${missing}"`, path);
    }
    aliases.set(alias, byRule);
  }
  return aliases;
}
