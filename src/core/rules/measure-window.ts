import type { Correlation, CountCondition } from './correlation.ts';

/** An event that fits a rule of a correlation, in one group. */
export type WindowHit = {
  readonly at: number;
  readonly id: string;
  /** Position of the rule in the correlation. */
  readonly rule: number;
  /** What is counted, added or averaged. */
  readonly values: readonly string[];
};

/** The timespan that ends with the hit that was pushed last. */
export type Window = {
  /**
   * Hits come in order of time; for `temporal_ordered` those of one millisecond in order of their rules. Gives what
   * the timespan holds with this hit; it takes in its first and its last millisecond.
   */
  readonly push: (hit: WindowHit) => number | undefined;
};

export function openWindow(correlation: Correlation): Window {
  const { type, timespanMs } = correlation;
  if (type === 'temporal_ordered') return orderWindow(timespanMs, correlation.rules.length);
  const content = contentOf(type);
  const held: WindowHit[] = [];
  let first = 0;
  return {
    push: (hit) => {
      held.push(hit);
      content.change(hit, 1);
      for (
        let oldest = held[first];
        oldest !== undefined && oldest.at < hit.at - timespanMs;
        oldest = held[first]
      ) {
        content.change(oldest, -1);
        first += 1;
      }
      // Now and then, so that leaving costs nothing.
      if (first > 1_000 && first > held.length / 2) {
        held.splice(0, first);
        first = 0;
      }
      return content.figure();
    },
  };
}

type Content = {
  readonly change: (hit: WindowHit, sign: 1 | -1) => void;
  readonly figure: () => number | undefined;
};

function contentOf(type: Correlation['type']): Content {
  if (type === 'event_count') {
    let events = 0;
    return {
      change: (_, sign) => {
        events += sign;
      },
      figure: () => events,
    };
  }
  if (type === 'value_sum' || type === 'value_avg') return sumContent(type === 'value_avg');
  const seen = tally();
  return {
    change: (hit, sign) => {
      for (const text of type === 'temporal' ? [String(hit.rule)] : hit.values) seen.change(text, sign);
    },
    figure: seen.size,
  };
}

function sumContent(isAverage: boolean): Content {
  let sum = 0;
  let count = 0;
  return {
    change: ({ values }, sign) => {
      for (const value of values) {
        sum += sign * Number(value);
        count += sign;
      }
      // Nothing left is exactly nothing.
      if (count === 0) sum = 0;
    },
    figure: () => (count === 0 ? undefined : isAverage ? sum / count : sum),
  };
}

/** How often each text is there. */
function tally() {
  const counts = new Map<string, number>();
  return {
    change: (text: string, sign: 1 | -1): void => {
      const left = (counts.get(text) ?? 0) + sign;
      if (left > 0) counts.set(text, left);
      else counts.delete(text);
    },
    size: (): number => counts.size,
  };
}

/** The latest beginning of a row of rules, and the event that ends it: an event is not two steps that follow. */
type Row = { readonly start: number; readonly end: string };

/**
 * How many rules stand in their order in a row that ends with the hit, within the timespan. Events of the same
 * millisecond count as in order: many sources know only seconds.
 */
function orderWindow(timespanMs: number, rules: number): Window {
  // best[rule][length - 1]: rows that end with this rule, of this length; two with different ends are enough.
  const best: Row[][][] = Array.from({ length: rules }, () => Array.from({ length: rules }, () => []));
  return {
    push: (hit) => {
      let longest = 0;
      for (let length = 1; length <= hit.rule + 1; length += 1) {
        const start = length === 1 ? hit.at : latestStart(best, hit, length - 1);
        if (start === undefined || hit.at - start > timespanMs) continue;
        longest = length;
        remember(best[hit.rule]?.[length - 1], { start, end: hit.id });
      }
      return longest;
    },
  };
}

function latestStart(
  best: readonly (readonly (readonly Row[])[])[],
  hit: WindowHit,
  length: number,
): number | undefined {
  let latest: number | undefined;
  for (let rule = 0; rule < hit.rule; rule += 1) {
    for (const row of best[rule]?.[length - 1] ?? []) {
      if (row.end !== hit.id && (latest === undefined || row.start > latest)) latest = row.start;
    }
  }
  return latest;
}

function remember(rows: Row[] | undefined, row: Row): void {
  if (rows === undefined) return;
  const same = rows.findIndex((one) => one.end === row.end);
  if (same >= 0) rows.splice(same, 1);
  rows.push(row);
  rows.sort((one, other) => other.start - one.start);
  rows.length = Math.min(rows.length, 2);
}

export function holds(condition: CountCondition, figure: number | undefined): boolean {
  if (figure === undefined) return false;
  return condition.every(({ operator, value }) => {
    switch (operator) {
      case 'gt':
        return figure > value;
      case 'gte':
        return figure >= value;
      case 'lt':
        return figure < value;
      case 'lte':
        return figure <= value;
      case 'eq':
        return figure === value;
      default:
        return figure !== value;
    }
  });
}
