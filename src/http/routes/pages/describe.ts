import { html } from 'hono/html';
import { pageFrame } from '../../../pages/page-frame.ts';
import { code, type Html } from '../../../pages/page-text.ts';
import type { Room } from '../../room.ts';
import type { Mounted } from '../../table/mount.ts';
import { openApiDocument } from '../../table/openapi.ts';
import { type Operations, open } from '../../table/operation.ts';

export const apiVersion = '1';

/** The API described, for programs and for people. */
export function describeRoutes(
  room: Room,
  mounted: () => readonly Mounted[],
): Pick<Operations, 'GET /openapi.json' | 'GET /docs'> {
  let document: string | undefined;
  return {
    'GET /openapi.json': open({
      summary: 'This API as OpenAPI 3.1.',
      answers: { 200: { description: 'The document.' } },
      handle: (c) => {
        document ??= JSON.stringify(openApiDocument(mounted(), apiVersion));
        return c.body(document, 200, { 'Content-Type': 'application/json' });
      },
    }),
    'GET /docs': open({
      summary: 'This API as a page.',
      answers: { 200: { description: 'The page.', type: 'text/html' } },
      handle: (c) => {
        const words = room.words();
        const title = words.home.links.api;
        const main = html`<h1>${title}</h1><p><a href="/openapi.json">openapi.json</a></p>
<ul class="list">${mounted().map(item)}</ul>`;
        return c.html(pageFrame({ words, title, main, host: room.host(c), isWide: true }));
      },
    }),
  };
}

function item({ row, operation }: Mounted): Html {
  const takes = row.takes === undefined ? '' : html`<br><span class="soft">${row.takes.join(', ')}</span>`;
  return html`<li>${code(`${row.method} ${row.path}`)} <span class="tag">${row.access}</span><br>${operation.summary}${takes}</li>`;
}
