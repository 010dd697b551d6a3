import { createHash } from 'node:crypto';
import { isDict } from '../lib/guards.ts';
import type { PolicyRequest } from './request.ts';

/** What is said where the caller says nothing. Nothing is guessed. */
export const unknownLabel = 'unknown';

/** Which build of an agent it was, as the caller says. */
export type AgentLabels = { readonly version: string; readonly prompt: string };

/** A name of a version, or a hash: one word without spaces. */
const label = /^[\w.:@+/=-]{1,80}$/u;

/** Version and prompt of the agent: of the subject's properties, else of `context.foldback`. */
export function agentLabels({ subject, context }: PolicyRequest): AgentLabels {
  const own = isDict(context?.foldback) ? context.foldback : {};
  const said = (name: 'version' | 'prompt'): unknown => subject.properties?.[name] ?? own[name];
  const version = said('version');
  return {
    version: typeof version === 'string' && label.test(version) ? version : unknownLabel,
    prompt: promptLabel(said('prompt')),
  };
}

/** A prompt by its hash or its name. Whoever sends the text of one gets its hash kept, and not the text. */
export function promptLabel(said: unknown): string {
  if (typeof said !== 'string' || said.trim() === '') return unknownLabel;
  if (label.test(said)) return said;
  return `sha256:${createHash('sha256').update(said).digest('hex').slice(0, 32)}`;
}
