/**
 * Stands where a part is required and must not be used: the first use of anything of it throws with the reason.
 */
export function absent<T extends object>(reason: string): T {
  const refuse = (): never => {
    throw new Error(reason);
  };
  return new Proxy({}, { get: refuse, has: refuse, set: refuse, ownKeys: refuse }) as T;
}
