import { describe, expect, test } from 'vitest';
import { databaseAddress } from './database-address.ts';

const way = (url: string) => databaseAddress(url).way;
const mode = (url: string) => new URL(databaseAddress(url).url).searchParams.get('sslmode');

describe('the way to a database', () => {
  test('is TLS with a certificate that is checked, wherever it leaves the machine', () => {
    for (const host of ['db.example:5432', '10.0.0.5', '[fd00::5]:5433', '0.0.0.0', 'localhost.example']) {
      const url = `postgres://ana:secret@${host}/foldback`;
      expect([way(url), mode(url)]).toEqual(['tls', 'verify-full']);
    }
    for (const weaker of ['require', 'verify-ca', 'verify-full'])
      expect(mode(`postgres://db.example/foldback?sslmode=${weaker}&uselibpqcompat=true`)).toBe(
        'verify-full',
      );
    expect(databaseAddress('postgres://db.example/foldback?ssl=true&uselibpqcompat=true').url).toBe(
      'postgres://db.example/foldback?sslmode=verify-full',
    );
  });

  test('is plain on this machine, and elsewhere only if the address says so', () => {
    for (const host of ['127.0.0.1', 'localhost:5433', '[::1]', '%2Fvar%2Frun%2Fpostgresql'])
      expect(way(`postgres://ana:secret@${host}/foldback`)).toBe('local');
    expect(way('postgres://ana@db.example/foldback?sslmode=disable')).toBe('plain');
    expect(way('postgres://ana@db.example/foldback?ssl=0')).toBe('plain');
    expect(way('postgres://ana@127.0.0.1/foldback?sslmode=verify-full')).toBe('tls');
  });

  test('is judged by the host that the driver takes, wherever it stands in the address', () => {
    expect(way('postgres://ana@localhost/foldback?host=db.example')).toBe('tls');
    expect(databaseAddress('postgres://ana@localhost/foldback?host=db.example&port=6000').place).toBe(
      'db.example:6000/foldback',
    );
  });

  test.each(['prefer', 'allow', 'no-verify', 'whatever'])(
    'is refused as sslmode=%s, which may be plain or trusts anybody, with what to write instead',
    (weak) => {
      const url = `postgres://ana:secret@db.example/foldback?sslmode=${weak}`;
      expect(() => databaseAddress(url)).toThrow(/db\.example:5432\/foldback.*sslmode=verify-full/u);
      expect(() => databaseAddress(url)).not.toThrow(/secret/u);
    },
  );

  test('reads no file of certificates before it is used', () => {
    expect(way('postgres://db.example/foldback?sslrootcert=/nowhere/root.crt')).toBe('tls');
  });
});
