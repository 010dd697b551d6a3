import { writeFileSync } from 'node:fs';
import { channels, ownerDirectories, sources, verifiers } from '../src/adapters/index.ts';
import type { RecordShape } from '../src/ports/source.ts';

const intro = `# Adapters

<!-- Written by scripts/sources-docs.ts from src/adapters/index.ts. Change an adapter, then run: npm run docs -->

What Foldback reads, whom it asks, how it speaks and how it looks for a fix. The README of each says how to switch it on
and what it needs.
`;

/** docs/sources.md as the registry has it. */
export function sourcesMarkdown(): string {
  const sourceRows = sources.map((source) => [
    link('sources', source.id),
    source.title,
    [...new Set(source.shapes.map(shapeName))].join(', '),
    source.webhook === undefined ? '–' : `\`POST /v1/sources/${source.id}\`, ${source.webhook.auth}`,
    source.pull === undefined ? 'no' : 'yes',
  ]);
  const channelRows = channels.map((channel) => [
    link('channels', channel.id),
    channel.title,
    channel.leavesMachine ? 'yes' : 'no',
  ]);
  return [
    intro,
    section('Sources', ['id', 'what', 'files', 'webhook', 'can be asked'], sourceRows),
    'Without a webhook of its own a source takes reports at the same address, with a token. Where a source can be asked,\nFoldback fetches its news itself: `sources.<id>.pull` in the [settings](config.md#sources). A case can also be reported\nby hand: `POST /v1/loops` or `foldback loops new`.\n',
    section('Channels', ['id', 'what', 'leaves the machine'], channelRows),
    section('Owner directories', ['id', 'what'], plainRows('owners', ownerDirectories)),
    section('Verifiers', ['id', 'what'], plainRows('verifiers', verifiers)),
  ].join('\n');
}

function shapeName(shape: RecordShape): string {
  switch (shape.format) {
    case 'array':
    case 'document':
      return 'JSON';
    case 'lines':
      return 'JSON lines';
    case 'csv':
      return 'CSV';
  }
}

function plainRows(kind: string, adapters: readonly { readonly id: string; readonly title: string }[]) {
  return adapters.map(({ id, title }) => [link(kind, id), title]);
}

function link(kind: string, id: string): string {
  return `[\`${id}\`](../src/adapters/${kind}/${id}/README.md)`;
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `## ${title}\n\n${lines.join('\n')}\n`;
}

if (import.meta.main) {
  writeFileSync(new URL('../docs/sources.md', import.meta.url), sourcesMarkdown());
}
