import { type ByHandForm, type ByHandGiven, byHandProblems } from '../../core/by-hand.ts';
import { AppError } from '../../core/errors.ts';
import type { People } from '../../ports/owner-directory.ts';
import type { HttpParts } from '../http-parts.ts';

export type ChosenForm = { readonly behaviour: string; readonly form: ByHandForm };

/**
 * The form of what is reported. Who names no behaviour reports a leaked key; who names no form takes the first. Errors:
 * `bad-request` with its place.
 */
export function chooseForm(
  packs: HttpParts['packs'],
  behaviour: string | undefined,
  form: string | undefined,
): ChosenForm {
  const offered = [...packs.behaviours.values()].flatMap(({ behaviour: { id, byHand = [] } }) =>
    byHand.length === 0 ? [] : [{ id, forms: byHand }],
  );
  const found = offered.find(({ id, forms }) =>
    behaviour === undefined ? forms.some(({ event }) => event.kind === 'secret.committed') : id === behaviour,
  );
  if (found === undefined) {
    const ids = offered.map(({ id }) => id).join(', ');
    throw misplaced([{ pointer: '/behaviour', detail: `by hand one reports one of: ${ids}` }]);
  }
  const chosen = form === undefined ? found.forms[0] : found.forms.find(({ id }) => id === form);
  if (chosen === undefined) {
    const ids = found.forms.map(({ id }) => id).join(', ');
    throw misplaced([{ pointer: '/form', detail: `of this behaviour there are the forms: ${ids}` }]);
  }
  return { behaviour: found.id, form: chosen };
}

/** Errors: `bad-request` with the place of everything that does not fit. */
export function checkForm({ behaviour, form }: ChosenForm, given: ByHandGiven): void {
  const problems = byHandProblems(form, given);
  if (problems.length === 0) return;
  throw misplaced(
    problems.map(({ field, detail }) => ({
      pointer: `/${field}`,
      detail: `${detail} (${behaviour}, ${form.id})`,
    })),
  );
}

function misplaced(places: readonly { readonly pointer: string; readonly detail: string }[]): AppError {
  return new AppError('bad-request', 'The form does not fit.', { places });
}

/**
 * Whoever the list of people knows by what was written, as the other sources name them: so that a report by name and
 * one by address are one case.
 */
export function withAddress(people: People, who: string): string {
  const person = people.find(/<([^<>]+)>\s*$/u.exec(who)?.[1] ?? who);
  const [email] = person?.emails ?? [];
  return person === undefined || email === undefined ? who : `${person.name} <${email}>`;
}
