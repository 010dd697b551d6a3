import type { Event } from '../../core/event.ts';
import { findCase } from '../../loop/find-case.ts';
import { type LoopParts, loopPrincipal } from '../../loop/parts.ts';
import type { Decision } from '../../policy/decision.ts';
import type { PolicySet } from '../../policy/policy-set.ts';
import type { PolicyRequest } from '../../policy/request.ts';
import type { MapContext } from '../../ports/source.ts';
import type { LessonRow } from '../../ports/store.ts';
import { createGroupedIngest } from '../capture/grouped-ingest.ts';
import { type Again, againOf } from './again.ts';
import type { AgentTally } from './agent-tally.ts';
import { attemptEvent, pathEvent, policySource } from './attempt-events.ts';
import type { ExceptionList } from './exception-list.ts';
import { createOpenLessons, type Settled } from './open-lessons.ts';
import { memoryKey, rememberDenials } from './remembered-denials.ts';

/** An attempt that was judged. `id`: the same one counts once. */
export type JudgedAttempt = {
  readonly request: PolicyRequest;
  readonly decision: Decision;
  readonly set: PolicySet;
  readonly id: string;
  readonly now: number;
};

/** What attempts leave behind: events, what an actor was refused before, and whose path needs work. */
export type Attempts = {
  /** Everything of it is durable when this resolves. Gives what is said of the denials before. */
  denied(attempt: JudgedAttempt): Promise<Again | undefined>;
  /** What a grant would settle: classes of which this very thing was refused before. */
  settledBy(request: PolicyRequest): readonly Settled[];
  /** The same went through that was refused before: that is worth an event for each class. */
  settle(attempt: JudgedAttempt, settled: readonly Settled[]): Promise<void>;
  /** Reads what other processes wrote. */
  refresh(): Promise<void>;
};

/** Denials after which the path is said to need work, where a behaviour does not say it. */
const systemFixAtUsual = 3;

export function openAttempts(
  parts: LoopParts,
  mapContext: (receivedAt: number) => MapContext,
  exceptions: ExceptionList,
  tally: AgentTally,
): Attempts {
  const grouped = createGroupedIngest(parts);
  const denials = rememberDenials(parts.store);
  const lessons = createOpenLessons(parts);
  /** Resolves once it is durable; false when it was known. */
  const store = async (event: Event): Promise<boolean> =>
    (await grouped.take({ source: policySource, events: [event], receipts: [] })).accepted > 0;

  /** Until the world shows the fix, every form of a class is one case; after it, another form is the next one. */
  const roundOf = async (known: LessonRow | undefined, form: string, event: Event): Promise<number> => {
    if (known === undefined) return 0;
    if (known.form === form) return known.round;
    const before = await findCase(parts, event);
    const isProven = before?.state === 'verified' || before?.state === 'held';
    return isProven ? known.round + 1 : known.round;
  };

  return {
    denied: async ({ request, decision, set, id, now }) => {
      const { ruleClass, owner, behaviour } = decision;
      const actor = actorText(request);
      const form = formOf(request, decision);
      const asked = { since: 0, actor, ruleClass, limit: 1 };
      const [known] = await parts.store.read.lessons(loopPrincipal, asked);
      const eventOf = (round: number) =>
        attemptEvent({ request, decision, id, ruleClass, round, context: mapContext(now) });
      const round = await roundOf(known, form, eventOf(known?.round ?? 0));
      const mine = {
        actor,
        ruleClass,
        rule: decision.rules[0] ?? '',
        lesson: decision.lesson ?? ruleClass,
        form,
        round,
        version: set.version,
        at: now,
      };
      const isNew = await store(eventOf(round));
      const before = isNew ? await denials.note(mine, (kind) => tally.rowOf(request, now, kind)) : known;
      lessons.opened(mine);
      // Sent again: it was answered before, and counts no second time.
      const times = (before?.times ?? 0) + (isNew ? 1 : 0);
      if (before === undefined || times < 2) return undefined;
      const fixAt = parts.behaviours.get(behaviour ?? '')?.relapse.systemFixAt ?? systemFixAtUsual;
      // Told once a round: the path stays one case, and each further round is one more sign of it.
      if (isNew && times % fixAt === 0 && owner !== undefined) {
        const context = mapContext(now);
        await store(pathEvent({ ruleClass, owner, times, id: `${actor} ${times}`, context }));
      }
      const hadException = exceptions.endedFor(request, decision.rules, before.lastAt, now);
      return againOf(set, before, { ...mine, times, hadException, isPath: times >= fixAt });
    },
    settledBy: (request) => lessons.settledBy(actorText(request), formText(request)),
    settle: async ({ request, decision, id, now }, settled) => {
      for (const { ruleClass, round } of settled) {
        const own = { request, decision, id: `${id} ${ruleClass}`, ruleClass, round };
        await store(attemptEvent({ ...own, context: mapContext(now) }));
        await parts.store.transaction((tx) => tx.settleLesson(actorText(request), ruleClass, now));
        lessons.closed(actorText(request), ruleClass);
      }
    },
    refresh: () => lessons.refresh(loopPrincipal, parts.clock.now()),
  };
}

/** An attempt by the sender's own id of it. One id may stand for a whole page: each attempt of it counts, once. */
export function attemptId(caller: string, requestId: string, request: PolicyRequest): string {
  return JSON.stringify([caller, requestId, actorText(request), formText(request)]);
}

function actorText({ subject }: PolicyRequest): string {
  return memoryKey(`${subject.type}:${subject.id}`);
}

function formText({ action, resource }: PolicyRequest): string {
  return memoryKey(`${action.name} ${resource.type}:${resource.id}`);
}

/** Another rule, action or thing is another form of the same class. */
function formOf(request: PolicyRequest, { rules }: Decision): string {
  return `${rules[0] ?? ''} ${formText(request)}`;
}
