/** Crockford's alphabet: no I, L, O, U, so that a code survives being read aloud. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The code that people type to check a message: `FB-` and ten characters (50 bits) of the loop's id. */
export function caseCode(loop: string): string {
  let bits = BigInt(`0x${loop.slice(0, 13)}`) >> 2n;
  let code = '';
  for (let place = 0; place < 10; place += 1) {
    code = (alphabet[Number(bits & 31n)] ?? '0') + code;
    bits >>= 5n;
  }
  return `FB-${code.slice(0, 5)}-${code.slice(5)}`;
}

/** Reads a code as people write it: any case, spaces, without hyphens, O for 0. Undefined when it is none. */
export function readCaseCode(text: string): string | undefined {
  const plain = text.toUpperCase().replace(/[^0-9A-Z]/gu, '');
  const body = (plain.startsWith('FB') ? plain.slice(2) : plain).replaceAll('O', '0').replace(/[IL]/gu, '1');
  if (body.length !== 10 || [...body].some((character) => !alphabet.includes(character))) return undefined;
  return `FB-${body.slice(0, 5)}-${body.slice(5)}`;
}
