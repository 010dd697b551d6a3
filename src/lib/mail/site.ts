import { domainToUnicode } from 'node:url';
import { parse } from 'tldts';

/** Where an address or link leads, as far as its name tells. Nothing of it is ever called. */
export type Site = {
  /** As it is looked up: lower case, in ASCII (`xn--…`). */
  readonly host: string;
  /** What somebody registered, in Unicode: `acme.co.uk`. The host itself where it is an address or has no suffix. */
  readonly domain: string;
  /** The host in Unicode, for comparing looks. */
  readonly shown: string;
  /** An IPv4 or IPv6 address instead of a name. */
  readonly isNumeric: boolean;
};

/** The site of a host name; undefined for what is none (RFC 1123). */
export function siteOf(host: string): Site | undefined {
  const name = host.trim().replace(/\.$/u, '').toLowerCase();
  if (name === '' || name.length > 253 || /[/?#@\\\s]/u.test(name) || !URL.canParse(`http://${name}/`))
    return undefined;
  const ascii = new URL(`http://${name}/`).hostname;
  const parsed = parse(ascii, { allowPrivateDomains: true });
  const domain = parsed.isIp === true ? ascii : (parsed.domain ?? ascii);
  return {
    host: ascii,
    domain: domainToUnicode(domain) || domain,
    shown: domainToUnicode(ascii) || ascii,
    isNumeric: parsed.isIp === true,
  };
}

/** The site of `local@host`. */
export function siteOfAddress(address: string): Site | undefined {
  const at = address.lastIndexOf('@');
  return at < 1 ? undefined : siteOf(address.slice(at + 1));
}

/** The site of an absolute http(s) link, and whether a user name before `@` dresses it up as another. */
export function siteOfLink(href: string): (Site & { readonly hasUserInfo: boolean }) | undefined {
  const text = href.trim().slice(0, 2000);
  if (!/^https?:/iu.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const site = siteOf(url.hostname);
  return site === undefined ? undefined : { ...site, hasUserInfo: url.username !== '' };
}

const shownUrl = /https?:\/\/([^\s/?#<>"']{1,253})/iu;
/** One word with dots and a suffix of letters, maybe with a path: `www.acme.example/login`. */
const bareHost = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.)+\p{L}{2,24}(?:[/?#:]\S*)?$/iu;

/** Endings that are more often those of a file than of a host. */
const fileEnding = /\.(?:zip|md|mov|sh|py|pl|rs|ps|app|pub|cab|so|cc)$/iu;
/** Names for documentation and tests (RFC 2606) are in no list. */
const reserved = /\.(?:example|test)$/iu;

/** The site that a text claims to be: a whole address of the web, or a name with a suffix that exists. */
export function siteInText(text: string): Site | undefined {
  const trimmed = text.trim().slice(0, 500);
  const url = shownUrl.exec(trimmed)?.[1];
  if (url !== undefined) return siteOf(url.slice(url.lastIndexOf('@') + 1).replace(/:\d{1,5}$/u, ''));
  if (!bareHost.test(trimmed) || fileEnding.test(trimmed)) return undefined;
  const site = siteOf(/^[^/?#:]+/u.exec(trimmed)?.[0] ?? '');
  if (site === undefined) return undefined;
  return reserved.test(site.host) || parse(site.host).isIcann === true ? site : undefined;
}
