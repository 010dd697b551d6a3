import { writeFileSync } from 'node:fs';
import { channels, ownerDirectories, sources, verifiers } from '../src/adapters/index.ts';
import { byHandFields } from '../src/core/by-hand.ts';
import { loadPacks } from '../src/packs/load.ts';
import { shippedPacksDir } from '../src/packs/pack-folder.ts';
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
    'Without a webhook of its own a source takes reports at the same address, with a token. Where a source can be asked,\nFoldback fetches its news itself: `sources.<id>.pull` in the [settings](config.md#sources). What no source\ntells of is reported by hand.\n',
    byHandText(),
    section('Channels', ['id', 'what', 'leaves the machine'], channelRows),
    section('Owner directories', ['id', 'what'], plainRows('owners', ownerDirectories)),
    section('Verifiers', ['id', 'what'], plainRows('verifiers', verifiers)),
  ].join('\n');
}

const byHandIntro = `A click that somebody tells on the phone, an approval that was skipped, an agent that overstepped: in the console under *Loops*,
by \`POST /v1/loops\`, or

\`\`\`
npx foldback loops new --behaviour clicked-simulated-phish --title "Told on the phone" --who ana@example.com --campaign 7 --ticket SEC-123
\`\`\`

What has to be said, the file of each behaviour declares (\`byHand\`, see [packs](../packs/README.md)). Of everything one says what
was seen (\`title\`), and may say when (\`occurredAt\`), who may answer for it (\`owner\`) and the ticket (\`ticket\`): the same ticket is
the same loop. It is judged, owned and told like any other event; a source that reports the same later adds to the same case. There
is no field for a key or password, and one that slips into another field is masked if it has a known shape.
`;

/** What each behaviour of the packs asks whoever reports it. */
function byHandText(): string {
  const loaded = loadPacks(shippedPacksDir());
  if (loaded.kind === 'error') throw new Error('the packs have problems');
  const rows = [...loaded.packs.behaviours.values()].flatMap(({ behaviour }) =>
    (behaviour.byHand ?? []).map(({ id, title, asks }) => {
      const names = (isOptional: boolean) =>
        byHandFields.filter((field) => asks[field]?.optional === isOptional).map((field) => `\`${field}\``);
      return [
        `\`${behaviour.id}\``,
        `\`${id}\``,
        title,
        names(false).join(', ') || '–',
        names(true).join(', ') || '–',
      ];
    }),
  );
  const head = ['behaviour', 'form', 'what was seen', 'needs', 'takes'];
  return `## By hand\n\n${byHandIntro}\n${table(head, rows)}`;
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
  return `## ${title}\n\n${table(head, rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

if (import.meta.main) {
  writeFileSync(new URL('../docs/sources.md', import.meta.url), sourcesMarkdown());
}
