/** Where a loop stands. */
export const states = [
  'backlog',
  'triage',
  'open',
  'told',
  'answered',
  'escalated',
  'observed',
  'verified',
  'held',
  'reassigned',
  'incident',
  'disputed',
  'dismissed',
  'accepted',
  'unprovable',
  'orphaned',
  'merged',
] as const;
export type LoopState = (typeof states)[number];

/** The rung a proof has reached. Only `verified` and `held` count as fixed. */
export const rungs = ['none', 'claimed', 'observed', 'verified', 'held', 'unknown', 'unprovable'] as const;
export type Rung = (typeof rungs)[number];

export type Transition = { readonly from: LoopState; readonly to: LoopState; readonly sentence: string };

/** The life of a loop as data, a sentence a row. The documentation prints this table. */
export const transitions: readonly Transition[] = [
  { from: 'backlog', to: 'open', sentence: 'An operator released it from the history.' },
  { from: 'backlog', to: 'triage', sentence: 'An operator released it, and nobody is known to own it.' },
  { from: 'backlog', to: 'verified', sentence: 'It was already fixed when it was found.' },
  {
    from: 'told',
    to: 'backlog',
    sentence: 'It had been said in shadow only, and the installation is live now.',
  },
  { from: 'escalated', to: 'backlog', sentence: 'It had been said in shadow only.' },
  { from: 'triage', to: 'open', sentence: 'Someone to speak to was found.' },
  { from: 'triage', to: 'told', sentence: 'The duty role was asked whose it is.' },
  { from: 'triage', to: 'dismissed', sentence: 'It was judged not to be a failure.' },
  { from: 'open', to: 'told', sentence: 'A channel accepted the first message.' },
  { from: 'open', to: 'triage', sentence: 'Nobody to speak to is known any more.' },
  { from: 'open', to: 'backlog', sentence: 'It turned out to be history.' },
  { from: 'open', to: 'observed', sentence: 'Part of the fix was seen before anybody was told.' },
  { from: 'told', to: 'open', sentence: 'The message did not reach anybody; someone else will be told.' },
  { from: 'told', to: 'answered', sentence: 'The recipient answered.' },
  { from: 'told', to: 'escalated', sentence: 'Silence, to the end of the ladder.' },
  { from: 'told', to: 'observed', sentence: 'The world shows part of the fix.' },
  { from: 'answered', to: 'observed', sentence: 'The world shows part of the fix.' },
  { from: 'answered', to: 'told', sentence: 'The claim was disproved, or an answer was taken back.' },
  { from: 'escalated', to: 'answered', sentence: 'Someone answered after the escalation.' },
  { from: 'escalated', to: 'observed', sentence: 'The world shows part of the fix.' },
  { from: 'observed', to: 'verified', sentence: 'The world shows the whole fix; the hold window starts.' },
  { from: 'observed', to: 'told', sentence: 'It is back.' },
  { from: 'verified', to: 'held', sentence: 'The window is over and nothing came back.' },
  { from: 'verified', to: 'told', sentence: 'The same case is back.' },
  { from: 'held', to: 'told', sentence: 'The same case is back, after it had held.' },
  { from: 'told', to: 'reassigned', sentence: 'The recipient says that someone else owns it.' },
  { from: 'answered', to: 'reassigned', sentence: 'The recipient says that someone else owns it.' },
  { from: 'escalated', to: 'reassigned', sentence: 'The recipient says that someone else owns it.' },
  { from: 'reassigned', to: 'told', sentence: 'The next owner was told.' },
  { from: 'reassigned', to: 'open', sentence: 'Someone else will be told.' },
  {
    from: 'told',
    to: 'incident',
    sentence: 'The recipient did not do it: the duty role takes over at once.',
  },
  {
    from: 'answered',
    to: 'incident',
    sentence: 'The recipient did not do it: the duty role takes over at once.',
  },
  { from: 'escalated', to: 'incident', sentence: 'It was not them: the duty role takes over at once.' },
  { from: 'incident', to: 'observed', sentence: 'The world shows part of the fix.' },
  { from: 'incident', to: 'told', sentence: 'The answer was taken back, or the duty role handed it back.' },
  { from: 'told', to: 'disputed', sentence: 'The recipient says that this is wrong.' },
  { from: 'answered', to: 'disputed', sentence: 'The recipient says that this is wrong.' },
  { from: 'escalated', to: 'disputed', sentence: 'The recipient says that this is wrong.' },
  { from: 'disputed', to: 'dismissed', sentence: 'The dispute was upheld.' },
  { from: 'disputed', to: 'told', sentence: 'The dispute was not upheld.' },
  { from: 'disputed', to: 'observed', sentence: 'The world shows part of the fix.' },
  { from: 'backlog', to: 'dismissed', sentence: 'A suppression covers it.' },
  { from: 'open', to: 'dismissed', sentence: 'A suppression covers it, or an operator dismissed it.' },
  { from: 'told', to: 'dismissed', sentence: 'An operator dismissed it.' },
  { from: 'dismissed', to: 'open', sentence: 'The suppression ended, or it was seen where none applies.' },
  { from: 'dismissed', to: 'backlog', sentence: 'The suppression of an old finding ended.' },
  { from: 'answered', to: 'accepted', sentence: 'A second person approved the risk until a date.' },
  { from: 'accepted', to: 'told', sentence: 'The date has passed.' },
  { from: 'accepted', to: 'observed', sentence: 'The world shows part of the fix.' },
  { from: 'told', to: 'unprovable', sentence: 'Nothing could prove or disprove the fix in time.' },
  { from: 'answered', to: 'unprovable', sentence: 'Nothing could prove or disprove the fix in time.' },
  { from: 'escalated', to: 'unprovable', sentence: 'Nothing could prove or disprove the fix in time.' },
  { from: 'observed', to: 'unprovable', sentence: 'The whole fix could not be proven in time.' },
  { from: 'unprovable', to: 'observed', sentence: 'Proof came late.' },
  { from: 'unprovable', to: 'told', sentence: 'It is back.' },
  { from: 'open', to: 'orphaned', sentence: 'The owner left, and nobody follows.' },
  { from: 'orphaned', to: 'open', sentence: 'A new owner was found.' },
];

const next = new Map<LoopState, LoopState[]>();
for (const { from, to } of transitions) next.set(from, [...(next.get(from) ?? []), to]);
const paths = new Map<string, readonly LoopState[]>();

/**
 * The states passed from one to another, `to` included: facts may arrive together, so a loop can pass several rows at
 * once. Undefined when the table has no way.
 */
export function pathBetween(from: LoopState, to: LoopState): readonly LoopState[] | undefined {
  if (from === to) return [];
  if (to === 'merged') return ['merged'];
  const key = `${from}>${to}`;
  const known = paths.get(key);
  if (known !== undefined) return known;
  const queue: LoopState[][] = [[from]];
  const seen = new Set<LoopState>([from]);
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const last = path.at(-1) ?? from;
    for (const state of next.get(last) ?? []) {
      if (seen.has(state)) continue;
      const longer = [...path, state];
      if (state === to) {
        paths.set(key, longer.slice(1));
        return longer.slice(1);
      }
      seen.add(state);
      queue.push(longer);
    }
  }
  return undefined;
}

/** States from which nothing more is expected unless the world changes. */
export function isClosed(state: LoopState): boolean {
  return state === 'held' || state === 'dismissed' || state === 'merged' || state === 'unprovable';
}
