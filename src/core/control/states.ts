/** Where a control stands. */
export const controlStates = [
  'proposed',
  'accepted',
  'applied',
  'ended',
  'rolled-back',
  'rejected',
  'expired',
] as const;
export type ControlState = (typeof controlStates)[number];

/** Those of which there is one at most for a behaviour, a scope and a kind. */
export const openControlStates = ['proposed', 'accepted', 'applied'] as const satisfies ControlState[];

export type OpenControlState = (typeof openControlStates)[number];

export const controlDecisions = ['accept', 'apply', 'reject', 'rollback', 'end'] as const;
export type ControlDecision = (typeof controlDecisions)[number];

export type ControlTransition = {
  readonly from: ControlState;
  readonly to: ControlState;
  /** Who brings it about: a person who decides, or time. */
  readonly by: ControlDecision | 'time';
  readonly sentence: string;
};

/** The life of a control as data, a sentence a row. The documentation prints this table. */
export const controlTransitions: readonly ControlTransition[] = [
  {
    from: 'proposed',
    to: 'accepted',
    by: 'accept',
    sentence: 'A named person agreed; for what blocks, two.',
  },
  { from: 'proposed', to: 'rejected', by: 'reject', sentence: 'Somebody said no, and why.' },
  { from: 'proposed', to: 'expired', by: 'time', sentence: 'Nobody decided in time.' },
  {
    from: 'accepted',
    to: 'applied',
    by: 'apply',
    sentence: 'The patch is in force, from a day that is named.',
  },
  { from: 'accepted', to: 'rejected', by: 'reject', sentence: 'It was agreed to, and given up.' },
  {
    from: 'accepted',
    to: 'expired',
    by: 'time',
    sentence: 'It was agreed to, and nobody applied it in time.',
  },
  { from: 'applied', to: 'rolled-back', by: 'rollback', sentence: 'It was taken back, and why.' },
  {
    from: 'applied',
    to: 'ended',
    by: 'end',
    sentence: 'It is not needed any more, or stands elsewhere for good.',
  },
  {
    from: 'applied',
    to: 'expired',
    by: 'time',
    sentence: 'Its time is over: whoever wants to keep it decides anew.',
  },
];

/** The state that a decision leads to; undefined where the table has no such row. */
export function afterDecision(from: ControlState, by: ControlTransition['by']): ControlState | undefined {
  return controlTransitions.find((row) => row.from === from && row.by === by)?.to;
}

/** Whether its fix is on the way: agreed to, and not in force yet. No message is sent about it meanwhile. */
export function isOnTheWay(state: ControlState): boolean {
  return state === 'accepted';
}
