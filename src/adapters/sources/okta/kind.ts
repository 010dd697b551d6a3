import type { EventKind } from '../../../core/event.ts';

/** By the whole event type. https://developer.okta.com/docs/reference/api/event-types/ */
const kinds: Readonly<Record<string, EventKind>> = {
  'system.api_token.create': 'credential.created',
  'system.api_token.enable': 'credential.created',
  'system.api_token.revoke': 'credential.removed',
  'system.api_token.disable': 'credential.removed',
  'app.oauth2.credentials.lifecycle.create': 'credential.created',
  'app.oauth2.credentials.lifecycle.activate': 'credential.created',
  'app.oauth2.credentials.lifecycle.deactivate': 'credential.removed',
  'app.oauth2.credentials.lifecycle.delete': 'credential.removed',
  'app.oauth2.client.lifecycle.activate': 'identity.enabled',
  'app.oauth2.client.lifecycle.deactivate': 'identity.disabled',
  'app.oauth2.client.lifecycle.delete': 'identity.disabled',
  'app.keys.generate': 'credential.created',
  'app.keys.rotate': 'credential.changed',
  'user.account.update_password': 'credential.changed',
  'user.account.reset_password': 'credential.changed',
  'user.lifecycle.activate': 'identity.enabled',
  'user.lifecycle.reactivate': 'identity.enabled',
  'user.lifecycle.unsuspend': 'identity.enabled',
  'user.lifecycle.deactivate': 'identity.disabled',
  'user.lifecycle.suspend': 'identity.disabled',
  'user.lifecycle.delete.initiated': 'identity.disabled',
  'user.lifecycle.delete.completed': 'identity.disabled',
  'user.mfa.attempt_bypass': 'control.bypassed',
  'system.mfa.factor.deactivate': 'control.disabled',
  'system.mfa.factor.activate': 'control.restored',
  'application.policy.sign_on.rule.delete': 'control.disabled',
};

/** By its beginning; the first that fits. */
const beginnings: readonly (readonly [string, EventKind])[] = [
  ['app.oauth2.as.token.grant', 'token.issued'],
  ['app.oauth2.token.grant', 'token.issued'],
  ['app.oauth2.as.token.revoke', 'credential.removed'],
  ['app.oauth2.token.revoke', 'credential.removed'],
  ['user.mfa.factor.', 'credential.changed'],
];

/** Policies, their rules, network zones, second factors, and what carries the log elsewhere. */
const control =
  /^(?:policy\.(?:lifecycle|rule)|zone|security\.authenticator\.lifecycle|system\.log_stream\.lifecycle|event_hook)\.(activate|deactivate|delete)$/u;

/** A sign-in of a person is recorded only: everybody signs in all day. */
export function kindOf(eventType: string): EventKind {
  const type = eventType.toLowerCase();
  const known = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (known !== undefined) return known;
  const begun = beginnings.find(([beginning]) => type.startsWith(beginning));
  if (begun !== undefined) return begun[1];
  const change = control.exec(type)?.[1];
  if (change === undefined) return 'activity.recorded';
  return change === 'activate' ? 'control.restored' : 'control.disabled';
}

/** Kinds that are about somebody's account: it is the target's, and not what the actor used. */
export function isAboutAccount(kind: EventKind): boolean {
  return kind === 'credential.changed' || kind.startsWith('identity.');
}
