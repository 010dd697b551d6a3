import { OpenAPIHono } from '@hono/zod-openapi';
import type { Hono } from 'hono';
import type { HttpParts } from './http-parts.ts';

/** The whole HTTP surface: every route, behind every guard. */
export function createHttp(_parts: HttpParts): Hono {
  return new OpenAPIHono();
}
