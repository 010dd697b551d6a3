import { compileDetection } from '../detection/compile-detection.ts';
import { subjectOfEvent } from '../detection/subject.ts';
import type { Filled } from './fill.ts';
import type { ControlTemplate } from './template.ts';

/** What the control would do with an event. `not-known`: the event does not say what it takes to tell. */
export type Judged = 'stops' | 'passes' | 'not-known';

export type Matcher =
  | { readonly kind: 'ok'; readonly judge: (event: unknown) => Judged }
  /** `path` leads into `catches`. */
  | { readonly kind: 'error'; readonly reason: string; readonly path: readonly (string | number)[] };

/** The matcher of a template, with the names that stand in its patch. The same one is run on every kept event. */
export function matcherOf(
  template: Pick<ControlTemplate, 'catches' | 'needs'>,
  identifiers: Filled,
): Matcher {
  const { catches, needs } = template;
  if (catches === undefined) return { kind: 'ok', judge: () => 'not-known' };
  const block = withNames(catches, identifiers);
  if (!isBlock(block)) return { kind: 'error', reason: 'a detection is a map', path: [] };
  const detection = compileDetection(block);
  if (detection.kind === 'error') return detection;
  return {
    kind: 'ok',
    judge: (event) => {
      if (needs.some((member) => memberOf(event, member) === undefined)) return 'not-known';
      return detection.test(subjectOfEvent(event)) ? 'stops' : 'passes';
    },
  };
}

const whole = /^<<([a-z][a-z0-9-]{0,63})>>$/u;

/** A value that is a placeholder becomes the list of its names; they hold no wildcard by their grammar. */
function withNames(value: unknown, identifiers: Filled): unknown {
  if (typeof value === 'string') {
    const name = whole.exec(value)?.[1];
    return name === undefined ? value : (identifiers[name] ?? []);
  }
  if (Array.isArray(value)) return value.flatMap((one: unknown) => withNames(one, identifiers));
  if (!isBlock(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withNames(inner, identifiers)]),
  );
}

function isBlock(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberOf(event: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((at, name) => (isBlock(at) ? at[name] : undefined), event);
}
