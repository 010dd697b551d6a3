import type { EventKind } from '../../../../core/event.ts';
import { dictOf, textOf } from '../../../../lib/guards.ts';
import { instantOf } from '../../../../lib/instant.ts';
import { loginOf } from '../schema.ts';
import { whoIs } from '../who.ts';
import { idOf, type ReadDelivery } from './delivery.ts';

const ofKeys: Readonly<Record<string, EventKind>> = {
  created: 'credential.created',
  deleted: 'credential.removed',
};

/** `deploy_key` and `public_key`: the key itself is not kept, only what it is called. */
export const key =
  (type: 'deploy-key' | 'public-key'): ReadDelivery =>
  ({ payload, action }) => {
    const own = dictOf(payload.key);
    const id = idOf(own?.id);
    const kind = Object.hasOwn(ofKeys, action) ? ofKeys[action] : undefined;
    if (own === undefined || id === undefined || kind === undefined) return undefined;
    return [
      {
        kind,
        id: [id],
        // A deleted key has the time at which it was made.
        occurredAt: action === 'created' ? instantOf(own.created_at) : undefined,
        outcome: 'success',
        resource: { type, id },
      },
    ];
  };

/**
 * `personal_access_token_request`: an approved one gives its owner a token for the organisation. Who approved did it;
 * whose token it is answers for it.
 */
export const tokenRequest: ReadDelivery = ({ payload, action }) => {
  const request = dictOf(payload.personal_access_token_request);
  const id = idOf(request?.token_id) ?? idOf(request?.id);
  if (request === undefined || id === undefined) return undefined;
  const isApproved = action === 'approved';
  const sender = whoIs(payload.sender);
  const owner = loginOf(request.owner);
  const holder =
    owner === undefined
      ? []
      : [{ kind: 'resource-owner' as const, account: { system: 'github', name: owner } }];
  return [
    {
      kind: isApproved ? 'credential.created' : 'activity.recorded',
      id: [idOf(request.id), id],
      // Only the time of the request is told.
      occurredAt: action === 'created' ? instantOf(request.created_at) : undefined,
      outcome: isApproved ? 'success' : action === 'denied' ? 'failure' : undefined,
      resource: { type: 'token', id },
      who: {
        ...sender,
        leads: [...sender.leads, ...holder],
      },
      found: { holder: owner, tokenName: textOf(request.token_name) },
    },
  ];
};

/** `github_app_authorization`: a person took back what an app was allowed to do in their name. */
export const appAuthorization: ReadDelivery = ({ payload, action, context }) => {
  const login = loginOf(payload.sender);
  if (action !== 'revoked' || login === undefined) return undefined;
  return [
    {
      kind: 'credential.removed',
      id: [login, context.headers?.['x-github-delivery']],
      outcome: 'success',
      resource: { type: 'app-authorization', id: login },
    },
  ];
};
