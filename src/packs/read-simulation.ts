import type { CueSigns, KnownName } from '../core/mail-cues/mail.ts';
import { makeSimulation, type Simulation } from '../core/mail-cues/simulation.ts';
import type { MailTemplate } from '../lib/mail/parse-mail.ts';
import { readMail } from '../lib/mail/read-mail.ts';
import { siteOfAddress } from '../lib/mail/site.ts';
import type { CuePack } from './cue-files.ts';

/** Domains of one organisation; the rest of its addresses are of contractors. */
const ownDomainsMax = 20;

/** By what a mail is judged: the packs, and whose installation this is. */
export type CueGround = {
  readonly cues: CuePack;
  readonly organisation: string;
  /** Addresses of the organisation's own people: their domains are not foreign. */
  readonly addresses: readonly (string | undefined)[];
  readonly language: string;
};

export type SimulatedMail =
  | { readonly kind: 'eml'; readonly bytes: Uint8Array }
  | { readonly kind: 'template'; readonly template: MailTemplate };

export type SimulationResult =
  | { readonly kind: 'simulation'; readonly simulation: Simulation }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads a simulated mail in a thread of its own and finds its cues. Never throws on a mail. */
export async function readSimulation(ground: CueGround, mail: SimulatedMail): Promise<SimulationResult> {
  const { signs, ownCount } = signsOf(ground);
  const words = wordsOf(ground)?.placeholders ?? nothingKnown;
  const read = await readMail({ ...mail, words });
  return read.kind === 'unreadable'
    ? read
    : { kind: 'simulation', simulation: makeSimulation(read.mail, signs, ownCount) };
}

function wordsOf({ cues, language }: CueGround) {
  return cues.words.get(language) ?? cues.words.get(language.split('-')[0] ?? '') ?? cues.words.get('en');
}

const gap = '[…]';
const nothingKnown = { firstName: gap, lastName: gap, position: gap, email: gap, other: gap };

/** Addresses at providers that serve anybody say nothing about the organisation. */
function signsOf(ground: CueGround): { readonly signs: CueSigns; readonly ownCount: number } {
  const { cues, organisation, addresses } = ground;
  const counts = new Map<string, number>();
  for (const address of addresses) {
    const domain = address === undefined ? undefined : siteOfAddress(address)?.domain;
    if (domain === undefined || cues.mailProviders.has(domain)) continue;
    counts.set(domain, (counts.get(domain) ?? 0) + 1);
  }
  const domains = [...counts]
    .toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, ownDomainsMax)
    .map(([domain]) => domain);
  const own: readonly KnownName[] = domains.length === 0 ? [] : [{ name: organisation, domains }];
  const { shorteners, attachmentEndings, phrases } = cues;
  return {
    signs: { known: [...own, ...cues.known], shorteners, attachmentEndings, phrases },
    ownCount: own.length,
  };
}
