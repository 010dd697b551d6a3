import type { Principal } from '../../access/principal.ts';
import { type ByHandGiven, byHandFields } from '../../core/by-hand.ts';
import { AppError } from '../../core/errors.ts';
import { ingest } from '../../loop/ingest.ts';
import type { LoopStory } from '../../ports/store.ts';
import type { HttpParts } from '../http-parts.ts';
import { type ChosenForm, checkForm, chooseForm, withAddress } from './by-hand-forms.ts';

/** Fields as the schema of the form accepted them. */
export type ReportFields = Readonly<Record<string, unknown>>;

/** `story` is not there for whoever reports what another team owns. */
export type Reported = {
  readonly id: string;
  readonly isNew: boolean;
  readonly story: LoopStory | undefined;
};

/**
 * Takes what a person reports by a form of a behaviour. The same ticket is the same loop, and so is the same report.
 * Errors: `bad-request` with its place, `conflict` when the ticket stands for something else.
 */
export async function reportByHand(
  given: HttpParts,
  caller: Principal,
  { ticket, behaviour, form, ...fields }: ReportFields,
): Promise<Reported> {
  const { parts } = given;
  const alias = textOf(ticket);
  const chosen = chooseForm(given.packs, textOf(behaviour), textOf(form));
  checkForm(chosen, givenIn(fields));
  const known = alias === undefined ? undefined : await ofTicket(given, caller, alias, behaviour, chosen);
  if (known !== undefined) return { id: known.loop.id, isNew: false, story: known };
  const event = given.byHand.event(
    named(given, chosen, fields),
    chosen.form,
    given.mapContext(parts.clock.now()),
  );
  const taken = await ingest(parts, {
    source: event.source,
    receivedAt: event.receivedAt,
    mode: 'live',
    events: [event],
    ...(alias === undefined ? {} : { aliases: new Map([[event.id, alias]]) }),
  }).catch(async (fault: unknown) => {
    // Somebody else opened a loop for this ticket meanwhile: it is the same loop, unless it is not ours to see.
    const other = alias === undefined ? undefined : await ofTicket(given, caller, alias, behaviour, chosen);
    if (other !== undefined) return { accepted: 0, loops: [other.loop.id] };
    throw fault;
  });
  const stories = await Promise.all(taken.loops.map((id) => parts.store.read.loop(caller, id)));
  const at = Math.max(
    0,
    stories.findIndex((story) => story?.loop.behaviour === chosen.behaviour),
  );
  const [id, story] = [taken.loops[at], stories[at]];
  if (id === undefined) throw new AppError('bad-record', 'No behaviour speaks of this.');
  // Whether another team had the case before is nothing that a report tells.
  const isNew = taken.accepted > 0 && (story === undefined || story.events.length === 1);
  return { id, isNew, story };
}

/** The case of a ticket. One of another behaviour is no answer to what was reported: it would be lost without a word. */
async function ofTicket(
  given: HttpParts,
  caller: Principal,
  alias: string,
  stated: unknown,
  { behaviour }: ChosenForm,
): Promise<LoopStory | undefined> {
  const known = await given.parts.store.read.loop(caller, alias);
  if (known === undefined || stated === undefined || known.loop.behaviour === behaviour) return known;
  throw new AppError(
    'conflict',
    `This ticket stands for a case of another behaviour: ${known.loop.behaviour}.`,
  );
}

function named({ parts }: HttpParts, { form }: ChosenForm, fields: ReportFields): ReportFields {
  const who = textOf(fields.who);
  const isPerson = (form.event.actor ?? 'person') === 'person';
  return who === undefined || !isPerson ? fields : { ...fields, who: withAddress(parts.people, who) };
}

function givenIn(fields: ReportFields): ByHandGiven {
  return Object.fromEntries(
    byHandFields.flatMap((field) => {
      const value = fields[field];
      return typeof value === 'string' || typeof value === 'number' ? [[field, value]] : [];
    }),
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
