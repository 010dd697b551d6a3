import type { LoopJson } from '../api/shapes.ts';

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const minute = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
});

const utcDay = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** A UTC day as it is counted, wherever the reader is. */
export const utcDayText = (at: string): string => utcDay.format(new Date(at));

/** In the reader's own time. */
export const dayText = (at: string): string => day.format(new Date(at));
export const minuteText = (at: string): string => minute.format(new Date(at));

/** Names whose letters are written so. */
const spelled: Readonly<Record<string, string>> = {
  ai: 'AI',
  api: 'API',
  aws: 'AWS',
  github: 'GitHub',
  gitlab: 'GitLab',
  iam: 'IAM',
  mcp: 'MCP',
  ssh: 'SSH',
};

/** `secret-in-repository` as a reader says it, where its title is not at hand. */
export const plain = (id: string): string => {
  const text = id
    .split('-')
    .map((word) => spelled[word] ?? word)
    .join(' ');
  return text.slice(0, 1).toUpperCase() + text.slice(1);
};

export function ownerText(owner: LoopJson['owner']): string {
  if (owner.kind === 'unknown' && owner.name === undefined && owner.email === undefined)
    return 'Nobody known';
  return owner.name ?? owner.email ?? owner.id ?? 'Nobody known';
}

/** When it was done last; of what no trusted source tells, when it was last heard of. */
export const whenText = ({ lastOccurredAt, updatedAt }: LoopJson): string =>
  dayText(Date.parse(lastOccurredAt) > 0 ? lastOccurredAt : updatedAt);

/** Where it was seen, in as few words as say it. */
export function whereText({ repository, file, line }: LoopJson['where']): string {
  const place = file === undefined ? undefined : `${file}${line === undefined ? '' : `:${line}`}`;
  return [repository, place].filter((part) => part !== undefined).join(' · ');
}

/** What tells a case that is no secret from others, beside who owns it. */
export function aboutText({ about, owner }: LoopJson): string {
  if (about === undefined) return '';
  const { actor, identity, resource, rule, campaign } = about;
  const doer = [actor.name, identity].find((name) => name !== undefined && name !== owner.email);
  // A rule that stops people is doer and thing at once.
  const names = new Set([doer === owner.name ? undefined : doer, resource]);
  return [
    ...[...names].filter((name) => name !== rule),
    rule === undefined ? undefined : `rule ${rule}`,
    campaign === undefined ? undefined : `exercise ${campaign}`,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** A reason of the engine as a sentence. */
export const sentence = (text: string): string =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/u.test(text) ? '' : '.'}`;

const units: Readonly<Record<string, string>> = {
  m: 'minute',
  h: 'hour',
  d: 'day',
  wd: 'working day',
  wh: 'working hour',
};

/** `2wd` is 2 working days. What is written otherwise stays as it is. */
export function spanText(span: string): string {
  const [, n = '', unit = ''] = /^(\d+)([a-z]+)$/u.exec(span) ?? [];
  const name = units[unit];
  return name === undefined ? span : `${n} ${name}${n === '1' ? '' : 's'}`;
}

/** A length of time in the largest unit that fits. */
export function minutesText(minutes: number): string {
  const [n, unit] =
    minutes % 1440 === 0
      ? [minutes / 1440, 'day']
      : minutes % 60 === 0
        ? [minutes / 60, 'hour']
        : [minutes, 'minute'];
  return `${n.toLocaleString()} ${unit}${n === 1 ? '' : 's'}`;
}

/** What each state means to an operator. */
export const stateSays: Readonly<Record<LoopJson['state'], string>> = {
  backlog: 'History: nobody is told until you release it',
  triage: 'Not trusted yet, or nobody known to ask',
  open: 'About to be told',
  told: 'Told, waiting for an answer',
  answered: 'Answered, not proven yet',
  escalated: 'Silence to the end: others were told',
  observed: 'Part of the fix is seen',
  verified: 'Fixed; the hold window runs',
  held: 'Fixed, and nothing came back',
  reassigned: 'Handed to someone else',
  incident: 'Not them: the duty role has it',
  disputed: 'They say that it is wrong',
  dismissed: 'Judged to be no failure',
  accepted: 'Risk accepted until a date',
  unprovable: 'Nothing can prove it fixed',
  orphaned: 'Its owner has left',
  merged: 'Part of another loop',
};

export const stateNames: readonly LoopJson['state'][] = (
  Object.keys(stateSays) as LoopJson['state'][]
).filter((state) => state !== 'merged');

export type Tone = 'wait' | 'work' | 'good' | 'quiet';

export function toneOf(state: LoopJson['state']): Tone {
  if (state === 'triage' || state === 'disputed' || state === 'incident' || state === 'orphaned')
    return 'wait';
  if (state === 'verified' || state === 'held') return 'good';
  if (state === 'backlog' || state === 'dismissed' || state === 'merged' || state === 'unprovable')
    return 'quiet';
  return 'work';
}
