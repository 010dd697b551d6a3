import type { LoopState } from './states.ts';

/** What programs that follow cases are told of. */
export const noticeTypes = [
  'loop.opened',
  'loop.told',
  'loop.answered',
  'loop.verified',
  'loop.held',
  'loop.relapsed',
  'loop.incident',
] as const;
export type NoticeType = (typeof noticeTypes)[number];

const ofState: { readonly [S in LoopState]?: NoticeType } = {
  told: 'loop.told',
  answered: 'loop.answered',
  verified: 'loop.verified',
  held: 'loop.held',
  incident: 'loop.incident',
};

/**
 * The news in a change, in the order in which they came about. A case that is history is no news until it is released.
 *
 * @param change `from` is undefined for a case that is new; `path` are the states entered since
 */
export function noticesOf(change: {
  readonly from: LoopState | undefined;
  readonly path: readonly LoopState[];
  readonly isLive: boolean;
  readonly isNewRelapse: boolean;
}): readonly NoticeType[] {
  const { from, path, isLive, isNewRelapse } = change;
  const last = path.at(-1);
  if (!isLive || last === 'backlog') return [];
  const isOpened = last !== undefined && (from === undefined || from === 'backlog');
  return [
    ...(isOpened ? ['loop.opened' as const] : []),
    ...(isNewRelapse ? ['loop.relapsed' as const] : []),
    ...path.flatMap((state) => ofState[state] ?? []),
  ];
}
