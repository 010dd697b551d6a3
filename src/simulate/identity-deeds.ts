import type { Draws } from './draw.ts';
import type { ProgramIdentity } from './identities.ts';
import { awsKeyId } from './leaks.ts';
import { domain } from './organisation.ts';
import { agentCall, agentStopped } from './payloads/agents.ts';
import { type AwsCaller, accessKeyRecord } from './payloads/cloudtrail.ts';
import { tokenSecretRecord } from './payloads/kubernetes.ts';
import type { TrueOwner } from './truth.ts';
import { day, deliver, finding, mend, openCase, type World } from './world.ts';

/** Chance a day that one identity does what it should not. Programs do not learn from words. */
const rate = 0.0008;
const agentTools = ['read_file', 'search'];

/** Plans what the identities of programs do in the whole story. */
export function planIdentityDeeds(world: World, identities: readonly ProgramIdentity[]): void {
  for (const identity of identities) {
    let on = gap(world.draws, identity, 0);
    for (let n = 0; on < world.days; n += 1) {
      const at =
        world.start + on * day + world.draws.whole(0, 23 * 60, 'identity at', identity.id, n) * 60_000;
      const times = n;
      world.plan(at, `identity ${identity.id}`, {
        kind: 'deed',
        run: () => goWrong(world, identity, times, at),
      });
      on += 1 + gap(world.draws, identity, n + 1);
    }
  }
}

/** Days without anything, geometrically distributed. */
function gap(draws: Draws, { id }: ProgramIdentity, n: number): number {
  return Math.floor(Math.log1p(-draws.unit('identity gap', id, n)) / Math.log1p(-rate));
}

type Sent = { readonly source: string; readonly payload: unknown; readonly record: object };
/** What vendors say of a deed, and of its end by somebody's hand. */
type Told = { readonly done: (at: number) => Sent; readonly ended: (at: number, by: string) => Sent };

function goWrong(world: World, identity: ProgramIdentity, n: number, at: number): void {
  const { kind, team, says } = identity;
  const id = `identity ${identity.id} ${n}`;
  const owner = ownerNow(world, identity);
  openCase(world, {
    id,
    behaviour: kind === 'agent' ? 'agent-outside-policy' : 'token-outside-approved-path',
    owner,
    isMistake: true,
    isHistory: false,
    at,
    trace: `${kind}, label: ${says}`,
    identity: identity.id,
  });
  const told = toldOf(world, identity, id, n);
  const send = (name: string, when: number, { source, payload, record }: Sent, found?: string) =>
    deliver(world, {
      id: `${source} ${name}`,
      at: when,
      source,
      payload,
      records: [{ record, ...(found === undefined ? {} : { finding: found }) }],
    });
  send(id, at + 600_000, told.done(at), finding(world, { id, case: id, at }));
  world.mends.set(id, (mendedAt) =>
    mend(world, id, mendedAt, () =>
      send(`${id} gone`, mendedAt + 600_000, told.ended(mendedAt, handOf(world, owner, team))),
    ),
  );
}

/** What somebody kept who left is the squad's. */
function ownerNow(world: World, { owner, team }: ProgramIdentity): TrueOwner {
  return owner.kind === 'person' && world.gone.has(owner.id) ? { kind: 'team', id: team } : owner;
}

/** Whoever ends it: the owner, or somebody of the squad. */
function handOf(world: World, owner: TrueOwner, team: string): string {
  const person = owner.kind === 'person' ? world.member(owner.id) : undefined;
  const lead = world.organisation.members.find((one) => one.team === team && !world.gone.has(one.id));
  return (person ?? lead)?.email ?? '';
}

function toldOf(world: World, identity: ProgramIdentity, id: string, n: number): Told {
  if (identity.kind === 'agent') return agentTold(identity, n);
  if (identity.kind === 'service-account') return clusterTold(world.draws, identity, id);
  const key = {
    id: awsKeyId(world.draws, id),
    user: `${identity.team}-${world.draws.letters(6, 'user', id).toLowerCase()}`,
  };
  const trail = (name: 'CreateAccessKey' | 'DeleteAccessKey', caller: AwsCaller, at: number): Sent => {
    const record = accessKeyRecord(name, key, caller, at);
    return { source: 'cloudtrail', payload: { Records: [record] }, record };
  };
  return {
    done: (at) => trail('CreateAccessKey', callerOf(world.draws, identity), at),
    ended: (at, email) => trail('DeleteAccessKey', { kind: 'sso', email }, at),
  };
}

function callerOf(draws: Draws, { kind, name }: ProgramIdentity): AwsCaller {
  if (kind === 'key') return { kind: 'user', login: name };
  const session = kind === 'pipeline' ? {} : { session: `i-${draws.hex(17, 'instance', name)}` };
  return { kind: 'workload', role: name, ...session };
}

function clusterTold(draws: Draws, identity: ProgramIdentity, id: string): Told {
  const secret = `token-${draws.letters(8, 'secret', id).toLowerCase()}`;
  const say = (verb: 'create' | 'delete', by: string, at: number): Sent => {
    const record = tokenSecretRecord(verb, identity, secret, by, at);
    return { source: 'kubernetes', payload: record, record };
  };
  return { done: (at) => say('create', identity.id, at), ended: (at, by) => say('delete', by, at) };
}

/** Once stopped it comes back under another name. */
function agentTold({ name, label, team }: ProgramIdentity, n: number): Told {
  const agent = { id: n === 0 ? name : `${name}-${n + 1}`, sponsor: '', tools: agentTools };
  const email = label?.startsWith('@') === true ? `${team}@${domain}` : label;
  const sponsor = email === undefined ? undefined : { name: email.split('@')[0] ?? '', email };
  return {
    done: (at) => {
      const record = agentCall(agent, sponsor, 'publish_package', at);
      return { source: 'agents', payload: record, record };
    },
    ended: (at) => {
      const record = agentStopped(agent, sponsor, at);
      return { source: 'agents', payload: record, record };
    },
  };
}
