import type { ControlJson } from '../api/shapes.ts';
import type { Tone } from './text.ts';

export const controlTones: Readonly<Record<ControlJson['state'], Tone>> = {
  proposed: 'wait',
  accepted: 'work',
  applied: 'good',
  ended: 'quiet',
  'rolled-back': 'quiet',
  rejected: 'quiet',
  expired: 'quiet',
};
export const controlStateNames = Object.keys(controlTones) as readonly ControlJson['state'][];

export const needSays: Readonly<Record<NonNullable<ControlJson['needs']>, string>> = {
  decision: 'It waits for a decision.',
  'second-person': 'It blocks something: a second person has to agree.',
  patch: 'It is agreed to; somebody has to put the patch in force.',
};

export function scopeText({ kind, id }: ControlJson['scope']): string {
  return kind === 'everyone' ? 'everyone' : `${kind === 'team' ? 'team ' : ''}${id}`;
}
