/**
 * Makes text from events inert: whatever a stranger wrote stays words on a line. It becomes no link, mention, markup,
 * terminal escape or second line, in any channel, even in one that forgets to escape.
 * Changes are visible (`[.]`, `(at)`), so that a reader sees that something was defused.
 */

/** Text that no rule below can touch: the usual case, decided by one pass. */
const plainWord = /^(?:[A-Za-z0-9 _-]|\/(?!\/))*$/u;

/** CSI and OSC sequences (ECMA-48 §5.4, §5.6) with their parameters, so that `[31m` does not stay behind. */
const terminalSequence =
  /(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,16}[@-~]?|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]{0,512}(?:\u0007|\u001b\\|\u009c)?/gu;

/**
 * Controls, format characters (bidi embeddings and isolates, zero-width, soft hyphen, tags), lone surrogates, private
 * use and unassigned code points, and blanks that look like nothing or move what stands beside them.
 */
const unseen =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are meant, not sequences
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0]/gu;
const lineBreaks = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;

/** Schemes that clients link without `//`. */
const bareScheme =
  /\b(mailto|tel|sms|callto|skype|facetime|javascript|vbscript|data|file|magnet|cid|about|view-source):/giu;
/** A host at the start of a word: `evil.example/login`. A dot inside `1.5` or `v1.2` has no letters after it. */
const bareDomain = /(?<![\p{L}\p{N}_./-])(?:[\p{L}\p{N}][\p{L}\p{N}_-]*\.)+\p{L}[\p{L}\p{N}-]+/gu;
const bareIpv4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/gu;

const wide = /[\uff01-\uff5e]/gu;

/**
 * One line of inert text of at most `charactersMax` characters (Unicode code points), or '' when nothing is left.
 *
 * @param keep which end survives when the text is too long; a path says more at its end
 */
export function inert(text: string, charactersMax: number, keep: 'start' | 'end' = 'start'): string {
  // Cut first: every rule below is linear, but a megabyte of hostile text should cost nothing at all.
  const bounded = text.length > charactersMax * 8 ? sliceEnd(text, charactersMax * 8, keep) : text;
  if (plainWord.test(bounded)) return shorten(bounded.trim().replace(/ {2,}/gu, ' '), charactersMax, keep);
  const cleaned = clean(bounded);
  // A cut can bring a host to the start of a word, and defusing makes text longer: shorten first, until both hold.
  for (let length = charactersMax; ; ) {
    const made = defuse(shorten(cleaned, length, keep));
    const excess = [...made].length - charactersMax;
    if (excess <= 0 || length <= 1) return made.trim();
    length = Math.max(1, length - excess);
  }
}

function clean(text: string): string {
  return text
    .normalize('NFC')
    .replace(terminalSequence, '')
    .replace(lineBreaks, ' ')
    .replace(unseen, '')
    .replace(wide, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    .replace(/[\u3002\uff61]/gu, '.')
    .replace(/(\p{M}{3})\p{M}+/gu, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
}

function defuse(text: string): string {
  return text
    .replace(/</gu, '‹')
    .replace(/>/gu, '›')
    .replace(/`/gu, "'")
    .replace(/\\{2,}/gu, '\\')
    .replace(/:\/{2,}/gu, '[:]/')
    .replace(/\/{2,}/gu, '/')
    .replace(bareScheme, '$1[:]')
    .replace(/@/gu, '(at)')
    .replace(/www\./giu, 'www[.]')
    .replace(bareDomain, (host) => host.replaceAll('.', '[.]'))
    .replace(bareIpv4, (address) => address.replaceAll('.', '[.]'))
    .replace(/\]\(/gu, '] (')
    .replace(/\]\[/gu, '] [')
    .replace(/\|\|/gu, '|');
}

function shorten(text: string, charactersMax: number, keep: 'start' | 'end'): string {
  if (text.length <= charactersMax) return text;
  const characters = [...text];
  if (characters.length <= charactersMax) return text;
  const kept = charactersMax - 1;
  return keep === 'start'
    ? `${characters.slice(0, kept).join('').trimEnd()}…`
    : `…${characters.slice(-kept).join('').trimStart()}`;
}

function sliceEnd(text: string, length: number, keep: 'start' | 'end'): string {
  return keep === 'start' ? text.slice(0, length) : text.slice(-length);
}

/** Characters of ordinary repository and file names. */
const ordinaryPath = /^[\p{L}\p{N}\p{M}_./@+~#,=()[\]{}$%^&!-]*$/u;

/**
 * A file path. A name at the root is written `./name`, because `settings.py` and `readme.md` are also host names to a
 * mail client. A path with blanks or other characters is quoted, so that prose put into a file name reads as a name.
 */
export function inertPath(path: string, charactersMax = 120): string {
  const text = path.replaceAll('\\', '/').replace(/\/{2,}/gu, '/');
  if (/^[\w-][\w.-]*\.[\w-]+$/u.test(text) && sourceName.test(text) && text.length <= charactersMax) {
    return `./${text}`;
  }
  const shown = inert(text, charactersMax, 'end');
  return shown === '' || ordinaryPath.test(text) ? shown : `“${shown.replace(/["“”]/gu, "'")}”`;
}

/** Ends of names that are files in a repository; any other name with a dot at the root is defused as a host. */
const sourceName =
  /\.(?:c|cc|cfg|conf|config|cpp|cs|css|csv|env|ex|exs|go|gradle|h|hcl|hpp|html|ini|ipynb|java|js|json|jsx|key|kt|lock|lua|md|mjs|mts|cjs|cts|npmrc|pem|php|pl|plist|properties|ps1|py|rb|rs|rst|scala|sh|sql|svelte|swift|tf|tfstate|tfvars|toml|ts|tsx|txt|vue|xml|yaml|yml)$/iu;

/** `acme/shop-api`: without scheme, user, host of a URL and `.git`; of a local folder only its name. */
export function inertRepository(repository: string, charactersMax = 100): string {
  let text = repository.trim().slice(0, 1000);
  const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?[^/]*\/(.*)$/iu.exec(text);
  const scp = /^[^\s/@]+@[^\s/:]+:(.*)$/u.exec(text);
  if (url?.[1] !== undefined) text = url[1];
  else if (scp?.[1] !== undefined) text = scp[1];
  else if (/^(?:~?\/|[A-Za-z]:[\\/]|\.{1,2}\/)/u.test(text))
    text = text.split(/[\\/]/u).findLast((part) => part !== '') ?? '';
  else text = text.replace(/^(?:[\w-]+\.)+[a-z]{2,}\/(?=[^/]+\/[^/]+)/iu, '');
  text = text
    .replace(/[?#].*$/u, '')
    .replace(/\.git\/?$/iu, '')
    .replace(/\/+$/u, '');
  const shown = inert(text, charactersMax, 'end');
  return shown === '' || ordinaryPath.test(text) ? shown : `“${shown.replace(/["“”]/gu, "'")}”`;
}

/** A person's or team's name: letters, marks, blanks, hyphen and apostrophe; at most five words. */
export function inertName(name: string, charactersMax = 60): string {
  const words = name
    .slice(0, 1000)
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}\s.'’&-]/gu, '')
    .replace(/\.(?=\S)/gu, ' ')
    .replace(unseen, '')
    .split(/\s+/u)
    .filter((word) => word !== '')
    .slice(0, 5);
  return inert(words.join(' '), charactersMax);
}

/**
 * A vendor's own name of something: an account, a role, a rule, a tool. The end of a long one says more. One with
 * blanks or other characters is quoted, so that prose put into a name reads as a name.
 */
export function inertLabel(label: string, charactersMax = 80): string {
  const shown = inert(label, charactersMax, 'end');
  return shown === '' || ordinaryLabel.test(label) ? shown : `“${shown.replace(/["“”]/gu, "'")}”`;
}

const ordinaryLabel = /^[\p{L}\p{N}\p{M}_.:/@+~#=$*-]*$/u;
