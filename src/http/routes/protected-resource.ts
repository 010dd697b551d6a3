import type { Context } from 'hono';
import { z } from 'zod';
import { resourceMetadataPath } from '../caller/caller.ts';
import type { Room } from '../room.ts';
import { type OpenOperation, type Operations, open } from '../table/operation.ts';

type ResourceKeys = `GET ${typeof resourceMetadataPath}` | `GET ${typeof resourceMetadataPath}/mcp`;

const metadata = z.object({
  resource: z.url(),
  resource_name: z.string(),
  scopes_supported: z.array(z.string()),
  bearer_methods_supported: z.array(z.literal('header')),
});

/**
 * What a client may send as a token (OAuth 2.0 Protected Resource Metadata, RFC 9728). No authorization server is named,
 * because none issues tokens for this one: its administrator does, and each is good here alone (RFC 8707).
 */
export function resourceRoutes(room: Room): Pick<Operations, ResourceKeys> {
  const described = (resourcePath: string, scopes: readonly string[]): OpenOperation =>
    open({
      summary: 'Which tokens are taken here (RFC 9728). They come from the administrator of this server.',
      answers: { 200: { description: 'The metadata.', schema: metadata } },
      handle: (c: Context) =>
        c.json({
          resource: `${room.baseUrl(c)}${resourcePath}`,
          resource_name: 'Foldback',
          scopes_supported: [...scopes],
          bearer_methods_supported: ['header'],
        }),
    });
  return {
    [`GET ${resourceMetadataPath}`]: described('', ['agents:use', 'policy:evaluate', 'policy:enforce']),
    [`GET ${resourceMetadataPath}/mcp`]: described('/mcp', ['agents:use']),
  };
}
