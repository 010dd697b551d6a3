import { awsKeyId } from './leaks.ts';
import type { Agent, Member, Repository } from './organisation.ts';
import { agentCall, agentStopped } from './payloads/agents.ts';
import { type AwsCaller, accessKeyRecord } from './payloads/cloudtrail.ts';
import { githubHeaders, protectionDelivery, pushDelivery } from './payloads/github.ts';
import { gophishEvent, passwordChanged } from './payloads/gophish.ts';
import { clickChance, programShare } from './true-effects.ts';
import { day, deliver, finding, hour, isHere, mend, openCase, propensity, type World } from './world.ts';

/** Somebody makes a lasting key: by themselves, or a pipeline of their team does. */
export function makeKey(world: World, by: Member, at: number): void {
  const { draws } = world;
  const id = `key ${by.id} ${at}`;
  const how = draws.unit('how', id);
  const caller: AwsCaller =
    how < 0.5
      ? { kind: 'sso', email: by.email }
      : how < 0.93
        ? { kind: 'user', login: by.login }
        : { kind: 'workload', role: `${by.team}-deploy` };
  const isTeams = caller.kind === 'workload';
  const owner = isTeams ? ({ kind: 'team', id: by.team } as const) : ({ kind: 'person', id: by.id } as const);
  const key = { id: awsKeyId(draws, id), user: `${by.team}-${draws.letters(5, 'user', id).toLowerCase()}` };
  openCase(world, {
    id,
    behaviour: 'token-outside-approved-path',
    owner,
    isMistake: true,
    isHistory: false,
    at,
    trace: caller.kind,
  });
  const record = accessKeyRecord('CreateAccessKey', key, caller, at);
  deliver(world, {
    id: `cloudtrail ${id}`,
    at: at + 600_000,
    source: 'cloudtrail',
    payload: { Records: [record] },
    records: [{ record, finding: finding(world, { id, case: id, at }) }],
  });
  world.mends.set(id, (mendedAt) =>
    mend(world, id, mendedAt, () => {
      const gone = accessKeyRecord(
        'DeleteAccessKey',
        key,
        isTeams ? { kind: 'sso', email: by.email } : caller,
        mendedAt,
      );
      deliver(world, {
        id: `cloudtrail ${id} gone`,
        at: mendedAt + 600_000,
        source: 'cloudtrail',
        payload: { Records: [gone] },
        records: [{ record: gone }],
      });
    }),
  );
}

/** Somebody takes the protection of a branch away. */
export function dropProtection(world: World, by: Member, repository: Repository, at: number): void {
  const { draws } = world;
  const name = draws.pick(['main', 'release'], 'branch', by.id, at);
  const id = `protection ${by.id} ${repository.name} ${name}`;
  const open = world.truth.cases.get(id);
  if (open !== undefined) return;
  const group = `protection ${repository.name} ${name}`;
  openCase(
    world,
    {
      id,
      behaviour: 'privileged-workflow-bypass',
      owner: { kind: 'person', id: by.id },
      isMistake: true,
      isHistory: false,
      at,
      trace: 'login',
    },
    group,
  );
  const rule = { id: draws.whole(1, 1e6, 'rule', id), name, repository: repository.name };
  const headers = githubHeaders('branch_protection_rule');
  const payload = protectionDelivery('deleted', rule, { login: by.login, isApp: false }, at);
  deliver(world, {
    id: `github ${id}`,
    at,
    source: 'github',
    headers,
    payload,
    records: [{ record: payload, finding: finding(world, { id, case: id, at }) }],
  });
  world.mends.set(id, (mendedAt) =>
    restore(world, id, group, mendedAt, () => {
      const back = protectionDelivery('created', rule, { login: by.login, isApp: false }, mendedAt);
      deliver(world, {
        id: `github ${id} back`,
        at: mendedAt + 60_000,
        source: 'github',
        headers,
        payload: back,
        records: [{ record: back }],
      });
    }),
  );
}

/** One protection: whoever puts it up again mends it for everybody who took it away. */
function restore(world: World, id: string, group: string, at: number, tell: () => void): void {
  for (const one of world.groups.get(group) ?? [])
    if (one.id !== id && one.at < at) mend(world, one.id, at, () => undefined);
  mend(world, id, at, tell);
}

/** An agent calls a tool; one outside its list is its sponsor's case. Once stopped it comes back under another name. */
export function callTool(world: World, agent: Agent, isOutside: boolean, at: number): void {
  const group = `agent ${agent.id}`;
  const generation = (world.groups.get(group) ?? []).filter(({ mendedAt }) => mendedAt !== undefined).length;
  const now = generation === 0 ? agent : { ...agent, id: `${agent.id}-${generation + 1}` };
  const sponsor = world.member(agent.sponsor);
  if (sponsor === undefined) return;
  const record = agentCall(
    now,
    sponsor,
    isOutside ? 'publish_package' : world.draws.pick(agent.tools, 'tool', agent.id, at),
    at,
  );
  const id = `agent ${agent.id} ${generation}`;
  const found = isOutside ? { finding: finding(world, { id: `${id} ${at}`, case: id, at }) } : {};
  deliver(world, {
    id: `agents ${agent.id} ${at}`,
    at,
    source: 'agents',
    payload: record,
    records: [{ record, ...found }],
  });
  if (!isOutside || world.truth.cases.has(id)) return;
  openCase(
    world,
    {
      id,
      behaviour: 'agent-outside-policy',
      owner: { kind: 'person', id: sponsor.id },
      isMistake: true,
      isHistory: false,
      at,
      trace: 'sponsor',
    },
    group,
  );
  world.mends.set(id, (mendedAt) =>
    mend(world, id, mendedAt, () => {
      // Whose owner has left is nobody's any more once it is stopped.
      for (const one of world.groups.get(`identity ${now.id}`) ?? [])
        if (one.at < mendedAt) mend(world, one.id, mendedAt, () => undefined);
      const papers = agentStopped(now, sponsor, mendedAt);
      deliver(world, {
        id: `agents ${id} stopped`,
        at: mendedAt + 60_000,
        source: 'agents',
        payload: papers,
        records: [{ record: papers }],
      });
    }),
  );
}

/** A simulated campaign: everybody gets the mail; some follow the link, some report it, programs click on their own. */
export function runCampaign(world: World, campaign: number, at: number): void {
  const { draws } = world;
  for (const member of world.organisation.members) {
    if (!isHere(world, member)) continue;
    const word = `${campaign} ${member.id}`;
    const sentAt = at + draws.whole(0, 30, 'sent', word) * 60_000;
    tell(world, `sent ${word}`, sentAt, gophishEvent('Email Sent', member.email, campaign, sentAt));
    world.plan(sentAt, `reads ${word}`, {
      kind: 'deed',
      run: () => readMail(world, member, campaign, sentAt),
    });
  }
}

function readMail(world: World, member: Member, campaign: number, sentAt: number): void {
  const { draws } = world;
  const word = `${campaign} ${member.id}`;
  if (draws.chance(programShare, 'scanner', word))
    followLink(world, member, campaign, sentAt + 2_000, 'scanner');
  const isCaught = draws.chance(
    clickChance(propensity(world, member.id, 'clicked-simulated-phish')),
    'clicks',
    word,
  );
  const readAt = sentAt + draws.whole(5, 300, 'reads', word) * 60_000;
  if (isCaught && !draws.chance(programShare, 'scanner', word)) {
    followLink(world, member, campaign, readAt, 'reader');
    if (draws.chance(0.3, 'submits', word)) submitForm(world, member, campaign, readAt + 90_000);
    return;
  }
  if (draws.chance(0.35, 'reports', word)) reportMail(world, member, campaign, readAt);
}

function followLink(
  world: World,
  member: Member,
  campaign: number,
  at: number,
  program: 'reader' | 'scanner',
): void {
  const id = `click ${campaign} ${member.id}`;
  const isMistake = program === 'reader';
  openCase(world, {
    id,
    behaviour: 'clicked-simulated-phish',
    owner: { kind: 'person', id: member.id },
    isMistake,
    isHistory: false,
    at,
    trace: program,
  });
  if (isMistake && !world.hostile.sees(id, at)) return;
  tell(
    world,
    id,
    at,
    gophishEvent('Clicked Link', member.email, campaign, at, { program, address: '192.0.2.77' }),
    id,
  );
}

function submitForm(world: World, member: Member, campaign: number, at: number): void {
  const id = `form ${campaign} ${member.id}`;
  openCase(world, {
    id,
    behaviour: 'submitted-credentials',
    owner: { kind: 'person', id: member.id },
    isMistake: true,
    isHistory: false,
    at,
    trace: 'reader',
  });
  tell(world, id, at, gophishEvent('Submitted Data', member.email, campaign, at), id);
  world.mends.set(id, (mendedAt) =>
    mend(world, id, mendedAt, () => {
      mendEarlier(world, 'submitted-credentials', member, mendedAt);
      const record = passwordChanged(member.email, mendedAt);
      deliver(world, {
        id: `okta ${id}`,
        at: mendedAt + 60_000,
        source: 'okta',
        payload: record,
        records: [{ record }],
      });
    }),
  );
}

/** A report of one mail is what mends the clicks of the mails before it. */
function reportMail(world: World, member: Member, campaign: number, at: number): void {
  tell(
    world,
    `report ${campaign} ${member.id}`,
    at,
    gophishEvent('Email Reported', member.email, campaign, at),
  );
  mendEarlier(world, 'clicked-simulated-phish', member, at);
}

/** One deed that mends everything of its kind that the same person did before. */
function mendEarlier(world: World, behaviour: string, member: Member, at: number): void {
  for (const one of world.groups.get(`${behaviour} ${member.id}`) ?? [])
    if (one.isMistake && one.at < at) mend(world, one.id, at, () => undefined);
}

function tell(world: World, id: string, at: number, record: object, of?: string): void {
  const found = of === undefined ? {} : { finding: finding(world, { id: of, case: of, at }) };
  deliver(world, {
    id: `gophish ${id}`,
    at: at + 1_000,
    source: 'gophish',
    payload: record,
    records: [{ record, ...found }],
  });
}

export function push(world: World, by: Member, repository: Repository, at: number): void {
  const commit = world.draws.hex(40, 'push', by.id, at);
  const payload = pushDelivery(repository.name, by, commit, at);
  deliver(world, {
    id: `github push ${by.id} ${at}`,
    at,
    source: 'github',
    headers: githubHeaders('push'),
    payload,
    records: [{ record: payload }],
  });
}

const campaignEvery = 21 * day;

/** When practice mails go out in a story of some days. */
export function campaignTimes(start: number, days: number): readonly number[] {
  const times: number[] = [];
  for (let at = start + 2 * day; at < start + (days - 1) * day; at += campaignEvery)
    times.push(at + 9 * hour);
  return times;
}
