import { createGithub, githubSettings } from '../../../src/adapters/channels/github/index.ts';
import { showMarkdown } from '../../support/github-markdown.ts';
import { type GithubManner, openGithubServer, type Written } from '../../support/github-server.ts';
import { closedPort } from '../../support/loopback.ts';
import type { Arrival, ChannelHarness, Situation } from '../channel-harness.ts';

// An obvious fake, put together at run time.
export const githubToken = ['ghs', 'fake0of0a0test'].join('_');
const githubManners: Record<Situation, GithubManner> = {
  accepts: 'usual',
  temporary: { status: 503 },
  'temporary-with-wait': { status: 403, headers: { 'retry-after': '120' } },
  permanent: { status: 410 },
  'server-error': { status: 502 },
  'takes-then-silent': 'takes-then-silent',
  'takes-then-drops': 'takes-then-drops',
  malformed: 'rubbish',
  'huge-answer': 'pours',
};
export const github: ChannelHarness = {
  id: 'github',
  secrets: [githubToken],
  keepsAccounts: true,
  unaddressable: { id: 'p', kind: 'person', name: 'Bo', email: 'bo@example.com', accounts: [] },
  async open(where) {
    const server = await openGithubServer({ tokens: [githubToken] });
    const apiUrl = where === 'reachable' ? server.url : `http://127.0.0.1:${await closedPort()}`;
    return {
      channel: createGithub(
        githubSettings.parse({ token: githubToken, apiUrl, allowPrivateNetwork: true, timeoutMs: 500 }),
      ),
      meet: (situation) => server.meet(githubManners[situation]),
      arrived: () => server.written.map(ofComment),
      poured: server.poured,
      close: server.close,
    };
  },
  skip: [],
};
function ofComment({ path, raw, body }: Written): Arrival {
  const { text, links, elements } = showMarkdown(body.body);
  const shown = [text, body.title ?? ''].map((part) => part.replaceAll('\u200b', ''));
  const key = /<!-- foldback:message:(.*?) -->/u.exec(body.body)?.[1] ?? '';
  return { key, raw, shown, links, structure: [path, ...Object.keys(body), ...elements] };
}
