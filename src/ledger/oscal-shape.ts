import { z } from 'zod';

/** As OSCAL 1.2.2 writes them: a UUID of version 4 or 5, and a token that begins with a letter. */
const uuid = z
  .string()
  .regex(/^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$/u);
const token = z.string().regex(/^[A-Za-z_][\w.-]*$/u);
const instant = z.iso.datetime();
const text = z.string().min(1);

/** The part of OSCAL assessment results that we write, and nothing beside it. */
export const oscalSchema = z.strictObject({
  'assessment-results': z.strictObject({
    uuid,
    metadata: z.strictObject({
      title: text,
      'last-modified': instant,
      version: text,
      'oscal-version': z.literal('1.2.2'),
      props: z.array(z.strictObject({ name: token, ns: text, value: text })),
    }),
    'import-ap': z.strictObject({ href: text }),
    results: z
      .array(
        z.strictObject({
          uuid,
          title: text,
          description: text,
          start: instant,
          end: instant,
          'reviewed-controls': z.strictObject({
            'control-selections': z
              .array(
                z.strictObject({
                  'include-controls': z.array(z.strictObject({ 'control-id': token })).min(1),
                }),
              )
              .min(1),
          }),
          observations: z.array(
            z.strictObject({
              uuid,
              description: text,
              methods: z.array(z.enum(['EXAMINE', 'INTERVIEW', 'TEST'])).min(1),
              collected: instant,
            }),
          ),
          findings: z
            .array(
              z.strictObject({
                uuid,
                title: text,
                description: text,
                target: z.strictObject({
                  type: z.literal('statement-id'),
                  'target-id': token,
                  status: z.strictObject({ state: z.enum(['satisfied', 'not-satisfied']) }),
                }),
                'related-observations': z.array(z.strictObject({ 'observation-uuid': uuid })).min(1),
              }),
            )
            .min(1)
            .exactOptional(),
        }),
      )
      .min(1),
    /** What `import-ap` names. Files of earlier versions have none. */
    'back-matter': z
      .strictObject({
        resources: z.array(z.strictObject({ uuid, title: text, description: text })).min(1),
      })
      .exactOptional(),
  }),
});
export type OscalDocument = z.infer<typeof oscalSchema>;
