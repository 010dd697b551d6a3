import { writeFileSync } from 'node:fs';
import { isClosed, type LoopState, rungs, states, transitions } from '../src/core/loop/states.ts';

const intro = `# The states of a loop

<!-- Written by scripts/states-docs.ts from src/core/loop/states.ts. Change the table, then run: npm run docs -->

A loop's state is a function of its facts, its behaviour, its owner and the time (\`positionOf\` in
\`src/core/loop/position.ts\`). Facts may arrive together, so a loop can pass several rows at once; the ledger keeps the
whole path. The picture shows the way from the first failure to a fix that held; the side doors stand in the table.
`;

/** The way from a failure to a fix that held. The other states are side doors. */
const wayThrough: ReadonlySet<LoopState> = new Set([
  'backlog',
  'triage',
  'open',
  'told',
  'answered',
  'escalated',
  'observed',
  'verified',
  'held',
]);

/** docs/states.md as the table of transitions has it. */
export function statesMarkdown(): string {
  return [intro, picture(), table(), others()].join('\n');
}

function picture(): string {
  const arrows = transitions
    .filter(({ from, to }) => wayThrough.has(from) && wayThrough.has(to))
    .map(({ from, to }) => `  ${from} --> ${to}`);
  return ['```mermaid', 'stateDiagram-v2', ...arrows, '```', ''].join('\n');
}

function table(): string {
  const rows = states.flatMap((state) =>
    transitions
      .filter(({ from }) => from === state)
      .map(({ from, to, sentence }) => `| \`${from}\` | \`${to}\` | ${sentence} |`),
  );
  return ['| from | to | when |', '|---|---|---|', ...rows, ''].join('\n');
}

function others(): string {
  const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  return `Any state leads to \`merged\` when two loops turn out to be the same case: replies and proofs follow to the one that
stays. Nothing more is expected of ${list(states.filter(isClosed))}, unless the world changes.

The rungs of proof are ${list(rungs)}. Only \`verified\` and \`held\` count as fixed.
`;
}

if (import.meta.main) {
  writeFileSync(new URL('../docs/states.md', import.meta.url), statesMarkdown());
}
