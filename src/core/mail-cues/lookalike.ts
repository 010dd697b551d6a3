import type { KnownName, Site } from './mail.ts';

/** Characters that pass for another at a glance; the second of each pair is what a reader takes it for. */
const alike: Readonly<Record<string, string>> = {
  а: 'a',
  ɑ: 'a',
  α: 'a',
  в: 'b',
  с: 'c',
  ϲ: 'c',
  ԁ: 'd',
  е: 'e',
  ҽ: 'e',
  ɡ: 'g',
  һ: 'h',
  і: 'i',
  ı: 'i',
  ɩ: 'i',
  ј: 'j',
  к: 'k',
  κ: 'k',
  ӏ: 'l',
  м: 'm',
  п: 'n',
  о: 'o',
  ο: 'o',
  σ: 'o',
  р: 'p',
  ρ: 'p',
  ԛ: 'q',
  г: 'r',
  ѕ: 's',
  т: 't',
  τ: 't',
  υ: 'u',
  ν: 'v',
  ѵ: 'v',
  ѡ: 'w',
  ԝ: 'w',
  х: 'x',
  χ: 'x',
  у: 'y',
  γ: 'y',
  '0': 'o',
  '1': 'l',
  i: 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
};

/** How a name looks: the same for names that are taken for each other. */
function look(name: string): string {
  const plain = [...name.normalize('NFKD').replace(/\p{M}+/gu, '')].map((one) => alike[one] ?? one).join('');
  return plain.replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll('cl', 'd');
}

/** The name somebody registered, without its suffix: `acme` of `acme.co.uk`. */
function label(domain: string): string {
  return domain.split('.')[0] ?? domain;
}

/** Shorter names are alike by chance. */
const typoLengthMin = 6;
const partLengthMin = 5;
/** Endings under which the owner of a name usually has it too. */
const usualEnding = /\.(?:[a-z]{2}|com|net|org|co\.[a-z]{2}|com\.[a-z]{2})$/u;

/**
 * The domain that a site passes for without being it: by characters that look alike, one letter more, less, other or
 * swapped, further words around the name, the whole domain in front of another, or another ending. Undefined for a
 * known domain itself and for anything unlike.
 *
 * @param ownCount so many of the first names are the organisation's own: for these also a usual ending is foreign
 */
export function looksLike(site: Site, known: readonly KnownName[], ownCount: number): string | undefined {
  if (site.isNumeric || known.some(({ domains }) => domains.includes(site.domain))) return undefined;
  const own = label(site.domain);
  for (const [index, { domains }] of known.entries()) {
    for (const domain of domains) {
      const theirs = label(domain);
      if (isInFront(site, domain)) return domain;
      if (own === theirs) {
        if (index < ownCount || !usualEnding.test(site.domain)) return domain;
        continue;
      }
      if (theirs.length >= 4 && look(own) === look(theirs)) return domain;
      if (theirs.length >= typoLengthMin && isOneTypo(own, theirs)) return domain;
      if (theirs.length >= partLengthMin && hasPart(own, theirs)) return domain;
    }
  }
  return undefined;
}

/** `login.acme.example.evil.example`: the true domain stands in front of another. */
function isInFront(site: Site, domain: string): boolean {
  const front = site.shown.slice(0, Math.max(0, site.shown.length - site.domain.length - 1));
  return (
    front === domain ||
    front.endsWith(`.${domain}`) ||
    front.startsWith(`${domain}.`) ||
    front.includes(`.${domain}.`)
  );
}

/** `acme-login`, `secure-acme`, and, for long names that are no part of a word, `acmelogin`. */
function hasPart(own: string, theirs: string): boolean {
  if (own.split('-').some((part) => part === theirs || look(part) === look(theirs))) return own !== theirs;
  return theirs.length >= 7 && own.length > theirs.length && (own.startsWith(theirs) || own.endsWith(theirs));
}

/** One letter put in, left out, changed or swapped with its neighbour. */
function isOneTypo(left: string, right: string): boolean {
  if (Math.abs(left.length - right.length) > 1 || left === right) return false;
  let at = 0;
  while (at < left.length && at < right.length && left[at] === right[at]) at += 1;
  const rest = (text: string, skip: number) => text.slice(at + skip);
  if (left.length > right.length) return rest(left, 1) === rest(right, 0);
  if (left.length < right.length) return rest(left, 0) === rest(right, 1);
  if (rest(left, 1) === rest(right, 1)) return true;
  return left[at] === right[at + 1] && left[at + 1] === right[at] && rest(left, 2) === rest(right, 2);
}
