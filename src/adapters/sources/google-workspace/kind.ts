import type { EventKind } from '../../../core/event.ts';
import { scalarText } from '../../../lib/guards.ts';
import type { Parameters } from './parameters.ts';

/** By application and name. https://developers.google.com/workspace/admin/reports/v1/appendix/activity */
const kinds: Readonly<Record<string, EventKind>> = {
  'token authorize': 'token.issued',
  'token revoke': 'credential.removed',
  'admin CHANGE_PASSWORD': 'credential.changed',
  'admin SUSPEND_USER': 'identity.disabled',
  'admin DELETE_USER': 'identity.disabled',
  'admin ARCHIVE_USER': 'identity.disabled',
  'admin UNSUSPEND_USER': 'identity.enabled',
  'admin UNDELETE_USER': 'identity.enabled',
  'admin UNARCHIVE_USER': 'identity.enabled',
  'user_accounts password_edit': 'credential.changed',
  'user_accounts 2sv_enroll': 'credential.changed',
  'user_accounts 2sv_disable': 'credential.changed',
  'login password_edit': 'credential.changed',
  'login 2sv_enroll': 'credential.changed',
  'login 2sv_disable': 'credential.changed',
};

/** Second factors of a whole organisation: whether they stand is said beside. */
const control = new Set(['ENFORCE_STRONG_AUTHENTICATION', 'ALLOW_STRONG_AUTHENTICATION']);

export function kindOf(application: string, name: string, parameters: Parameters): EventKind {
  const key = `${application} ${name}`;
  const known = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
  if (known !== undefined) return known;
  if (application === 'login' && name.startsWith('account_disabled_')) return 'identity.disabled';
  if (application !== 'admin' || !control.has(name)) return 'activity.recorded';
  const value = scalarText(parameters.NEW_VALUE).toLowerCase();
  if (value === 'false' || value === 'off') return 'control.disabled';
  return value === 'true' || value === 'on' ? 'control.restored' : 'activity.recorded';
}

/** Kinds that are about an account, and not about what the actor used. */
export function isAboutAccount(kind: EventKind): boolean {
  return kind.startsWith('identity.') || kind === 'credential.changed';
}
