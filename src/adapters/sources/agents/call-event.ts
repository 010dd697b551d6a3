import { readAuthor } from '../../../core/author-address.ts';
import type { Actor, Event, EventKind, Json, OwnerLead } from '../../../core/event.ts';
import { keptText } from '../../../core/kept-text.ts';
import { type EventParts, makeEvent } from '../../../core/make-event.ts';
import { maskShapes } from '../../../core/secret-provider.ts';
import { compact, isDict } from '../../../lib/guards.ts';
import { instantOf } from '../../../lib/instant.ts';
import type { MapContext } from '../../../ports/source.ts';
import { judge } from './broken-rules.ts';
import { type Agent, decisionOf, type Sponsor, type ToolCall } from './call.ts';
import { keptArguments } from './kept-arguments.ts';

export type Scrub = (text: string) => string;

const nameCharsMax = 200;
const passageCharsMax = 200;

/** The event of one call. */
export function callEvent(call: ToolCall, context: MapContext, scrub: Scrub): Event {
  const clean = cleaner(scrub);
  const { rules, secretPlace, isOutsidePurpose, isIrreversible } = judge(call);
  const decision = decisionOf(call.statedDecision);
  const { following, agent, sponsor } = call;
  return makeEvent(
    {
      source: 'agents',
      kind: 'agent.called',
      wholeId: ['agents', call.form, ...call.idParts.map((part) => part ?? '')],
      occurredAt: instantOf(call.time),
      ...agentParts(agent, clean),
      leads: leadsOf(sponsor, call.caller, clean),
      resource: { type: 'tool', id: clean(call.tool) },
      action: cleaned(call.action, clean),
      outcome:
        decision === 'denied'
          ? 'failure'
          : decision === 'allowed' || decision === 'approved' || call.wasAnswered === true
            ? 'success'
            : undefined,
      joins: {
        session: cleaned(call.session, clean),
        run: cleaned(call.run, clean),
        request: cleaned(call.request, clean),
        rule: rules[0],
      },
      where: compact({ repository: context.repository }),
      record: {
        form: call.form,
        tool: clean(call.tool),
        arguments: scrubbed(keptArguments(call.given), scrub),
        decision,
        statedDecision: cleaned(call.statedDecision, clean),
        reason: cleaned(call.reason, clean),
        role: cleaned(call.role, clean),
        purpose: cleaned(call.purpose, clean),
        agentVersion: cleaned(agent?.version, clean),
        model: cleaned(agent?.model, clean),
        promptHash: cleaned(agent?.promptHash, clean),
        folder: cleaned(call.folder, clean),
        sponsorVerified: sponsor?.isVerified,
        approvedBy: cleaned(call.approval?.by, clean),
        rules: rules.length > 1 ? rules : undefined,
        reachedForSecret: secretPlace === undefined ? undefined : true,
        secretPlace,
        followsInjected: following === undefined ? undefined : true,
        injected: cleaned(following?.passage.slice(0, passageCharsMax), clean),
        injectedBy: following?.by,
        injectedFrom: cleaned(following?.from, clean),
        outsidePurpose: isOutsidePurpose ? true : undefined,
        irreversible: isIrreversible ? true : undefined,
      },
    },
    context,
  );
}

export type AgentActivity = {
  readonly kind: EventKind;
  readonly idParts: readonly (string | undefined)[];
  readonly agent: Agent;
  readonly sponsor?: Sponsor | undefined;
  readonly action?: string | undefined;
  readonly time: unknown;
  readonly other?: string | undefined;
  readonly record: EventParts['record'];
};

/** What an agent's papers and checkpoints say: an event that calls no tool. */
export function activityEvent(activity: AgentActivity, context: MapContext, scrub: Scrub): Event {
  const clean = cleaner(scrub);
  const { agent, sponsor, other } = activity;
  return makeEvent(
    {
      source: 'agents',
      kind: activity.kind,
      wholeId: ['agents', ...activity.idParts.map((part) => part ?? '')],
      occurredAt: instantOf(activity.time),
      ...agentParts(agent, clean),
      leads: leadsOf(sponsor, undefined, clean),
      resource: other === undefined ? undefined : { type: 'agent', id: clean(other) },
      action: cleaned(activity.action, clean),
      record: { ...activity.record, sponsorVerified: sponsor?.isVerified },
    },
    context,
  );
}

type Clean = (text: string) => string;

function cleaner(scrub: Scrub): Clean {
  // Bounded before it is searched. The rest of the event is masked where it is made; an actor's id stands as it is.
  return (text) => keptText(maskShapes(scrub(keptText(text, nameCharsMax * 2))), nameCharsMax);
}

function cleaned(text: string | undefined, clean: Clean): string | undefined {
  return text === undefined || text === '' ? undefined : clean(text);
}

/** A run that names no agent has an agent all the same: which one is not known. */
function agentParts(agent: Agent | undefined, clean: Clean): Pick<EventParts, 'actor' | 'identity'> {
  const id = cleaned(agent?.id, clean) ?? cleaned(agent?.name, clean);
  const name = cleaned(agent?.name, clean);
  const actor: Actor = {
    type: 'agent',
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
  };
  return id === undefined ? { actor } : { actor, identity: { type: 'agent', id } };
}

function leadsOf(
  sponsor: Sponsor | undefined,
  caller: ToolCall['caller'],
  clean: Clean,
): readonly OwnerLead[] {
  return [lead('sponsor', sponsor, clean), lead('session-caller', caller, clean)].flatMap((one) => one ?? []);
}

/** An address without a human behind it leads nowhere. */
function lead(
  kind: OwnerLead['kind'],
  who: { readonly name?: string | undefined; readonly email?: string | undefined } | undefined,
  clean: Clean,
): OwnerLead | undefined {
  const reading = readAuthor({ name: cleaned(who?.name, clean), email: cleaned(who?.email, clean) });
  if (reading.kind !== 'human') return undefined;
  const { name, email, account } = reading;
  return compact({ kind, name, email, account });
}

function scrubbed(value: Json | undefined, scrub: Scrub): Json | undefined {
  if (typeof value === 'string') return scrub(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => scrubbed(item, scrub) ?? null);
  return isDict(value)
    ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, scrubbed(item, scrub) ?? null]))
    : value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
