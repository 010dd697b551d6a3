import { readAuthor } from './author-address.ts';
import { strangerOf } from './lead-evidence.ts';
import type { OwnerRef } from './owner.ts';

/**
 * Whom a label or a field "owner" names: an e-mail address, a handle as `@organisation/team`, `user:x` and `group:x`, or
 * a bare name. Undefined for a program, a made-up host and what is empty or longer than a name.
 */
export function ownerOfText(text: string): OwnerRef | undefined {
  const name = text.trim();
  if (name === '' || name.length > 300) return undefined;
  if (/^[^\s@]+@[^\s@]+$/u.test(name)) {
    const reading = readAuthor({ email: name });
    return reading.kind === 'human' ? strangerOf(reading) : undefined;
  }
  const bare = name.replace(/^(?:user|group):(?:[^/]+\/)?/u, '').replace(/^@/u, '');
  if (bare === '' || isProgram(bare)) return undefined;
  return /^[\w.-]+\/[\w.-]+$/u.test(bare)
    ? { kind: 'stranger', account: { system: 'github', name: bare } }
    : { kind: 'stranger', name: bare };
}

function isProgram(name: string): boolean {
  const reading = readAuthor({ name, email: 'someone@example.com' });
  return reading.kind === 'nobody' && reading.reason === 'bot';
}
