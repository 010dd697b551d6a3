import pg from 'pg';
import { AppError } from '../../../core/errors.ts';
import { type DatabaseAddress, databaseAddress } from './database-address.ts';

/** A machine that swallows what is sent to it would keep whoever asks for minutes. */
const answerMsMax = 10_000;

const tlsFix =
  'Put its authority into sslrootcert=FILE of the address or into NODE_EXTRA_CA_CERTS, and name the host as its certificate does.';
const plainFix =
  'Switch TLS on there, or say that the way is plain: sslmode=disable in the address, or the setting database.tls: plain.';

/** What went wrong, by the code of the driver, the system or PostgreSQL, and what to do. */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there. Start the database, or correct the address.',
  ENOTFOUND: 'no machine has this name. Correct the address.',
  EAI_AGAIN: 'the name cannot be looked up now. Look at the name service, or correct the address.',
  ENOENT: 'there is no such socket. Start the database, or correct the address.',
  EACCES: 'this user may not use the socket.',
  '28P01': 'it does not take this user and password. Correct the address.',
  '28000': 'it does not let this user in from here. Correct the address, or pg_hba.conf there.',
  '3D000': 'it has no database of this name. Create it, or correct the address.',
  '53300': 'it has no connection left. Raise max_connections there, or lower database.connectionsMax.',
  '57P03': 'it is starting or stopping. Try again in a moment.',
};

/** Connects once and lets go again. Errors: `store-unreachable`, which names the place, why, and what to do. */
export async function reachDatabase(url: string): Promise<DatabaseAddress> {
  const address = databaseAddress(url);
  const client = clientOf(address);
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new AppError('store-unreachable', `${address.place}: ${reasonOf(error)}`, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
  return address;
}

/** Files of certificates are read when the client is made. */
function clientOf({ url, place }: DatabaseAddress): pg.Client {
  try {
    return new pg.Client({ connectionString: url, connectionTimeoutMillis: answerMsMax });
  } catch (error) {
    throw new AppError('store-unreachable', `${place}: ${messageOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const message = messageOf(error);
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
  if (code !== undefined && reasons[code] !== undefined) return reasons[code];
  if (message === 'The server does not support SSL connections') return `it does not speak TLS. ${plainFix}`;
  if (/timeout/iu.test(message)) return `no answer within ${answerMsMax / 1000} seconds.`;
  const isCertificate = /CERT|ALTNAME|SELF_SIGNED|ISSUER|LEAF|^ERR_TLS|^ERR_SSL/u.test(code ?? '');
  return isCertificate ? `its certificate does not hold (${message}). ${tlsFix}` : message;
}

/** Of several addresses of one name each may have failed: the first says it. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
