import { serve } from '@hono/node-server';
import { Hono } from 'hono';

/** A route that does nothing: reads the body and answers what a grant says. Prints its port. */
const app = new Hono();
app.post('/access/v1/evaluation', async (c) => {
  await c.req.arrayBuffer();
  return c.json({ decision: true });
});
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  process.stdout.write(`${port}\n`);
});
process.once('SIGTERM', () => server.close(() => process.exit(0)));
