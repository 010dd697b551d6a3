import { dictOf, scalarText, textOf } from '../../../lib/guards.ts';
import type { Reading } from './read.ts';
import { account, outcomeOf, person, type Said, said, workload } from './said.ts';

/**
 * Codes with which a sign-in waits for something (another factor, consent, a choice of account) and goes on.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const interrupts: ReadonlySet<string> = new Set(
  '16000 16001 16003 50058 50072 50074 50076 50079 50097 50125 50127 50129 50132 50133 50140 50143 50203 65001'.split(
    ' ',
  ),
);

/** Service principals and managed identities ask for tokens; people sign in. */
export function signIn({ record, properties }: Reading): Said {
  const category = textOf(record.category) ?? '';
  const isWorkload = /^(?:ServicePrincipal|ManagedIdentity)/u.test(category);
  const code = dictOf(properties.status)?.errorCode ?? record.resultType;
  const outcome = interrupts.has(scalarText(code))
    ? undefined
    : outcomeOf(code, record.resultType, record.resultSignature, properties.result);
  const target = said(properties.resourceDisplayName) ?? said(properties.resourceId);
  const appId = said(properties.appId);
  const principalId = said(properties.servicePrincipalId);
  const login = said(properties.userPrincipalName);
  const userId = said(properties.userId);
  return {
    kind: isWorkload ? 'token.issued' : 'activity.recorded',
    actor: isWorkload
      ? workload({ id: principalId, name: said(properties.servicePrincipalName), appId })
      : person({ id: userId, name: said(properties.userDisplayName), login }),
    identity: isWorkload
      ? account('service-principal', principalId ?? appId)
      : account('user', login ?? userId),
    resource: target === undefined ? undefined : { type: 'application', id: target },
    outcome,
    address: said(properties.ipAddress) ?? said(record.callerIpAddress),
    userAgent: said(properties.userAgent),
    session: said(properties.sessionId),
    ownId: said(properties.id),
  };
}

/** Microsoft's own suspicion of an account: nobody of the organisation did anything that is known. */
export function risk({ properties }: Reading): Said {
  const isWorkload = said(properties.servicePrincipalId) !== undefined;
  return {
    kind: 'activity.recorded',
    actor: { type: 'unknown' },
    identity: isWorkload
      ? account('service-principal', said(properties.servicePrincipalId))
      : account('user', said(properties.userPrincipalName) ?? said(properties.userId)),
    address: said(properties.ipAddress),
    ownId: said(properties.id),
  };
}
