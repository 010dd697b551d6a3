import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { listen } from './loopback.ts';
import { pour } from './pour.ts';

/**
 * The part of GitHub's REST API that is used here, as a real HTTP server on loopback: it knows repositories, who works
 * in them, commits and pull requests, keeps comments and issues, checks their limits, lists them in pages, and gives
 * tokens to an App that proves itself.
 */
export type GithubServer = {
  readonly url: string;
  /** What was written, also when the caller was never told. */
  readonly written: readonly Written[];
  /** Check runs, in order. */
  readonly checks: readonly CheckRunKept[];
  /** `METHOD path` of every call. */
  readonly calls: readonly string[];
  /** How the next calls are met: those that write, or all. */
  meet(manner: GithubManner, which?: 'writing' | 'adding' | 'all'): void;
  /** Something that somebody else writes. */
  say(path: string, body: string): void;
  repository: { private: boolean; visibility: string; archived: boolean };
  pulls: readonly { readonly number: number; readonly state: string; readonly base?: string }[];
  /** How much of an endless answer went. */
  poured(): Promise<number>;
  close(): Promise<void>;
};

export type GithubManner =
  | 'usual'
  | 'takes-then-silent'
  | 'takes-then-drops'
  | 'takes-then-fails'
  | 'rubbish'
  | 'pours'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

export type Written = { readonly path: string; readonly raw: string; readonly body: WrittenBody };

const annotations = z
  .array(
    z.strictObject({
      path: z.string().min(1),
      start_line: z.int().min(1),
      end_line: z.int().min(1),
      annotation_level: z.enum(['notice', 'warning', 'failure']),
      title: z.string().min(1).max(255),
      message: z.string().min(1).max(65_536),
    }),
  )
  .max(50);
const output = z.strictObject({
  title: z.string().min(1),
  summary: z.string().max(65_535),
  annotations,
});
const checkBody = z.strictObject({
  name: z.string().min(1),
  head_sha: z.string().regex(/^[0-9a-f]{40}$/u),
  external_id: z.string(),
  status: z.literal('completed'),
  conclusion: z.enum(['action_required', 'success', 'neutral']),
  output,
  actions: z
    .array(
      z.strictObject({
        label: z.string().min(1).max(20),
        description: z.string().min(1).max(40),
        identifier: z.string().min(1).max(20),
      }),
    )
    .max(3),
});
/** A check run as it stands, with all annotations that were added, and the calls that it took. */
export type CheckRunKept = z.infer<typeof checkBody> & {
  readonly id: number;
  readonly calls: number;
  readonly raw: string;
};

const writtenBody = z.strictObject({
  body: z.string().min(1).max(65_536),
  title: z.string().min(1).max(256).optional(),
  assignees: z.array(z.string()).max(10).optional(),
  path: z.string().optional(),
  position: z.int().min(1).optional(),
});
export type WrittenBody = z.infer<typeof writtenBody>;

export const githubRepository = 'acme/shop-api';
export const githubCommit = 'c0ffee'.repeat(7).slice(2);
export const githubPatch =
  '@@ -1,2 +1,4 @@\n import os\n+import sys\n+KEY = load()\n-KEY = os.environ\n print()';

const noPulls: GithubServer['pulls'] = [];

type Answer = { readonly status: number; readonly body?: unknown };

export async function openGithubServer(given: {
  /** Tokens that calls are taken with. */
  readonly tokens: readonly string[];
  readonly members?: readonly string[];
  /** Judges the assertion of an App, and gives it a token. */
  readonly installation?: (assertion: string) => Answer;
  /** Where the App is installed. */
  readonly installations?: readonly number[];
}): Promise<GithubServer> {
  const written: Written[] = [];
  const lists = new Map<string, unknown[]>();
  const checks: CheckRunKept[] = [];
  const calls: string[] = [];
  const poured = Promise.withResolvers<number>();
  const members = new Set(given.members ?? ['ana']);
  let manner: GithubManner = 'usual';
  let which: 'writing' | 'adding' | 'all' = 'writing';
  let number = 100;
  const root = `/repos/${githubRepository}`;
  const state = {
    repository: { private: true, visibility: 'private', archived: false },
    pulls: noPulls,
  };

  function keep(path: string, item: Record<string, unknown>): Answer {
    number += 1;
    const isIssue = path === `${root}/issues`;
    const kept = { ...item, id: number, ...(isIssue ? { number } : {}) };
    lists.set(path, [...(lists.get(path) ?? []), kept]);
    return { status: 201, body: kept };
  }

  function writeCheck(path: string, raw: string): Answer {
    const at = checks.findIndex(({ id }) => path === `${root}/check-runs/${id}`);
    const known = checks[at];
    if (known === undefined) {
      const read = checkBody.safeParse(JSON.parse(raw));
      if (path !== `${root}/check-runs`) return { status: 404 };
      if (!read.success) return { status: 422, body: { message: z.prettifyError(read.error) } };
      number += 1;
      checks.push({ ...read.data, id: number, calls: 1, raw });
      return { status: 201, body: { id: number } };
    }
    const more = z.strictObject({ output }).safeParse(JSON.parse(raw));
    if (!more.success) return { status: 422, body: { message: 'Validation Failed' } };
    const all = [...known.output.annotations, ...more.data.output.annotations];
    checks[at] = { ...known, calls: known.calls + 1, output: { ...more.data.output, annotations: all } };
    return { status: 200, body: { id: known.id } };
  }

  function write(path: string, raw: string): Answer {
    if (path.startsWith(`${root}/check-runs`)) return writeCheck(path, raw);
    const isKnown =
      path === `${root}/issues` ||
      path === `${root}/commits/${githubCommit}/comments` ||
      state.pulls.some((pull) => path === `${root}/issues/${pull.number}/comments`);
    if (!isKnown) return { status: 404, body: { message: 'Not Found' } };
    const read = writtenBody.safeParse(JSON.parse(raw));
    if (!read.success) return { status: 422, body: { message: 'Validation Failed' } };
    written.push({ path, raw, body: read.data });
    return keep(path, read.data);
  }

  function read(path: string, query: URLSearchParams): Answer {
    if (path === '/rate_limit') return { status: 200, body: { resources: {} } };
    if (path === root) return { status: 200, body: { full_name: githubRepository, ...state.repository } };
    if (path.startsWith(`${root}/assignees/`))
      return { status: members.has(path.slice(`${root}/assignees/`.length)) ? 204 : 404, body: undefined };
    if (path === `${root}/commits/${githubCommit}`)
      return {
        status: 200,
        body: { sha: githubCommit, files: [{ filename: 'deploy/settings.py', patch: githubPatch }] },
      };
    if (path === `${root}/commits/${githubCommit}/pulls`) {
      const body = state.pulls.map((pull) => ({
        ...pull,
        base: { repo: { full_name: pull.base ?? githubRepository } },
      }));
      return { status: 200, body };
    }
    if (path === `${root}/commits/${githubCommit}/check-runs`) {
      const found = checks.filter(({ name }) => name === query.get('check_name'));
      return { status: 200, body: { total_count: found.length, check_runs: found } };
    }
    const isList = /\/(?:comments|issues)$/u.test(path) && !path.includes('/commits/0');
    if (!isList) return { status: path.includes('/commits/') ? 422 : 404, body: { message: 'Not Found' } };
    const size = Number(query.get('per_page') ?? 30);
    const start = (Number(query.get('page') ?? 1) - 1) * size;
    return { status: 200, body: (lists.get(path) ?? []).slice(start, start + size) };
  }

  function respond(response: ServerResponse, { status, body }: Answer, headers = {}): void {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(status === 204 ? undefined : JSON.stringify(body));
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const raw = (await request.toArray()).join('');
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://here');
    const isWriting = request.method === 'POST' || request.method === 'PATCH';
    calls.push(`${request.method} ${pathname}`);
    const token = (request.headers.authorization ?? '').replace(/^Bearer /u, '');
    if (pathname === '/app/installations') {
      const proven = given.installation?.(token);
      const body = (given.installations ?? []).map((id) => ({ id }));
      respond(response, proven?.status === 201 ? { status: 200, body } : { status: 401, body: {} });
      return;
    }
    if (pathname.startsWith('/app/installations/')) {
      respond(response, given.installation?.(token) ?? { status: 404 });
      return;
    }
    if (!given.tokens.includes(token)) {
      respond(response, { status: 401, body: { message: 'Bad credentials' } });
      return;
    }
    const isMet = which === 'adding' ? request.method === 'PATCH' : isWriting || which === 'all';
    const met = isMet ? manner : 'usual';
    if (typeof met === 'object') {
      respond(response, { status: met.status, body: { message: 'no' } }, met.headers);
      return;
    }
    if (met === 'rubbish') {
      request.socket.end('banana\r\n\r\n');
      return;
    }
    const answer = isWriting ? write(pathname, raw) : read(pathname, searchParams);
    if (met === 'takes-then-silent') return;
    if (met === 'pours') return poured.resolve(pour(response));
    if (met === 'takes-then-drops') request.socket.destroy();
    else if (met === 'takes-then-fails') respond(response, { status: 502, body: {} });
    else respond(response, answer);
  }

  const server = createServer((request, response) => void take(request, response));
  const port = await listen(server);
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}`,
    written,
    checks,
    calls,
    poured: () => poured.promise,
    meet(next: GithubManner, met: 'writing' | 'adding' | 'all' = 'writing') {
      manner = next;
      which = met;
    },
    say: (path: string, body: string) => void keep(path, { body }),
    async close() {
      server.closeAllConnections();
      server.close();
    },
  });
}
