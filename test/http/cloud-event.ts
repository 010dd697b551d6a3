/** An event of a scanner that speaks CloudEvents. */
export const cloudEvent = (
  id: string,
  data: unknown = { repository: 'acme/shop', file: 'a.py', line: 1 },
) => ({
  specversion: '1.0',
  id,
  source: 'urn:example:scanner',
  type: 'com.example.secret.committed',
  time: '2026-11-23T09:00:00Z',
  data,
});
