import type { Behaviour } from '../behaviour.ts';
import { dayMs } from '../duration.ts';
import { clustersMin } from '../measures/experiment/clusters.ts';
import { detectableHazardRatio } from '../measures/experiment/plan.ts';
import type { Moment } from '../message.ts';
import type { Template } from '../message-template.ts';
import { type ExperimentDocument, outcomes, situations, windowDays } from './document.ts';

/** What the document is held against. Epoch milliseconds. */
export type ExperimentGround = {
  readonly now: number;
  readonly behaviour: Pick<Behaviour, 'severity' | 'keys' | 'detection'> | undefined;
  /** Whether words of this behaviour go through quiet hours. */
  readonly isUrgent: boolean;
  /** Whether others than the recipient read what the channel writes. */
  readonly isReadByOthers: boolean;
  /** Words of the behaviour and moment, in every language and variant. */
  readonly words: readonly Template[];
  readonly languages: readonly string[];
  /** The control that the document names, where there is one. */
  readonly control?: { readonly behaviour: string } | undefined;
  readonly people: number;
  readonly teams: number;
  readonly repositories: number;
  /** The person that a text names, in the directory. */
  readonly personOf: (text: string) => { readonly id: string; readonly isActive: boolean } | undefined;
};

export type Refusal = { readonly pointer: string; readonly detail: string };

const watching = /open|click|read|seen|view|visit/iu;

/** Moments at which nobody knows yet that the danger is over: the safety step is the same in every arm. */
const inDanger: ReadonlySet<Moment> = new Set<Moment>([
  'asked',
  'told',
  'reminder',
  'escalation',
  'relapse',
  'handed-over',
]);
/** Words that go to others than the one whose habit it is. */
const toOthers: ReadonlySet<Moment> = new Set<Moment>(['escalation', 'handed-over']);

/** Every reason why this must not be started. Empty: it may be registered. */
export function checkExperiment(document: ExperimentDocument, ground: ExperimentGround): readonly Refusal[] {
  if (ground.behaviour === undefined)
    return [{ pointer: '/behaviour', detail: `No behaviour has the id "${document.behaviour}".` }];
  return [
    ...checkMoment(document),
    ...checkArms(document),
    ...checkWords(document, ground),
    ...checkHoldOut(document, ground, ground.behaviour),
    ...checkUnit(document, ground),
    ...checkOutcome(document),
    ...checkTimes(document, ground),
    ...checkControl(document, ground),
  ];
}

function checkControl(
  { control, behaviour }: ExperimentDocument,
  ground: ExperimentGround,
): readonly Refusal[] {
  if (control === undefined || ground.control?.behaviour === behaviour) return [];
  return [{ pointer: '/control', detail: 'No control of this behaviour has this id.' }];
}

function checkMoment({ moment, unit }: ExperimentDocument): readonly Refusal[] {
  if (moment === 'digest')
    return [
      { pointer: '/moment', detail: 'A digest speaks for several cases at once: its words are no arm.' },
    ];
  if (unit === 'person' && toOthers.has(moment))
    return [
      {
        pointer: '/unit',
        detail: `Words at "${moment}" go to others than the one whose habit is measured: the unit is the team.`,
      },
    ];
  return [];
}

function checkArms({ arms }: ExperimentDocument): readonly Refusal[] {
  const refusals: Refusal[] = [];
  const sum = arms.reduce((total, { share }) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9)
    refusals.push({ pointer: '/arms', detail: `The shares add up to ${round(sum)}; they have to make 1.` });
  if (new Set(arms.map(({ id }) => id)).size < arms.length)
    refusals.push({ pointer: '/arms', detail: 'Two arms have the same id.' });
  for (const [index, arm] of arms.entries()) {
    const pointer = `/arms/${index}`;
    const isFirst = index === 0;
    if ((arm.message === undefined) === (arm.holdOut === undefined))
      refusals.push({ pointer, detail: 'An arm has a message or is the hold-out: one of the two.' });
    if (isFirst && arm.id !== 'usual')
      refusals.push({
        pointer: `${pointer}/id`,
        detail: 'The first arm is "usual": the others are compared with it.',
      });
    if (isFirst && arm.holdOut === undefined && arm.message !== 'usual')
      refusals.push({
        pointer: `${pointer}/message`,
        detail: 'The arm "usual" has the usual message, or is the hold-out.',
      });
    if (!isFirst && arm.holdOut === true)
      refusals.push({
        pointer: `${pointer}/holdOut`,
        detail: 'The hold-out is the first arm: it is what is usual.',
      });
    if (arm.delay !== undefined)
      refusals.push({
        pointer: `${pointer}/delay`,
        detail: 'Arms do not differ in the time until the owner hears: danger is not known to be over.',
      });
    if (arm.to !== undefined)
      refusals.push({
        pointer: `${pointer}/to`,
        detail: 'Arms do not differ in who hears: that would change the time until the owner knows.',
      });
  }
  const words = arms.map(({ message, holdOut }) => (holdOut === true ? '' : message));
  if (new Set(words).size < arms.length)
    refusals.push({ pointer: '/arms', detail: 'Two arms have the same words: there is nothing to compare.' });
  return refusals;
}

function checkWords(
  document: ExperimentDocument,
  { words, languages }: ExperimentGround,
): readonly Refusal[] {
  const refusals: Refusal[] = [];
  for (const [index, { message }] of document.arms.entries()) {
    if (message === undefined || message === 'usual') continue;
    const pointer = `/arms/${index}/message`;
    if (situations.has(message)) {
      refusals.push({ pointer, detail: `"${message}" is chosen by what happened: it is no arm.` });
      continue;
    }
    for (const language of languages) {
      const of = (variant: string) =>
        words.find((template) => template.language === language && template.variant === variant);
      const [usual, own] = [of('usual'), of(message)];
      if (own === undefined) {
        const file = `messages/${document.behaviour}/${document.moment}.${message}.${language}.md`;
        refusals.push({ pointer, detail: `The packs have no ${file}.` });
      } else if (usual !== undefined && inDanger.has(document.moment) && !isSameStep(usual, own)) {
        const detail = `"${message}" (${language}) differs in the safety step while danger is not known to be over.`;
        refusals.push({ pointer, detail });
      }
    }
  }
  return refusals;
}

/** The step, and the link to answer, are what makes it safe: every arm says the same there. */
export function isSameStep(usual: Template, own: Template): boolean {
  const step = (template: Template) =>
    JSON.stringify(template.slots.find(({ slot }) => slot === 'step') ?? null);
  return step(usual) === step(own);
}

function checkHoldOut(
  document: ExperimentDocument,
  ground: ExperimentGround,
  behaviour: NonNullable<ExperimentGround['behaviour']>,
): readonly Refusal[] {
  const approver = document.approvedBy === undefined ? undefined : ground.personOf(document.approvedBy);
  const refusals: Refusal[] = [];
  if (document.approvedBy !== undefined && isSamePerson(document, ground))
    refusals.push({
      pointer: '/approvedBy',
      detail: 'Whoever approves is another person than whoever registers.',
    });
  if (document.approvedBy !== undefined && ground.people > 0 && approver?.isActive !== true)
    refusals.push({ pointer: '/approvedBy', detail: 'Nobody in the directory of people has this name.' });
  if (document.arms.every(({ holdOut }) => holdOut !== true)) return refusals;
  const pointer = '/arms/0/holdOut';
  if (document.approvedBy === undefined)
    refusals.push({
      pointer: '/approvedBy',
      detail: 'A hold-out needs the name of another person who approves it.',
    });
  if (behaviour.severity === 'high' || behaviour.severity === 'critical' || ground.isUrgent)
    refusals.push({ pointer, detail: 'There is no hold-out for what is of high severity or urgent.' });
  if (behaviour.keys.habit !== 'person')
    refusals.push({
      pointer,
      detail: 'There is no hold-out for workloads and agents: they always hear why they were refused.',
    });
  if (JSON.stringify(behaviour.detection.failed).includes('policy.denied'))
    refusals.push({
      pointer,
      detail: 'There is no hold-out for a denial: whoever was refused always hears why.',
    });
  return refusals;
}

function isSamePerson(
  { registeredBy, approvedBy = '' }: ExperimentDocument,
  ground: ExperimentGround,
): boolean {
  const id = (text: string) => ground.personOf(text)?.id ?? text.trim().toLowerCase();
  return id(registeredBy) === id(approvedBy);
}

function checkUnit(document: ExperimentDocument, ground: ExperimentGround): readonly Refusal[] {
  const { unit, arms } = document;
  if (unit === 'person')
    return ground.isReadByOthers
      ? [
          {
            pointer: '/unit',
            detail:
              'Others read what this channel writes, so people are not apart: the unit is the team or the repository.',
          },
        ]
      : [];
  const clusters = unit === 'team' ? ground.teams : ground.repositories;
  const least = arms.reduce((most, { share }) => Math.min(most, share), 1) * clusters;
  if (least >= clustersMin) return [];
  const named = unit === 'team' ? 'teams' : 'repositories';
  return [
    {
      pointer: '/unit',
      detail: `Of ${clusters} ${named} an arm would get about ${round(least)}; under ${clustersMin} nothing can be said.`,
    },
  ];
}

function checkOutcome({ outcome, window, unit, guardrails }: ExperimentDocument): readonly Refusal[] {
  const pointer = '/outcome';
  const refusals: Refusal[] = [];
  if (watching.test(outcome))
    refusals.push({
      pointer,
      detail:
        'What was opened, clicked or read is no outcome: scanners do it, and it changes nothing. Use "recurred".',
    });
  else if (!outcomes.some((known) => known === outcome))
    refusals.push({ pointer, detail: `No outcome "${outcome}"; known: ${outcomes.join(', ')}.` });
  if (outcome === 'not-held-90d' && window !== '90d')
    refusals.push({ pointer: '/window', detail: 'The outcome "not-held-90d" has a window of 90d.' });
  if (unit !== 'person' && outcome !== 'recurred')
    refusals.push({
      pointer,
      detail: 'Teams and repositories are compared by the rate of cases: use "recurred".',
    });
  if (new Set(guardrails).size < guardrails.length)
    refusals.push({ pointer: '/guardrails', detail: 'A guardrail stands here twice.' });
  return refusals;
}

function checkTimes(document: ExperimentDocument, { now }: ExperimentGround): readonly Refusal[] {
  const days = windowDays(document);
  if (days < 7 || days > 365) return [{ pointer: '/window', detail: 'A window has 7 to 365 days.' }];
  if (assignedUntil(document) <= now)
    return [
      {
        pointer: '/endsOn',
        detail: `A window of ${days} days has to fit between the first assignment and the end.`,
      },
    ];
  return [];
}

/** Epoch milliseconds of the end: the end of the day, UTC. */
export function endOf({ endsOn }: Pick<ExperimentDocument, 'endsOn'>): number {
  return Date.parse(`${endsOn}T00:00:00Z`) + dayMs;
}

/** Nobody is assigned from then on: their window would be cut. */
export function assignedUntil(document: Pick<ExperimentDocument, 'endsOn' | 'window'>): number {
  return endOf(document) - windowDays(document) * dayMs;
}

export type Sight = {
  /** First recurrences that could come together at most. */
  readonly recurrences: number;
  /** The smallest effect that so many could show, as a hazard ratio. */
  readonly detectable: number;
  /** Whether that is no smaller than the effect that would matter. */
  readonly isEnough: boolean;
};

/**
 * What could be seen here at best: everybody has one first recurrence at most. Arms are compared with the usual one, the
 * smallest arm decides.
 */
export function sightOf(document: ExperimentDocument, people: number): Sight {
  const [usual = 0.5, ...others] = document.arms.map(({ share }) => share);
  const arm = Math.min(...others);
  const recurrences = Math.max(1, Math.floor(Math.min(people * (usual + arm), document.recurrencesMax)));
  const detectable = detectableHazardRatio(recurrences, arm / (usual + arm));
  return { recurrences, detectable, isEnough: detectable >= document.smallestEffect };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
