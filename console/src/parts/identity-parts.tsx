import type { IdentityJson } from '../api/shapes.ts';
import { Tag } from './states.tsx';
import { ownerText, plain, type Tone } from './text.ts';

export const standingNames: readonly IdentityJson['standing'][] = ['orphaned', 'guessed', 'owned'];

export const standingSays: Readonly<Record<IdentityJson['standing'], string>> = {
  orphaned: 'nobody is named, or whoever is has left',
  guessed: 'too little to tell somebody',
  owned: 'somebody answers for it',
};

const tones: Readonly<Record<IdentityJson['standing'], Tone>> = {
  orphaned: 'wait',
  guessed: 'work',
  owned: 'good',
};

export function StandingTag({ standing }: { readonly standing: IdentityJson['standing'] }) {
  return <Tag tone={tones[standing]}>{plain(standing)}</Tag>;
}

/** Who answers for it, in a line. */
export function answersText({ owner, team, namedAt }: IdentityJson): string {
  const who = `${ownerText(owner)}${owner.hasLeft === true ? ', has left' : ''}`;
  const named = namedAt === undefined ? '' : ', named by an operator';
  return team === undefined || owner.kind === 'team'
    ? `${who}${named}`
    : `${who} (${team.name ?? team.id})${named}`;
}
