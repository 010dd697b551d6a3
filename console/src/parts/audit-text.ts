import type { AccessKind } from '../../../src/access/access-note.ts';
import type { Choice } from './fields.tsx';
import { plain } from './text.ts';

const says: Readonly<Record<AccessKind, string>> = {
  'access.signed-in': 'Signed in',
  'access.sign-in-failed': 'A sign-in was refused',
  'access.denied': 'A request was refused',
  'access.input-refused': 'Input, a delivery or too many requests were refused',
  'access.session-ended': 'Signed out',
  'access.claimed': 'The installation got its first administrator',
  'access.claim-offered': 'A claim link was made',
  'access.token-made': 'A token was made',
  'access.token-revoked': 'A token was revoked',
  'access.account-made': 'Somebody has an account now',
  'access.account-changed': 'What somebody may do has changed',
  'access.password-set': 'A password was chosen',
  'access.factor-set': 'A second factor was set up',
  'access.factor-removed': 'A second factor was taken away',
  'access.recovery-code-used': 'A recovery code was used',
  'access.report-exported': 'A report about people left the house',
  'access.person-erased': 'Somebody was erased',
  'access.owner-decided': 'It was said who answers for an identity',
  'access.person-read': 'What is known of one person was read',
  'access.link-decided': 'It was said whose an account is',
  'access.backup-taken': 'Everything stored was packed and taken away',
};

export const auditKinds: readonly Choice[] = Object.entries(says);

/** What an entry is called; a kind of a later version by its own name. */
export const auditSays = (kind: string): string =>
  Object.entries(says).find(([name]) => name === kind)?.[1] ?? plain(kind.replaceAll('.', '-'));

/** What the entry holds beside who and when, on one line. It is data of ours, and may still hold a path that was asked for. */
export function bodyText(body: string): string {
  let read: unknown;
  try {
    read = JSON.parse(body);
  } catch {
    return body;
  }
  if (typeof read !== 'object' || read === null) return body;
  return Object.entries(read)
    .filter(([name]) => !hidden.has(name))
    .map(([name, value]) => `${plain(name)}: ${valueText(value)}`)
    .join(' · ');
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(valueText).join(', ') : JSON.stringify(value);
}

/** They stand in columns of their own, or are hashes that say nothing to a reader. */
const hidden = new Set(['address', 'by', 'kind', 'at', 'seq', 'salt']);
