import { writeFileSync } from 'node:fs';
import { errorCatalogue } from '../src/core/errors.ts';

const intro = `# Errors

<!-- Written by scripts/errors-docs.ts from src/core/errors.ts. Change the catalogue, then run: npm run docs -->

Every error of the HTTP interface is a problem document (RFC 9457, \`application/problem+json\`): \`type\` is
\`/problems/<code>\`, \`title\` the sentence for the sender, \`detail\` and \`errors\` say what and where – a field, a line, a
limit by its name – and \`instance\` carries the id of the request, which stands in \`X-Request-Id\` and in the log. A
refused value is never quoted, and of a fault of ours (5xx) nothing is said but that it happened. Whoever opens a page
in a browser gets the same as a page. The command line uses the same codes.
`;

/** docs/errors.md as the catalogue has it. */
export function errorsMarkdown(): string {
  const rows = Object.entries(errorCatalogue).map(
    ([code, entry]) => `| \`${code}\` | ${entry.status} | ${entry.public} | ${entry.operator} |`,
  );
  const head = ['| code | status | what the sender reads | for the operator |', '|---|---|---|---|'];
  return `${intro}\n${[...head, ...rows].join('\n')}\n`;
}

if (import.meta.main) {
  writeFileSync(new URL('../docs/errors.md', import.meta.url), errorsMarkdown());
}
