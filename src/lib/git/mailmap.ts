import type { Clone } from './clones.ts';
import { entryAt, type Signature } from './commits.ts';
import { runGit } from './run.ts';

/** Larger than the mailmap of any project; git holds it in memory. */
const mailmapBytesMax = 1024 * 1024;

/**
 * Applies the `.mailmap` of a commit, in order, by git's own rules (gitmailmap(5)). The file in the working tree is
 * not read: it may not have been reviewed. Where it cannot be applied, the signatures come back as they are.
 */
export async function mapSignatures(
  clone: Clone,
  head: string,
  signatures: readonly Signature[],
): Promise<readonly Signature[]> {
  const mailmap = await entryAt(clone, head, '.mailmap');
  if (mailmap?.type !== 'blob' || mailmap.size > mailmapBytesMax || signatures.length === 0)
    return signatures;
  const result = await runGit(clone.place, 'check-mailmap', {
    settings: [`mailmap.blob=${mailmap.oid}`],
    input: signatures.map((signature) => `${contact(signature)}\n`).join(''),
  });
  if (result.kind === 'failed') return signatures;
  const lines = result.output.toString('utf8').split('\n');
  return signatures.map((signature, index) => parseContact(lines[index]) ?? signature);
}

/** One line that git reads as a contact, whatever stands in the name. */
function contact(signature: Signature): string {
  const clean = (text: string): string => text.replace(/[\n\r\0<>]/gu, '');
  return `${clean(signature.name)} <${clean(signature.email)}>`;
}

function parseContact(line: string | undefined): Signature | undefined {
  const [, name, email] = /^(.*?) ?<([^<>]*)>$/u.exec(line ?? '') ?? [];
  return name === undefined || email === undefined ? undefined : { name, email };
}
