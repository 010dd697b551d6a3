import type { Actor, Identity, OwnerLead } from '../../../core/event.ts';
import { type Dict, dictOf, scalarText, textOf } from '../../../lib/guards.ts';
import type { TrailRecord } from './schema.ts';
import { isAddress, looksLikePerson, looksMadeUp, looksTechnical, serviceOf } from './session-name.ts';

export type Who = {
  readonly actor: Actor;
  readonly identity: Identity | undefined;
  readonly leads: readonly OwnerLead[];
  /** The principal id of an assumed role or federated session, as the answer that opened it names it. */
  readonly session: string | undefined;
  /** The claim by which a workload is known at its own provider. */
  readonly subject: string | undefined;
};

const nobody: Who = {
  actor: { type: 'unknown' },
  identity: undefined,
  leads: [],
  session: undefined,
  subject: undefined,
};

/** Who acted (CloudTrail user guide, `userIdentity` element). */
export function readWho(record: TrailRecord): Who {
  const user = dictOf(record.userIdentity);
  if (user === undefined) return nobody;
  const who = ofIdentity(user, record);
  const leads = [...who.leads, ...callers(user)];
  const service = serviceOf(textOf(user.invokedBy));
  if (service === undefined || user.type === 'AWSService') return { ...who, leads };
  // The service did it; the account tells on whose authority, and that is whom to ask about it.
  const { account, email } = who.actor;
  const lead: OwnerLead = {
    kind: 'session-caller',
    ...(email === undefined ? {} : { email }),
    ...(account === undefined ? {} : { account }),
  };
  return {
    ...who,
    actor: { type: 'workload', id: service, name: service, ...(account === undefined ? {} : { account }) },
    leads: account === undefined && email === undefined ? leads : [lead, ...leads],
  };
}

function ofIdentity(user: Dict, record: TrailRecord): Who {
  const arn = textOf(user.arn);
  const userName = shownName(user.userName);
  const principal = textOf(user.principalId);
  switch (user.type) {
    case 'AssumedRole':
      return ofAssumedRole(user, record);
    case 'Root':
      return named('root', arn ?? textOf(user.accountId) ?? 'root', {
        type: byHand(user, record) ? 'person' : 'unknown',
        name: 'root',
      });
    case 'AWSService': {
      const service = textOf(user.invokedBy);
      return service === undefined
        ? nobody
        : named('aws-service', service, { type: 'workload', name: service });
    }
    case 'WebIdentityUser':
      return ofWebIdentity(user);
    case 'SAMLUser':
    case 'IdentityCenterUser':
      return ofPerson(user.type === 'SAMLUser' ? 'saml-user' : 'identity-center-user', user);
    case 'FederatedUser': {
      const name = lastPart(arn) ?? afterColon(principal);
      return {
        ...ofAccount('federated-user', arn ?? principal, name, byHand(user, record)),
        session: principal,
      };
    }
    case 'AWSAccount':
      return ofAccount('aws-account', principal ?? textOf(user.accountId), undefined, false);
    case 'IAMUser':
      return ofAccount(
        'iam-user',
        arn ?? principal ?? userName,
        userName ?? lastPart(arn) ?? afterColon(principal),
        byHand(user, record),
      );
    default:
      return ofOther(user, arn ?? principal, userName, record);
  }
}

/** Kinds that AWS adds, and records of which an identity's type was lost. */
function ofOther(user: Dict, id: string | undefined, name: string | undefined, record: TrailRecord): Who {
  const isSignIn = /^(?:sso|signin)\./u.test(textOf(record.eventSource) ?? '') && name !== undefined;
  return ofAccount('aws-principal', id, name, isSignIn || byHand(user, record));
}

/**
 * A role is worn by whoever was let in. The session is named by the one who opened it: identity providers put in the
 * person's name, instances their id, programs something made up on the spot; then only the role says who it is.
 */
function ofAssumedRole(user: Dict, record: TrailRecord): Who {
  const issuer = dictOf(dictOf(user.sessionContext)?.sessionIssuer);
  const arn = textOf(user.arn);
  const principal = textOf(user.principalId);
  const [, arnRole, arnSession] =
    /^arn:[^:]*:sts::\d*:assumed-role\/([^/]+)(?:\/(.+))?$/u.exec(arn ?? '') ?? [];
  const role = arnRole ?? textOf(issuer?.userName) ?? lastPart(textOf(issuer?.arn)) ?? textOf(user.userName);
  const session = arnSession ?? afterColon(principal);
  // The ARN of a session leaves out the role's path, so that the role's own cannot be made of it.
  const roleId = textOf(issuer?.arn) ?? role;
  const isHuman = byHand(user, record) || isSingleSignOn(role);
  const joined = principal?.includes(':') === true ? principal : undefined;
  if (session === undefined || looksMadeUp(session)) {
    if (roleId === undefined) return ofAccount('role-session', arn ?? principal, undefined, isHuman);
    const type = isHuman
      ? 'person'
      : session !== undefined || looksTechnical(role ?? '')
        ? 'workload'
        : 'unknown';
    const who = named('iam-role', roleId, { type, name: role ?? roleId });
    return { ...who, session: joined };
  }
  const isPerson = isHuman || looksLikePerson(session);
  if (!isPerson && (looksTechnical(session) || role?.startsWith('AWSServiceRole') === true)) {
    const actor: Actor = { type: 'workload', id: roleId ?? session, name: session };
    const identity: Identity = { type: 'iam-role', id: roleId ?? session, provider: 'aws' };
    return { ...nobody, actor, identity, session: joined };
  }
  return { ...ofAccount('role-session', arn ?? principal ?? session, session, isPerson), session: joined };
}

function ofWebIdentity(user: Dict): Who {
  const subject = textOf(user.userName) ?? afterProvider(textOf(user.principalId));
  if (subject === undefined) return nobody;
  const isMachine =
    /githubusercontent|gitlab|circleci|buildkite|bitbucket|spacelift|\boidc\.eks\./u.test(
      `${textOf(user.identityProvider) ?? ''} ${textOf(user.principalId) ?? ''}`,
    ) || /^(?:repo|project_path|system:serviceaccount|organization|spiffe):/u.test(subject);
  const type = isMachine ? 'workload' : 'unknown';
  return { ...named('web-identity', subject, { type, name: subject }), subject };
}

function ofPerson(type: string, user: Dict): Who {
  const onBehalf = dictOf(user.onBehalfOf);
  const name = shownName(user.userName);
  const id = textOf(onBehalf?.userId) ?? textOf(user.principalId) ?? name;
  return ofAccount(type, id, name, true);
}

/** Somebody with an account of their own: its name is an address where the directory's name is one. */
function ofAccount(type: string, id: string | undefined, name: string | undefined, isPerson: boolean): Who {
  if (id === undefined && name === undefined) return nobody;
  const email = name !== undefined && isAddress(name) ? name : undefined;
  return {
    ...nobody,
    actor: {
      type: isPerson ? 'person' : 'unknown',
      id: id ?? name ?? '',
      ...(name === undefined ? {} : { name, account: { system: 'aws', name } }),
      ...(email === undefined ? {} : { email }),
    },
    identity: { type, id: id ?? name ?? '', provider: 'aws' },
  };
}

function named(type: string, id: string, actor: Omit<Actor, 'id'>): Who {
  return { ...nobody, actor: { ...actor, id }, identity: { type, id, provider: 'aws' } };
}

/** Who opened the session, where it says so: the source identity cannot be changed within it. */
function callers(user: Dict): readonly OwnerLead[] {
  const context = dictOf(user.sessionContext);
  const source = textOf(context?.sourceIdentity);
  const issuer = dictOf(context?.sessionIssuer);
  const opener = issuer?.type === 'IAMUser' ? textOf(issuer.userName) : undefined;
  return [source, opener]
    .filter((name) => name !== undefined)
    .map((name) => ({
      kind: 'session-caller',
      account: { system: 'aws', name },
      ...(isAddress(name) ? { email: name } : {}),
    }));
}

/** Signs of a human at a console: a second factor, a browser, the console itself. */
function byHand(user: Dict, record: TrailRecord): boolean {
  const attributes = dictOf(dictOf(user.sessionContext)?.attributes);
  const agent = textOf(record.userAgent) ?? '';
  return (
    scalarText(attributes?.mfaAuthenticated) === 'true' ||
    scalarText(record.sessionCredentialFromConsole) === 'true' ||
    record.eventType === 'AwsConsoleSignIn' ||
    record.eventName === 'ConsoleLogin' ||
    record.eventName === 'GetSigninToken' ||
    textOf(user.invokedBy) === 'signin.amazonaws.com' ||
    /^\[?Mozilla\/|^(?:console|signin)\.[\w.-]*amazonaws\.com/u.test(agent)
  );
}

/** Roles that IAM Identity Center makes for people. */
function isSingleSignOn(role: string | undefined): boolean {
  return role?.startsWith('AWSReservedSSO_') === true;
}

/** AWS hides what was typed where no user has that name: it may have been a password. */
function shownName(value: unknown): string | undefined {
  const name = textOf(value);
  return name === undefined || name === 'HIDDEN_DUE_TO_SECURITY_REASONS' ? undefined : name;
}

function lastPart(arn: string | undefined): string | undefined {
  const part = arn?.includes('/') === true ? arn.slice(arn.lastIndexOf('/') + 1) : undefined;
  return part === '' ? undefined : part;
}

function afterColon(principal: string | undefined): string | undefined {
  const at = principal?.indexOf(':') ?? -1;
  return at < 0 ? undefined : textOf(principal?.slice(at + 1));
}

/** `<provider's ARN>:<audience>:<subject>` */
function afterProvider(principal: string | undefined): string | undefined {
  return textOf(/^arn:[^/]*\/[^:]+:[^:]+:(.+)$/u.exec(principal ?? '')?.[1]);
}
