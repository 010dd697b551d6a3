import type { Actor, Event, Identity } from '../../../core/event.ts';
import { textOf } from '../../../lib/guards.ts';

/** What one log says of an event, before it is made. */
export type Said = {
  readonly kind: Event['kind'];
  readonly actor: Actor;
  readonly identity?: Identity | undefined;
  readonly resource?: Event['resource'];
  readonly outcome?: Event['outcome'];
  readonly address?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly session?: string | undefined;
  /** The log's own id of what happened. */
  readonly ownId?: string | undefined;
};

export const nobody: Actor = { type: 'unknown' };

const noId = /^0{8}-0{4}-0{4}-0{4}-0{12}$/u;

/** A text that says something: not empty, and not the id of nothing. */
export function said(value: unknown): string | undefined {
  const text = textOf(value)?.trim();
  return text === undefined || text === '' || noId.test(text) ? undefined : text;
}

/** An address; the login of a guest (`ana_example.com#EXT#@acme.example`) is none. */
export function emailOf(text: string | undefined): string | undefined {
  return text !== undefined && /^[^\s@/#:]+@[^\s@/#:]+\.[^\s@/#:.]+$/u.test(text) ? text : undefined;
}

export function person(parts: {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly login?: string | undefined;
}): Actor {
  const { id, name, login } = parts;
  if (id === undefined && name === undefined && login === undefined) return nobody;
  const email = emailOf(login);
  return {
    type: 'person',
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(login === undefined ? {} : { account: { system: 'entra', name: login } }),
  };
}

export function workload(parts: {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly appId?: string | undefined;
}): Actor {
  const { name, appId } = parts;
  const id = parts.id ?? appId;
  if (id === undefined && name === undefined) return nobody;
  return {
    type: 'workload',
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(appId === undefined ? {} : { account: { system: 'entra', name: appId } }),
  };
}

export function account(type: string, id: string | undefined): Identity | undefined {
  return id === undefined ? undefined : { type, id, provider: 'entra' };
}

/** `ServicePrincipal` → `service-principal`; what is no word of a vendor is an `entity`. */
export function kebab(type: string): string {
  if (!/^[A-Za-z]{1,40}$/u.test(type)) return 'entity';
  return type.replace(/([a-z])([A-Z])/gu, '$1-$2').toLowerCase();
}

const successes = new Set(['success', 'succeeded', '0', 'ok', 'active']);
const failures = new Set(['failure', 'failed', 'fail', 'timeout', 'clienterror']);

/** Of several members that may say it, the first that does. */
export function outcomeOf(...values: readonly unknown[]): Event['outcome'] {
  for (const value of values) {
    const word = (typeof value === 'number' ? String(value) : (textOf(value) ?? '')).trim().toLowerCase();
    if (successes.has(word)) return 'success';
    if (failures.has(word) || /^[1-9]\d{3,6}$/u.test(word)) return 'failure';
  }
  return undefined;
}
