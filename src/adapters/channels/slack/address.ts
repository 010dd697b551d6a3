import type { Recipient } from '../../../ports/channel.ts';
import { type ApiFault, type SlackApi, textAt } from './api.ts';
import type { SlackSettings } from './settings.ts';

export const system = 'slack';

/** Where a recipient is written to: a channel, an account, or an e-mail address by which Slack finds the account. */
export type Address =
  | { readonly kind: 'channel'; readonly id: string }
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'email'; readonly email: string };

export function addressOf(settings: SlackSettings, recipient: Recipient): Address | undefined {
  if (recipient.kind === 'team') {
    // A mailbox of a team is no account: without a channel the team cannot be written to here.
    const id = Object.hasOwn(settings.teamChannels, recipient.id)
      ? settings.teamChannels[recipient.id]
      : undefined;
    return id === undefined ? undefined : { kind: 'channel', id };
  }
  if (recipient.kind === 'duty' && settings.dutyChannel !== undefined)
    return { kind: 'channel', id: settings.dutyChannel };
  const linked = recipient.accounts.find((account) => account.system === system && isMemberId(account.name));
  if (linked !== undefined) return { kind: 'user', id: linked.name };
  return recipient.email === undefined ? undefined : { kind: 'email', email: recipient.email };
}

export function isMemberId(text: string): boolean {
  return /^[UW][A-Z0-9]{2,20}$/u.test(text);
}

export type Conversation =
  | { readonly kind: 'found'; readonly id: string }
  | { readonly kind: 'fault'; readonly fault: ApiFault };

export type Conversations = (address: Address, at: number, signal?: AbortSignal) => Promise<Conversation>;

// People change their address or leave; what was found is asked for anew after this.
const keptMs = 3_600_000;
const keptMax = 20_000;

/** Finds the conversation to write to, and remembers it: two calls less for every message after the first. */
export function openConversations(api: SlackApi): Conversations {
  const kept = new Map<string, { readonly id: string; readonly until: number }>();

  async function ask(
    method: string,
    call: Parameters<SlackApi>[1],
    path: readonly [string, ...string[]],
    at: number,
    signal: AbortSignal | undefined,
  ): Promise<Conversation> {
    const answer = await api(method, call, at, signal);
    if (answer.kind !== 'ok') return { kind: 'fault', fault: answer };
    const id = textAt(answer.body, ...path);
    return id === undefined
      ? { kind: 'fault', fault: { kind: 'later', reason: `${method} names nothing` } }
      : { kind: 'found', id };
  }

  return async (address, at, signal) => {
    if (address.kind === 'channel') return { kind: 'found', id: address.id };
    const key = address.kind === 'user' ? address.id : address.email.toLowerCase();
    const known = kept.get(key);
    if (known !== undefined && known.until > at) return { kind: 'found', id: known.id };
    let user = address.kind === 'user' ? address.id : '';
    if (address.kind === 'email') {
      const form = { email: address.email };
      const found = await ask('users.lookupByEmail', { form }, ['user', 'id'], at, signal);
      if (found.kind === 'fault') return found;
      user = found.id;
    }
    const opened = await ask('conversations.open', { json: { users: user } }, ['channel', 'id'], at, signal);
    if (opened.kind === 'found') {
      if (kept.size >= keptMax) kept.clear();
      kept.set(key, { id: opened.id, until: at + keptMs });
    }
    return opened;
  };
}
