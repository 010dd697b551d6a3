import { ask } from '../../api/ask.ts';
import type { LoopJson, StoryJson } from '../../api/shapes.ts';

export type BulkField = 'reason' | 'to';

/** One thing that is done to several loops, one after another. Each line says what became of it. */
export type BulkAction = {
  readonly id: 'release' | 'redirect' | 'withdraw' | 'dismiss';
  readonly label: string;
  readonly scopes: readonly string[];
  readonly fields: readonly BulkField[];
  /** What will happen, before it does. */
  readonly says: (picked: readonly LoopJson[]) => string;
  /** What became of one. Errors: Problem, with the API's sentence. */
  readonly run: (loop: LoopJson, typed: Readonly<Record<string, string>>) => Promise<string>;
};

const cases = (n: number): string => `${n.toLocaleString()} ${n === 1 ? 'case' : 'cases'}`;

const release: BulkAction = {
  id: 'release',
  label: 'Release',
  scopes: ['loops:write'],
  fields: [],
  says: (picked) => {
    const n = picked.filter(({ state }) => state === 'backlog').length;
    const rest = picked.length - n;
    return `Owners of ${cases(n)} are told, one digest each, as their daily budget allows.${
      rest === 0 ? '' : ` ${cases(rest)} of those chosen are no history and stay as they are.`
    }`;
  },
  run: async ({ id }) => {
    const { released } = await ask<{ released: number }>('/v1/loops/release', { json: { ids: [id] } });
    return released > 0 ? 'Released' : 'It was no history';
  },
};

const redirect: BulkAction = {
  id: 'redirect',
  label: 'Ask somebody else',
  scopes: ['owners:write', 'messages:write', 'messages:read'],
  fields: ['to', 'reason'],
  says: (picked) =>
    `Of ${cases(picked.length)} whoever you name is asked instead, where somebody is being asked now. What waited for the former recipient is taken back; whoever was told stays told. A message that speaks of several cases goes over with all of them.`,
  run: async ({ id }, { kind, to, reason }) => {
    const message = (await storyOf(id)).messages.findLast(({ state }) => asking.has(state));
    if (message === undefined) return 'Nobody is being asked';
    await ask(`/v1/messages/${message.id}/redirect`, {
      json: { to: kind === 'duty' ? { kind } : { kind, id: to }, reason },
    });
    return 'Somebody else is asked';
  },
};

const withdraw: BulkAction = {
  id: 'withdraw',
  label: 'Take back what waits',
  scopes: ['delivery:write', 'messages:read'],
  fields: ['reason'],
  says: (picked) =>
    `Messages about ${cases(picked.length)} that have not left are taken back, and the next in line hears of the case instead. What left cannot be unsent, and a digest is taken back whole. To have nobody hear of a case, dismiss it.`,
  run: async ({ id }, { reason }) => {
    const waiting = (await storyOf(id)).messages.filter(({ state }) => state === 'queued');
    for (const message of waiting) await ask(`/v1/messages/${message.id}/withdraw`, { json: { reason } });
    return waiting.length === 0 ? 'Nothing waits' : 'Taken back';
  },
};

const dismiss: BulkAction = {
  id: 'dismiss',
  label: 'Dismiss',
  scopes: ['loops:write'],
  fields: ['reason'],
  says: (picked) =>
    `${cases(picked.length)} were no failures: they end, and are not counted as fixed. It stands in the ledger with your reason.`,
  run: async ({ id }, { reason }) => {
    await ask(`/v1/loops/${id}/replies`, { json: { decision: 'dismiss', reason } });
    return 'Dismissed';
  },
};

export const bulkActions: readonly BulkAction[] = [release, redirect, withdraw, dismiss];

const asking: ReadonlySet<string> = new Set(['queued', 'sending', 'accepted', 'uncertain']);

const storyOf = (id: string): Promise<StoryJson> => ask<StoryJson>(`/v1/loops/${id}`);
