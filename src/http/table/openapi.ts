import { OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { placesMax } from '../hardening/problem-response.ts';
import type { Mounted } from './mount.ts';

/** A problem as every error is told (RFC 9457). */
const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().exactOptional(),
    instance: z.string().exactOptional(),
    errors: z
      .array(
        z.object({
          pointer: z.string().exactOptional(),
          line: z.int().exactOptional(),
          detail: z.string(),
        }),
      )
      .max(placesMax)
      .exactOptional(),
  })
  .meta({ id: 'Problem' });

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

/** The OpenAPI 3.1 document of everything that is mounted. */
export function openApiDocument(mounted: readonly Mounted[], version: string): Document {
  const { openAPIRegistry: registry, getOpenAPI31Document } = new OpenAPIHono();
  registry.registerComponent('securitySchemes', 'token', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API token, `fbl_live_…`. Browsers that signed in send it as a cookie.',
  });
  for (const { row, operation } of mounted) {
    const names = [...row.path.matchAll(/\{(\w+)\}/gu)].map((match) => match[1] ?? '');
    const { query, body } = operation;
    const takes = row.takes ?? (body === undefined ? undefined : ['application/json']);
    registry.registerPath({
      method: methods[row.method],
      path: row.path,
      summary: operation.summary,
      ...(operation.kind === 'scoped'
        ? { security: [{ token: [row.access] }], description: `Scope: \`${row.access}\`.` }
        : {}),
      request: {
        ...(names.length === 0
          ? {}
          : { params: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) }),
        ...(query instanceof z.ZodObject && Object.keys(query.shape).length > 0 ? { query } : {}),
        ...(takes === undefined
          ? {}
          : {
              body: {
                required: true,
                content: Object.fromEntries(takes.map((type) => [type, { schema: body ?? z.unknown() }])),
              },
            }),
      },
      responses: {
        ...Object.fromEntries(
          Object.entries(operation.answers).map(([status, { description, schema, type }]) => [
            status,
            {
              description,
              ...(schema === undefined && type === undefined
                ? {}
                : { content: { [type ?? 'application/json']: { schema: schema ?? z.string() } } }),
            },
          ]),
        ),
        default: {
          description: 'A problem (RFC 9457).',
          content: { 'application/problem+json': { schema: problemSchema } },
        },
      },
    });
  }
  return getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Foldback', version },
  });
}

const methods = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;
