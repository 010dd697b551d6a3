import type { Context } from 'hono';
import type { Answer } from '../../core/message.ts';
import { ownAnswers } from '../../core/own-answers.ts';
import type { MessageRow } from '../../ports/store.ts';
import type { Room } from '../room.ts';

/**
 * Whether an answer still needs the login of the very person who was written to. So it is where single sign-on knows
 * the people who are written to; elsewhere the link is all that there is.
 */
export async function needsLogin(
  room: Room,
  c: Context,
  answer: Answer,
  to: MessageRow['to'],
): Promise<boolean> {
  const { given } = room;
  if (!given.parts.recipientsSignIn || !ownAnswers.has(answer)) return false;
  const signedIn = await given.sessions.person(room.session.read(c) ?? '');
  if (signedIn?.email === undefined) return true;
  const person = given.parts.people.byEmail(signedIn.email);
  if (to.kind === 'person') return person?.id !== to.id && signedIn.email !== to.id.toLowerCase();
  if (to.kind === 'team') return person?.team !== to.id;
  return person?.isDuty !== true;
}
