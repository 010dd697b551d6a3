import { createTeams, teamsSettings } from '../../../src/adapters/channels/teams/index.ts';
import { dictOf } from '../../../src/lib/guards.ts';
import { closedPort } from '../../support/loopback.ts';
import { openTeamsFlow } from '../../support/teams-flow.ts';
import type { Arrival, ChannelHarness } from '../channel-harness.ts';

const teamsSecret = 'fake-signature-of-a-flow';
export const teams: ChannelHarness = {
  id: 'teams',
  secrets: [teamsSecret],
  unaddressable: { id: 'p', kind: 'person', name: 'Bo', accounts: [] },
  async open(where) {
    const flow = await openTeamsFlow();
    const port = where === 'reachable' ? flow.port : await closedPort();
    const url = `http://127.0.0.1:${port}/workflows/x/triggers/manual/paths/invoke?sig=${teamsSecret}`;
    return {
      channel: createTeams(
        teamsSettings.parse({ personUrl: url, allowPrivateNetwork: true, timeoutMs: 500 }),
      ),
      meet: flow.meet,
      arrived: () => flow.posts.map(ofCard),
      poured: flow.poured,
      close: flow.close,
    };
  },
  skip: [],
};
function ofCard(raw: string): Arrival {
  const shown: string[] = [];
  const links: string[] = [];
  const structure: string[] = [];
  const whole: unknown = JSON.parse(raw, (key: string, value: unknown) => {
    structure.push(key);
    if (key === 'type') structure.push(String(value));
    if (key === 'url') links.push(String(value));
    if (['text', 'title', 'fallbackText'].includes(key)) shown.push(String(value));
    return value;
  });
  return { key: dictOf(whole)?.['messageId']?.toString() ?? '', raw, shown, links, structure };
}
