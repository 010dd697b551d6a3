import type { Json } from '../core/event.ts';
import type { Leave } from '../core/leave.ts';
import type { Person } from '../core/owner.ts';
import { leavesOf } from '../loop/leaves.ts';
import { loopPrincipal } from '../loop/parts.ts';
import type { HeldClassView } from '../pages/held-page.ts';
import { type HeldAbout, type HeldClass, heldClasses } from '../ports/store.ts';
import { iso } from './json/shapes.ts';
import type { Room } from './room.ts';

/** Of each class in a copy: more than anybody has, and bounded. */
const copyMax = 10_000;

/** Everything that is held about a person, read as the system: who may see it was decided before. */
export async function heldOf(room: Room, person: Person, limit = copyMax): Promise<HeldAbout> {
  const { id, emails, accounts } = person;
  const ask = { id, emails, accounts: accounts.map(({ name }) => name), limit };
  const held = await room.given.parts.store.read.heldAbout(loopPrincipal, ask);
  if (held === undefined) throw new TypeError('the system sees all teams');
  return held;
}

/** A copy for the person (GDPR, Article 15): what, why and for how long. */
export async function copyFor(room: Room, person: Person): Promise<Json> {
  const { given } = room;
  const words = room.words('en').held;
  const held = await heldOf(room, person);
  const days = daysOf(room);
  const classes = heldClasses.map((name) => ({
    class: name,
    purpose: words.classes[name].purpose,
    keptDays: days[name],
    count: held[name].count,
    items: held[name].items.map((item) => ({ ...item })),
  }));
  const { id, name, emails, accounts, team, timeZone, language, country } = person;
  const away = leavesOf(given.parts, person);
  const entry = {
    id,
    name,
    emails: [...emails],
    accounts: accounts.map((one) => ({ ...one })),
    ...(team === undefined ? {} : { team }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(language === undefined ? {} : { language }),
    ...(country === undefined ? {} : { country }),
    ...(away.length === 0 ? {} : { away: away.map(daysAway) }),
  };
  return {
    organisation: given.config.organisation.name,
    at: iso(given.parts.clock.now()),
    directory: { purpose: words.classes.directory.purpose, entry },
    classes,
    note: words.noScore,
    rights: words.contest.rights,
  };
}

/** The same in lines for the page. */
export function linesOf(room: Room, person: Person, held: HeldAbout): readonly HeldClassView[] {
  const days = daysOf(room);
  const own = [
    person.name,
    ...person.emails,
    ...person.accounts.map(({ system, name }) => `${system}: ${name}`),
    ...leavesOf(room.given.parts, person).map(({ from, until }) => `${from} – ${until}`),
  ];
  const classes = heldClasses.map((name): HeldClassView => {
    const { count, items } = held[name];
    return { name, count, days: days[name], lines: items.map((item) => lineOf(item)) };
  });
  return [{ name: 'directory', count: own.length, lines: own.map((text) => ({ text })) }, ...classes];
}

function daysAway({ from, until, standIn }: Leave): Json {
  return { from, until, ...(standIn === undefined ? {} : { standIn }) };
}

/** What a line says of an item: its short texts, in their order. */
const inLine = [
  'case_code',
  'subject',
  'behaviour',
  'kind',
  'source',
  'moment',
  'answer',
  'place',
  'form',
  'state',
  'channel',
  'repository',
];

function lineOf(item: Readonly<Record<string, Json>>): { readonly at?: number; readonly text: string } {
  const texts = inLine.flatMap((name) => (typeof item[name] === 'string' ? [item[name]] : []));
  const { at } = item;
  return { ...(typeof at === 'number' ? { at } : {}), text: texts.join(' · ') };
}

function daysOf(room: Room): Readonly<Record<HeldClass, number>> {
  const { eventDays, outcomeDays, messageDays } = room.given.config.privacy.retention;
  return {
    cases: outcomeDays,
    reports: eventDays,
    messages: messageDays,
    replies: outcomeDays,
    learnt: outcomeDays,
    denials: outcomeDays,
  };
}
