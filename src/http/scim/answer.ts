import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { extensionIds, groupSchemaId, userSchemaId } from '../../core/scim/resource.ts';
import type { DirectoryRow } from '../../ports/store.ts';

/** RFC 7644, 3.1. */
export const scimType = 'application/scim+json';
export const scimBase = '/scim/v2';
const message = 'urn:ietf:params:scim:api:messages:2.0';

export const endpoints = { user: 'Users', group: 'Groups' } as const;

export function answer(c: Context, status: ContentfulStatusCode, body: unknown): Response {
  return c.body(JSON.stringify(body), status, { 'Content-Type': scimType });
}

/** An error as SCIM writes it (RFC 7644, 3.12). The detail quotes nothing that was sent. */
export function refuse(c: Context, status: ContentfulStatusCode, detail: string, reason?: string): Response {
  return answer(c, status, {
    schemas: [`${message}:Error`],
    status: String(status),
    ...(reason === undefined ? {} : { scimType: reason }),
    detail,
  });
}

/** A resource as it is answered: what is stored, its schemas, id and meta. */
export function resourceOf(row: DirectoryRow, baseUrl: string, leftOut: ReadonlySet<string>): object {
  const { body } = row;
  const schemas =
    row.kind === 'group'
      ? [groupSchemaId]
      : [userSchemaId, ...extensionIds.filter((id) => body[id] !== undefined)];
  const shown = Object.entries(body).filter(([name]) => !leftOut.has(name.toLowerCase()));
  return {
    schemas,
    id: row.id,
    ...Object.fromEntries(shown),
    meta: {
      resourceType: row.kind === 'group' ? 'Group' : 'User',
      created: new Date(row.createdAt).toISOString(),
      lastModified: new Date(row.updatedAt).toISOString(),
      location: locationOf(row, baseUrl),
    },
  };
}

export function locationOf(row: DirectoryRow, baseUrl: string): string {
  return `${baseUrl}${scimBase}/${endpoints[row.kind]}/${row.id}`;
}

/** RFC 7644, 3.4.2. */
export function listOf(resources: readonly unknown[], total: number, startIndex: number): object {
  return {
    schemas: [`${message}:ListResponse`],
    totalResults: total,
    startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}
