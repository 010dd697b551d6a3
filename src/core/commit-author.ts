import { readAuthor } from './author-address.ts';
import type { Account, Actor, OwnerLead } from './event.ts';

/** No address is longer, nor any name with it: a hostile one is cut before patterns see it. */
const addressLengthMax = 500;
/** `Ana Sol <ana@example.com>` */
const nameAndAddress = /^\s*"?([^"<>]*?)"?\s*<([^<>]*)>\s*$/u;
/** What redaction leaves of a name. */
const isRedacted = /^[\s*•.xX_-]*$/u;

/**
 * The author that a report names, as actor and as lead to the owner. A name that was redacted away is no name.
 *
 * @param email an address, or name and address in one as some scanners write it
 */
export function commitAuthor(
  fields: {
    readonly name?: string | undefined;
    readonly email?: string | undefined;
    readonly account?: Account | undefined;
  },
  kind: OwnerLead['kind'] = 'commit-author',
): { readonly actor: Actor; readonly leads: readonly OwnerLead[] } {
  const address = fields.email?.trim().slice(0, addressLengthMax) ?? '';
  const both = nameAndAddress.exec(address);
  const name = told(fields.name) ?? told(both?.[1]);
  const email = told(both === null ? address : both[2]);
  const { account } = fields;
  if (name === undefined && email === undefined && account === undefined)
    return { actor: { type: 'unknown' }, leads: [] };
  const who = {
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(account === undefined ? {} : { account }),
  };
  const reading = readAuthor(who);
  const isBot = reading.kind === 'nobody' && reading.reason === 'bot';
  return { actor: { type: isBot ? 'workload' : 'person', ...who }, leads: [{ kind, ...who }] };
}

function told(text: string | undefined): string | undefined {
  const trimmed = text?.slice(0, addressLengthMax).trim() ?? '';
  return isRedacted.test(trimmed) ? undefined : trimmed;
}
