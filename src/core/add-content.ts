import type { Actor, Event, Json, OwnerLead, Where } from './event.ts';
import type { Fingerprinter } from './fingerprint.ts';
import { hasTellingEnd, identityOf } from './make-event.ts';
import { lastFour, maskSecret } from './mask.ts';
import { secretContent, secretScrubber } from './secret-content.ts';

/** Whether an event speaks of a secret that its source did not show. */
export function lacksContent(event: Event): boolean {
  return event.secret !== undefined && !event.fingerprints.some(({ kind }) => kind === 'content');
}

/**
 * Gives an event the content that was found at its place: the fingerprint, the mask and what else may be kept. The id
 * stays: the same report is the same event, with a clone at hand or without. The value itself stays nowhere.
 *
 * @param value what stands at the place; when it may not serve as content, the event is given back as it is
 */
export function addContent(event: Event, value: string, fingerprint: Fingerprinter): Event {
  const content = secretContent(value);
  const { secret, identity } = event;
  if (content === undefined || secret === undefined) return event;
  const made = fingerprint('content', [content]);
  const tail = lastFour(content);
  const telling = hasTellingEnd(secret.provider) ? content : '';
  const facts = {
    ...secret,
    mask: maskSecret(telling, secret.provider, made[0]?.value ?? ''),
    length: content.length,
    ...(tail === undefined ? {} : { lastFour: tail }),
  };
  // The source did not know that what it wrote beside may hold the secret.
  const scrub = secretScrubber([value, content], facts.mask);
  const isOfSecret = identity === undefined || identity.id === secret.mask;
  return {
    ...event,
    actor: cleanWho(event.actor, scrub),
    identity: isOfSecret ? identityOf(facts) : identity,
    where: cleanWhere(event.where, scrub),
    fingerprints: [...made, ...event.fingerprints],
    secret: facts,
    leads: event.leads.map((lead) => cleanWho(lead, scrub)),
    record: Object.fromEntries(
      Object.entries(event.record).map(([name, member]) => [name, cleanJson(member, scrub)]),
    ),
  };
}

type Scrub = (text: string) => string;

function cleanWho<T extends Actor | OwnerLead>(who: T, scrub: Scrub): T {
  const { name, email, account } = who;
  return {
    ...who,
    ...(name === undefined ? {} : { name: scrub(name) }),
    ...(email === undefined ? {} : { email: scrub(email) }),
    ...(account === undefined ? {} : { account: { ...account, name: scrub(account.name) } }),
  };
}

/** A commit is left: it is checked hex, and a run of it in the secret is chance. */
function cleanWhere(where: Where, scrub: Scrub): Where {
  const { repository, file, branch, url } = where;
  return {
    ...where,
    ...(repository === undefined ? {} : { repository: scrub(repository) }),
    ...(file === undefined ? {} : { file: scrub(file) }),
    ...(branch === undefined ? {} : { branch: scrub(branch) }),
    ...(url === undefined ? {} : { url: scrub(url) }),
  };
}

function cleanJson(value: Json, scrub: Scrub): Json {
  if (typeof value === 'string') return scrub(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => cleanJson(item, scrub));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [scrub(name), cleanJson(member, scrub)]),
  );
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
