import { secretScrubber } from '../../../core/secret-content.ts';
import { isSecretName } from '../../../core/secret-name.ts';
import { isDict } from '../../../lib/guards.ts';
import { limits } from '../../../lib/limits.ts';
import { parseRecord } from '../../../lib/records/parse-record.ts';

/** Values that are scrubbed of what is kept of one record, and characters from which one is told from ordinary words. */
const secretsMax = 200;
const secretCharsMin = 8;
const levelsMax = 40;

/**
 * Takes what stands under the name of a secret in a record out of other texts: agents repeat in words what they were
 * given.
 */
export function namedSecretScrubber(record: unknown): (text: string) => string {
  const secrets = new Set<string>();
  collect(record, secrets, 0);
  return secretScrubber([...secrets], '[secret]');
}

function collect(value: unknown, secrets: Set<string>, level: number): void {
  if (level > levelsMax) return;
  if (Array.isArray(value)) for (const item of value) collect(item, secrets, level + 1);
  if (!isDict(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (typeof member !== 'string') collect(member, secrets, level + 1);
    else if (isSecretName(name)) {
      if (member.length >= secretCharsMin && secrets.size < secretsMax) secrets.add(member.slice(0, 2000));
    } else if (name === 'arguments' && member.startsWith('{')) {
      const parsed = parseRecord(member, limits);
      if (parsed.ok) collect(parsed.value, secrets, level + 1);
    }
  }
}
