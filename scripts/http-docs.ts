import { writeFileSync } from 'node:fs';
import { errorCatalogue } from '../src/core/errors.ts';
import { rateLimits } from '../src/http/caller/limits.ts';
import { bodyEventsMax, unpackedBodyTimesMax } from '../src/http/capture/take-events.ts';
import { type RouteRow, routeTable } from '../src/http/route-table.ts';
import { jsonBodyBytesMax } from '../src/http/table/operation.ts';

const intro = `# HTTP

<!-- Written by scripts/http-docs.ts from src/http/route-table.ts. Change the table, then run: npm run docs -->

What each route takes and answers stands in \`GET /openapi.json\` (OpenAPI 3.1, made from the schemas that check the
requests); \`GET /docs\` shows it as a page. Times are RFC 3339, UTC. Members that are not known are left out.

**Who comes in.** \`Authorization: Bearer fbl_live_…\`, a token from \`foldback admin token\` or \`POST /v1/tokens\`. A browser
signs in at \`/console\` or \`/signin\` by single sign-on, with name and password, or with a token, and gets a session of
twelve hours in an HttpOnly, SameSite=Strict
cookie; changes under it take the header \`X-Foldback-Console\` beside an origin of ours. A token has scopes and teams:
what another team owns does not exist for it. \`webhook\`: the source's own signature, or a token with \`events:write\`.
\`link\`: whoever has the token in the path. \`public\`: anybody.

**202 means stored.** \`POST /v1/sources/{source}\` and \`POST /v1/events\` answer after the commit; what cannot be read to its
end is refused whole, and one bad record of a report is listed under \`rejected\` while the others are taken. The same
delivery is taken once: by the vendor's delivery id and its bytes, by \`Idempotency-Key\`, or by its bytes on that UTC day
(the same report of another day is news: the scanner ran, and found the same). \`POST /v1/imports\` takes a file of any
length as history, goes on where an earlier attempt ended, and with \`Accept: application/x-ndjson\` says a line a chunk.

**Errors** are problem details (RFC 9457) that name what is wrong and where, and quote no value; their types are listed in
[errors.md](errors.md). A query parameter that is not known, or given twice, is refused.
`;

/** docs/http.md as the route table has it. */
export function httpMarkdown(): string {
  const rows: readonly RouteRow[] = routeTable;
  const routes = rows.map(({ method, path, access, takes, isOpenToLoopback }) => [
    `\`${method} ${path}\``,
    isOpenToLoopback === true ? `\`${access}\`, or this machine` : `\`${access}\``,
    takes === undefined ? '–' : takes.map((type) => `\`${type}\``).join(' '),
  ]);
  const limits = Object.values(rateLimits).map(({ name, burst, perMinute }) => [
    `\`${name}\``,
    String(burst),
    String(perMinute),
  ]);
  return [
    intro,
    section('Routes', ['route', 'who', 'takes'], routes),
    '## Limits\n',
    `Requests of one token or address: \`http.requestsPerMinuteMax\`. Past a limit the answer is ${errorCatalogue['rate-limited'].status} with \`Retry-After\`.`,
    `Beside it, by name:\n`,
    table(['limit', 'at once', 'a minute'], limits),
    `A body of a report or event has at most \`limits.bodyBytesMax\` bytes, unpacks to at most ${unpackedBodyTimesMax} times that, and holds at`,
    `most ${bodyEventsMax.toLocaleString('en')} events; every other body has at most ${jsonBodyBytesMax / 1024} KiB. Longer reports go through \`POST /v1/imports\`.\n`,
  ].join('\n');
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `## ${title}\n\n${table(head, rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

if (import.meta.main) {
  writeFileSync(new URL('../docs/http.md', import.meta.url), httpMarkdown());
}
