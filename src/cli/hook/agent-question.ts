import type { Event } from '../../core/event.ts';
import { textOf } from '../../lib/guards.ts';

/** A question to the policies (AuthZEN Authorization API 1.0, section 5). */
export type AgentQuestion = {
  readonly subject: {
    readonly type: 'agent';
    readonly id: string;
    readonly properties?: Readonly<Record<string, string>>;
  };
  readonly action: { readonly name: string };
  readonly resource: {
    readonly type: string;
    readonly id: string;
    readonly properties?: Readonly<Record<string, boolean>>;
  };
  readonly context: { readonly foldback: { readonly attempt: true } };
};

/** What a call breaks, as policies speak of it. What else it may break is judged by the behaviours alone. */
export const judgedByPolicy: ReadonlySet<string> = new Set(['secret-reach', 'unapproved-irreversible']);

/** What an agent is, as far as whoever set up its hook says it. */
export type AgentNames = {
  readonly agent?: string;
  readonly agentVersion?: string;
  /** Hash of its prompt, or a name of it. */
  readonly prompt?: string;
};

/**
 * What is asked before a call: a reach for a secret is asked as reading one, whatever the tool. No argument of the call
 * goes along.
 */
export function questionOf(event: Event, { agent, agentVersion, prompt }: AgentNames): AgentQuestion {
  const tool = event.resource?.id ?? 'unknown';
  const isSecret = event.record.reachedForSecret === true;
  const isIrreversible = event.record.irreversible === true;
  const place = textOf(event.record.secretPlace);
  const properties = {
    ...(agentVersion === undefined ? {} : { version: agentVersion }),
    ...(prompt === undefined ? {} : { prompt }),
  };
  return {
    subject: {
      type: 'agent',
      id: agent ?? event.actor.id ?? 'unnamed',
      ...(Object.keys(properties).length === 0 ? {} : { properties }),
    },
    action: { name: isSecret ? 'read' : 'call_tool' },
    resource: isSecret
      ? { type: 'secret', id: place ?? tool }
      : { type: 'tool', id: tool, ...(isIrreversible ? { properties: { irreversible: true } } : {}) },
    context: { foldback: { attempt: true } },
  };
}
