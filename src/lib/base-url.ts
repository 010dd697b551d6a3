/**
 * Whether a text is the address of a server to call: https, or plain http only to this machine, where nobody listens
 * in; without user, query or fragment.
 */
export function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  const isPlain = username === '' && password === '' && search === '' && hash === '';
  const isHere = hostname === '127.0.0.1' || hostname === '[::1]' || hostname === 'localhost';
  return isPlain && (protocol === 'https:' || (protocol === 'http:' && isHere));
}
