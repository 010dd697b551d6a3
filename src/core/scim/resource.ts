import { z } from 'zod';
import { leavesSchema } from '../leave.ts';
import { withoutNothing } from './attribute.ts';

/** RFC 7643, 4.1 to 4.3. */
export const userSchemaId = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const groupSchemaId = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const enterpriseSchemaId = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
/** RFC 7643 has no place for who is away: an extension of our own. */
export const leaveSchemaId = 'urn:foldback:params:scim:schemas:extension:leave:2.0:User';
export const extensionIds = [enterpriseSchemaId, leaveSchemaId] as const;

const text = z.string().max(1_000);
/** Entra writes booleans as `"True"` and `"False"`. */
const flag = z.union([
  z.boolean(),
  z
    .string()
    .regex(/^(?:true|false)$/iu)
    .transform((word) => word.toLowerCase() === 'true'),
]);

/** Only what Foldback reads: anything else that is sent, a password above all, is left out before it is stored. */
export const userSchema = z.preprocess(
  withoutNothing,
  z.object({
    userName: z.string().trim().min(1).max(300),
    externalId: z.string().max(300).exactOptional(),
    displayName: text.exactOptional(),
    name: z
      .object({
        formatted: text.exactOptional(),
        givenName: text.exactOptional(),
        familyName: text.exactOptional(),
      })
      .exactOptional(),
    active: flag.default(true),
    emails: z
      .array(
        z.object({
          value: z.string().max(300),
          type: z.string().max(100).exactOptional(),
          primary: flag.exactOptional(),
        }),
      )
      .max(50)
      .exactOptional(),
    preferredLanguage: z.string().max(50).exactOptional(),
    locale: z.string().max(50).exactOptional(),
    timezone: z.string().max(100).exactOptional(),
    addresses: z
      .array(
        z.object({
          country: z.string().max(100).exactOptional(),
          type: z.string().max(100).exactOptional(),
          primary: flag.exactOptional(),
        }),
      )
      .max(20)
      .exactOptional(),
    [leaveSchemaId]: z.object({ away: leavesSchema.exactOptional() }).exactOptional(),
    [enterpriseSchemaId]: z
      .object({
        employeeNumber: z.string().max(300).exactOptional(),
        department: text.exactOptional(),
        manager: z
          .union([
            z
              .string()
              .max(300)
              .transform((value) => ({ value })),
            z.object({ value: z.string().max(300) }),
          ])
          .exactOptional(),
      })
      .exactOptional(),
  }),
);
export type ScimUser = z.output<typeof userSchema>;

export const groupSchema = z.preprocess(
  withoutNothing,
  z.object({
    displayName: z.string().trim().min(1).max(300),
    externalId: z.string().max(300).exactOptional(),
    members: z
      .array(z.object({ value: z.string().max(300), display: text.exactOptional() }))
      .max(100_000)
      .exactOptional(),
  }),
);
export type ScimGroup = z.output<typeof groupSchema>;
