import { type Cue, cueKinds } from './cue.ts';
import { looksLike } from './lookalike.ts';
import type { CueSigns, KnownName, Link, Mail, Sender } from './mail.ts';
import { phraseCues } from './phrase-cues.ts';
import { foldText } from './words.ts';

/** So often one sign is marked: a mail that says "urgent" ten times is not ten lessons. */
const perKindMax = 3;

/**
 * The signs in a mail by which it can be told to be a phish, in the order of `cueKinds`. What most ordinary mail shows
 * is none: a return path or a failed SPF is not looked at, and answers of a mailing list go where the list wants.
 */
export function findCues(mail: Mail, signs: CueSigns, ownCount: number): readonly Cue[] {
  const found = [
    ...senderCues(mail, signs.known),
    ...lookalikeCues(mail, signs.known, ownCount),
    ...mail.links.flatMap((link) => linkCues(link, mail.text, signs.shorteners)),
    ...attachmentCues(mail, signs.attachmentEndings),
    ...phraseCues(mail, signs.phrases),
  ];
  return cueKinds.flatMap((kind) => {
    const seen = new Set<string>();
    return found
      .filter((cue) => cue.kind === kind)
      .filter((cue) => {
        const key = foldText(`${cue.shown ?? ''} ${cue.actual ?? ''}`);
        return seen.has(key) ? false : seen.add(key);
      })
      .slice(0, perKindMax);
  });
}

function senderCues({ from, replyTo, isFromList }: Mail, known: readonly KnownName[]): readonly Cue[] {
  if (from?.site === undefined) return [];
  const { site, claimed, address } = from;
  const cues: Cue[] = [];
  const where = { part: 'from' } as const;
  // A list puts its own address behind the name of whoever wrote.
  if (claimed !== undefined && claimed.domain !== site.domain && !isFromList)
    cues.push({ kind: 'sender-address', where, shown: claimed.host, actual: address });
  const posed = poseOf(from, known);
  // An address in the name says it already.
  if (posed !== undefined && cues.length === 0)
    cues.push({ kind: 'sender-organisation', where, shown: posed.name, actual: site.host });
  const other = isFromList
    ? undefined
    : replyTo.find((to) => to.site !== undefined && to.site.domain !== site.domain);
  if (other?.site !== undefined)
    cues.push({ kind: 'reply-to', where: { part: 'reply-to' }, shown: site.host, actual: other.address });
  return cues;
}

/** The organisation whose name stands in the display name of an address that is not theirs. */
function poseOf({ name, site }: Sender, known: readonly KnownName[]): KnownName | undefined {
  if (site === undefined) return undefined;
  const words = ` ${nameWords(name)} `;
  return known.find(
    (one) =>
      !one.domains.includes(site.domain) &&
      one.name.length >= 3 &&
      (words.includes(` ${nameWords(one.name)} `) ||
        one.domains.some((domain) => words.includes(` ${nameWords(domain)} `))),
  );
}

function nameWords(text: string): string {
  return foldText(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
    .join(' ');
}

function lookalikeCues(mail: Mail, known: readonly KnownName[], ownCount: number): readonly Cue[] {
  const senders = [
    { sender: mail.from, part: 'from' },
    ...mail.replyTo.map((sender) => ({ sender, part: 'reply-to' }) as const),
  ] as const;
  const ofSenders = senders.flatMap(({ sender, part }): readonly Cue[] => {
    const like = sender?.site === undefined ? undefined : looksLike(sender.site, known, ownCount);
    return like === undefined || sender?.site === undefined
      ? []
      : [{ kind: 'lookalike-domain', where: { part }, shown: sender.site.host, like }];
  });
  const ofLinks = mail.links.flatMap(({ site, start, end }): readonly Cue[] => {
    const like = looksLike(site, known, ownCount);
    return like === undefined
      ? []
      : [{ kind: 'lookalike-domain', where: { part: 'text', start, end }, shown: site.host, like }];
  });
  return [...ofSenders, ...ofLinks];
}

function linkCues(link: Link, text: string, shorteners: ReadonlySet<string>): readonly Cue[] {
  const { site, claimed, start, end } = link;
  const where = { part: 'text', start, end } as const;
  const cues: Cue[] = [];
  if (claimed !== undefined && claimed.domain !== site.domain)
    cues.push({ kind: 'link-text', where, shown: claimed.host, actual: site.host });
  if (site.isNumeric || site.hasUserInfo || shorteners.has(site.domain))
    cues.push({
      kind: 'link-address',
      where,
      shown: text.slice(start, Math.min(end, start + 60)),
      actual: site.host,
    });
  return cues;
}

function attachmentCues({ attachments }: Mail, endings: ReadonlySet<string>): readonly Cue[] {
  return attachments.flatMap(({ name }): readonly Cue[] => {
    const ending = /\.([a-z0-9]{1,8})$/iu.exec(name.trim())?.[1]?.toLowerCase();
    return ending !== undefined && endings.has(ending)
      ? [{ kind: 'attachment', where: { part: 'attachments' }, shown: name }]
      : [];
  });
}
