import { randomBytes } from 'node:crypto';
import { type Principal, systemPrincipal } from './access/principal.ts';
import type { App } from './app.ts';
import { createHttp } from './http/server.ts';

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
  // Links are made of the address; a server that is started later has the same.
  return {
    url: `http://127.0.0.1:${app.config.http.port}`,
    token,
    fetch: async (request) => http.fetch(request),
  };
}
