import { writeFileSync } from 'node:fs';
import { accessKinds } from '../src/access/access-note.ts';

const intro = `# What is logged

<!-- Written by scripts/logging-docs.ts from src/access/access-note.ts. Change them, then run: npm run docs -->

Every place where something is written down about what happened: what, in which form, where it rests, who reads it, for how
long.

| what | form | rests | who reads it | how long |
|---|---|---|---|---|
| **record of access decisions**: the kinds below, with number, time (UTC), caller, network address | rows of one hash chain, canonical JSON; \`foldback audit list --json\`, \`GET /v1/audit\` | the store; its heads in the ledger | \`audit:read\` with all teams: auditors, administrators | for ever; the address alone may be forgotten, which the chain survives |
| **its copy**, an entry a line | JSON lines: in the log (\`audit.log\`), and posted to a system of yours (\`audit.push\`) | where your collector puts it | yours | yours |
| **log**: faults with their request id, duties that failed, sources read, keys and backups made, a provider that cannot be asked, accounts for emergencies | JSON lines on standard error, \`level\`, \`time\`, \`msg\`; secrets taken out of the finished line, no line break or escape | journald, the container's log, or wherever your service manager puts it | whoever may read that | yours |
| **ledger**: what happened to each case | rows of one hash chain a case, under signed checkpoints | the store; checkpoints in a file beside it | \`evidence:read\`, of one's teams | as \`privacy.retention\` says: [privacy](privacy.md) |
| **exports**: who took which report about people, and why | rows | the store | auditors and administrators | \`privacy.retention.auditDays\` |
| **decisions** that agents asked for | rows, a sample of what was permitted | the store | \`evidence:read\` | \`privacy.retention.decisionDays\` |
| **figures** | Prometheus text, \`/metrics\`: counts without a person | nowhere | \`system:read\`, or this machine | – |
| **traces** | OpenTelemetry, where a process registers it: no text of an event, no name, no address | your collector | yours | yours |

What stands around Foldback logs for itself: the proxy in front (switch the paths of links off there, or cut them: they carry
their right), PostgreSQL, the service manager.

**What it is for.** The record answers who got in, who was refused, who changed what somebody may do. Be woken by many
\`access.sign-in-failed\`, \`access.denied\` or \`access.input-refused\` in a short time, by \`access.account-made\` and
\`access.backup-taken\` that nobody expected, and by \`foldback audit verify\` that fails.

**A copy elsewhere.** Whoever gets into the database must not be able to rewrite what is known about it. A worker writes each entry
to the log as \`{"audit": …}\`, from the moment on that this is switched on, and with \`audit.push.url\` posts all of them, from the
first one on, to another system: NDJSON, https, \`Authorization\` as that system wants it, each at least once and in order. Entries
carry their hash and the one before, so that the copy shows by itself that nothing is missing. What is not taken is sent again
after a minute, and the log says so.

**What is never logged**: a secret, a token, a password, the path of a link, a text that somebody typed, the body of a request.
`;

/** docs/logging.md as the kinds of the record have it. */
export function loggingMarkdown(): string {
  const rows = Object.entries(accessKinds).map(([kind, says]) => `| \`${kind}\` | ${says} |`);
  return [intro, '## Kinds of the record\n', '| kind | when |', '|---|---|', ...rows, ''].join('\n');
}

if (import.meta.main) {
  writeFileSync(new URL('../docs/logging.md', import.meta.url), loggingMarkdown());
}
