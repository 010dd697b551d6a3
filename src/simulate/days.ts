import { callTool, campaignTimes, dropProtection, makeKey, push, runCampaign } from './deeds.ts';
import { leakSecret, type Scans } from './leaks.ts';
import { ordinaryRecord } from './payloads/cloudtrail.ts';
import { day, deliver, hour, isHere, isWorkday, propensity, type World } from './world.ts';

/** Chances a working day of somebody of middling inclination. */
const rates = { leak: 0.012, key: 0.005, protection: 0.003, push: 0.25, agent: 0.5, outside: 0.03 };

/** What was there before anybody looked, and who leaves. */
export function planBeginning(world: World, scans: Scans): void {
  const { draws, organisation, start, days } = world;
  for (const [at, repository] of organisation.repositories.entries()) {
    if (!draws.chance(0.5, 'history', repository.team)) continue;
    const by = organisation.members.find(
      ({ team, leftOnDay }) => team === repository.team && leftOnDay === undefined,
    );
    if (by === undefined) continue;
    const leftAt = start - draws.whole(30, 400, 'history day', at) * day;
    leakSecret(world, scans, { id: `old ${repository.team}`, by, repository, at: leftAt, isHistory: true });
  }
  for (const member of organisation.members) {
    if (member.leftOnDay === undefined || member.leftOnDay < 0 || member.leftOnDay >= days) continue;
    const at = start + member.leftOnDay * day + 9 * hour;
    world.plan(at, `leaves ${member.id}`, { kind: 'leave', members: [member] });
  }
  const wave = organisation.members.filter(
    (member) => isHere(world, member) && member.manager !== undefined && world.hostile.leaves(member.id),
  );
  if (wave.length > 0) world.plan(world.hostile.from, 'leaver wave', { kind: 'leave', members: wave });
}

/** Practice mails go out every three weeks. */
export function planCampaigns(world: World): void {
  for (const [index, at] of campaignTimes(world.start, world.days).entries())
    world.plan(at - hour, `campaign ${index}`, {
      kind: 'deed',
      run: () => runCampaign(world, index + 1, at),
    });
}

/** Everything that people, agents and scanners do on one day; asked when the day begins, so that words have an effect. */
export function liveDay(world: World, scans: Scans, dayNumber: number): void {
  const { draws, organisation } = world;
  const morning = world.start + dayNumber * day;
  const isWork = isWorkday(morning);
  signOfLife(world, morning);
  if (new Date(morning).getUTCDay() === 0) repeatScans(world, scans, morning + 3 * hour);
  for (const agent of organisation.agents) {
    if (!draws.chance(rates.agent, 'agent', agent.id, dayNumber)) continue;
    const isOutside = draws.chance(
      rates.outside * propensity(world, agent.sponsor, 'agent-outside-policy'),
      'outside',
      agent.id,
      dayNumber,
    );
    const at = morning + draws.whole(7 * 60, 20 * 60, 'agent at', agent.id, dayNumber) * 60_000;
    world.plan(at, `agent ${agent.id}`, { kind: 'deed', run: () => callTool(world, agent, isOutside, at) });
  }
  if (!isWork) return;
  const parts = Map.groupBy(organisation.repositories, ({ team }) => team);
  for (const by of organisation.members) {
    if (!isHere(world, by)) continue;
    const at = (what: string) =>
      morning + draws.whole(8 * 60, 17 * 60, 'at', what, by.id, dayNumber) * 60_000;
    const does = (what: 'key' | 'protection', behaviour: string) =>
      draws.chance(rates[what] * propensity(world, by.id, behaviour), what, by.id, dayNumber);
    const leaks =
      rates.leak * propensity(world, by.id, 'secret-in-repository') * world.setups.leaks(by.team, morning);
    world.setups.note(by.team, morning, Math.min(1, leaks), rates.push);
    const repository = () => {
      const isGuest = draws.chance(0.12, 'guest', by.id, dayNumber);
      const some = isGuest ? organisation.repositories : (parts.get(by.team) ?? []);
      return draws.pick(some, 'repository', by.id, dayNumber);
    };
    if (draws.chance(rates.push, 'push', by.id, dayNumber)) push(world, by, repository(), at('push'));
    if (draws.chance(leaks, 'leak', by.id, dayNumber))
      leakSecret(world, scans, {
        id: `leak ${by.id} ${dayNumber}`,
        by,
        repository: repository(),
        at: at('leak'),
        isHistory: false,
      });
    if (does('key', 'token-outside-approved-path')) makeKey(world, by, at('key'));
    if (does('protection', 'privileged-workflow-bypass'))
      dropProtection(world, by, repository(), at('protection'));
  }
}

/** Sources speak every day, also when there is nothing to say: a scan that found nothing, a call that means nothing. */
export function signOfLife(world: World, morning: number): void {
  const at = morning + hour;
  deliver(world, { id: `gitleaks nightly ${at}`, at, source: 'gitleaks', payload: [], records: [] });
  const record = ordinaryRecord(at);
  deliver(world, {
    id: `cloudtrail nightly ${at}`,
    at,
    source: 'cloudtrail',
    payload: { Records: [record] },
    records: [{ record }],
  });
  const [repository] = world.organisation.repositories;
  const [by] = world.organisation.members;
  if (repository !== undefined && by !== undefined && !isWorkday(morning)) push(world, by, repository, at);
}

/** The full scan of the week says everything again that stands in the history, dead or not. */
function repeatScans(world: World, scans: Scans, at: number): void {
  for (const [repository, found] of scans) {
    const records = [...found];
    if (records.length === 0) continue;
    deliver(world, {
      id: `gitleaks full ${repository} ${at}`,
      at,
      source: 'gitleaks',
      payload: records.map(({ record }) => record),
      records,
    });
  }
}
