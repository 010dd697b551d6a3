import type { Actor, Identity, OwnerLead } from '../../../core/event.ts';
import { type Dict, dictOf, textOf } from '../../../lib/guards.ts';

/** Who did something, with the account that was used and the lead to whoever answers for it. */
export type Who = {
  readonly actor: Actor;
  readonly leads: readonly OwnerLead[];
  readonly identity?: Identity;
};

export const nobody: Who = { actor: { type: 'unknown' }, leads: [] };

/** Accounts under which GitHub's own coding agent works. */
const agentLogins = new Set(['copilot', 'copilot-swe-agent[bot]', 'copilot-swe-agent']);

/** A `{login, type}` of a delivery. GitHub itself, which sends alerts and scans, is nobody. */
export function whoIs(user: unknown): Who {
  const found = dictOf(user);
  const login = textOf(found?.login);
  if (login === undefined || isPlatform(login, found)) return nobody;
  return whoseLogin(login, typeOf(login, textOf(found?.type)));
}

/** The account as actor, and its holder as whoever opened the session; programs lead to nobody. */
export function whoseLogin(login: string, type: Actor['type']): Who {
  const account = { system: 'github', name: login };
  return {
    actor: { type, ...(type === 'workload' || type === 'agent' ? { id: login } : {}), account },
    leads: type === 'person' ? [{ kind: 'session-caller', account }] : [],
    identity: { type: 'account', id: login, provider: 'github' },
  };
}

/** What kind of account a login is, by its type and by how GitHub names the accounts of apps. */
export function typeOf(login: string, type: string | undefined): Actor['type'] {
  const isBot = type === 'Bot' || login.endsWith('[bot]');
  if (agentLogins.has(login.toLowerCase()) && (isBot || type === undefined)) return 'agent';
  if (isBot) return 'workload';
  // An organisation as a sender: somebody of it, without saying who.
  return type === 'Organization' ? 'unknown' : 'person';
}

function isPlatform(login: string, user: Dict | undefined): boolean {
  return login.toLowerCase() === 'github' && (user?.type === 'Organization' || user?.id === 9919);
}

/** Further people of a payload as leads, without programs and without those already there. */
export function leadsTo(users: readonly unknown[], known: readonly OwnerLead[]): readonly OwnerLead[] {
  const leads = [...known];
  for (const user of users) {
    for (const lead of whoIs(user).leads) {
      if (!leads.some(({ account }) => account?.name === lead.account?.name)) leads.push(lead);
    }
  }
  return leads;
}
