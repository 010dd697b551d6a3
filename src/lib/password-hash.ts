import { hash, verify } from '@node-rs/argon2';

/** Argon2id (RFC 9106), which the library takes unless told otherwise, with the parameters that OWASP asks for at least. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** How a hash of today begins: the kind, its version and the cost stand in it. */
const ofToday = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$`;

/** Whether a hash was made another way than hashes are made now. */
export function isHashOld(hashed: string): boolean {
  return !hashed.startsWith(ofToday);
}

/** Two at once: each takes 19 MiB, and whoever floods the sign-in gets no more. */
const atOnceMax = 2;
let running = 0;
const waiting: (() => void)[] = [];

/** How many wait for their turn. */
export function passwordsWaiting(): number {
  return waiting.length;
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= atOnceMax) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** Two ways to write the same characters are one password. */
const folded = (password: string): string => password.normalize('NFKC');

export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(folded(password), cost));
}

let nobodys: Promise<string> | undefined;

/** Does the same work when there is no hash, so that its duration tells nobody which accounts exist. */
export async function isPassword(password: string, hashed: string | undefined): Promise<boolean> {
  nobodys ??= hashPassword('nobody has this password');
  const against = hashed ?? (await nobodys);
  const isRight = await inTurn(() => verify(against, folded(password)));
  return isRight && hashed !== undefined;
}
