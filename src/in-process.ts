import { randomBytes } from 'node:crypto';
import { type Principal, systemPrincipal } from './access/principal.ts';
import type { App } from './app.ts';
import { createHttp } from './http/server.ts';
import { followIdentities, followLeftOwners, listIdentities } from './loop/follow-identities.ts';

/** Answers requests without a socket: commands take the same doors whether a server runs or not. */
export type Doors = {
  readonly url: string;
  /** Known only to whoever holds this object. */
  readonly token: string;
  readonly fetch: (request: Request) => Promise<Response>;
};

export function openDoors(app: App, more: { readonly isDemonstration?: boolean } = {}): Doors {
  const token = randomBytes(32).toString('base64url');
  const operator: Principal = { ...systemPrincipal('command line'), kind: 'operator' };
  const authenticate = async (bearer: string): Promise<Principal | undefined> =>
    bearer === token ? operator : app.authenticate(bearer);
  const http = createHttp({ ...app, ...more, authenticate });
  let isFollowed = false;
  // No worker runs beside a command: what it would have taken over for this question is taken over first.
  const follow = async (path: string): Promise<void> => {
    if (isFollowed || !/^\/v1\/(?:identities|owners\/coverage)/u.test(path)) return;
    isFollowed = true;
    await followIdentities(app.parts);
    await listIdentities(app.parts);
    await followLeftOwners(app.parts);
  };
  // Links are made of the address; a server that is started later has the same.
  return {
    url: `http://127.0.0.1:${app.config.http.port}`,
    token,
    fetch: async (request) => {
      await follow(new URL(request.url).pathname);
      return http.fetch(request);
    },
  };
}
