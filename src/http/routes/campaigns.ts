import type { Context } from 'hono';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { readAlignment } from '../../core/mail-cues/difficulty.ts';
import { limits } from '../../lib/limits.ts';
import { mailBytesMax } from '../../lib/mail/parse-mail.ts';
import { readTemplate } from '../../lib/mail/read-template.ts';
import { parseBody } from '../../lib/records/parse-body.ts';
import { keepCampaign } from '../../loop/campaign.ts';
import { readSimulation, type SimulatedMail } from '../../packs/read-simulation.ts';
import { requireAllTeams } from '../caller/caller.ts';
import { readRawBody } from '../hardening/raw-body.ts';
import { campaignJson, campaignSchema } from '../json/campaign-json.ts';
import { known } from '../json/shapes.ts';
import type { Room } from '../room.ts';
import { mailType } from '../route-table.ts';
import { type Operations, pathPart, reading } from '../table/operation.ts';

const query = z.strictObject({
  source: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/u)
    .exactOptional()
    .describe('Which source tells of clicks in this simulation, where there are several.'),
  name: z.string().trim().min(1).max(200).exactOptional(),
  alignment: z
    .string()
    .refine(
      (text) => readAlignment(text) !== undefined,
      'write five numbers of 0, 2, 4, 6, 8, such as 6,4,2,4,0',
    )
    .exactOptional()
    .describe('Premise alignment (NIST TN 2276), the last of the five counts against the others.'),
  otherCues: z
    .string()
    .regex(/^\d{1,2}$/u, 'write a number of at most two digits')
    .exactOptional()
    .describe('How many further cues the mail has that no program sees.'),
});

/** The mails of simulations. */
export function campaignRoutes(room: Room): Pick<Operations, 'PUT /v1/campaigns/{id}'> {
  const { parts, packs, config, sources } = room.given;
  return {
    'PUT /v1/campaigns/{id}': reading({
      summary: 'Keeps the mail of a simulation, as text, and finds the cues by which it could be told.',
      query,
      answers: { 200: { description: 'What was found.', schema: campaignSchema } },
      handle: async ({ c, caller, query: asked }) => {
        requireAllTeams(caller);
        const id = pathPart(c, 'id');
        if (!/^[\w.:-]{1,100}$/u.test(id)) throw new AppError('bad-request', 'This is no id of a campaign.');
        const simulating = sources.filter(({ isSimulation }) => isSimulation === true);
        const source = asked.source ?? (simulating.length === 1 ? simulating[0]?.id : undefined);
        if (source === undefined || !simulating.some((one) => one.id === source))
          throw new AppError('bad-request', 'source: name a source of simulations.');
        const ground = {
          cues: packs.cues,
          organisation: config.organisation.name,
          addresses: parts.people.all().flatMap(({ emails }) => emails),
          language: config.delivery.language,
        };
        const read = await readSimulation(ground, await mailOf(c));
        if (read.kind === 'unreadable')
          throw new AppError('bad-record', `The mail cannot be read: ${read.reason}.`);
        const alignment = asked.alignment === undefined ? undefined : readAlignment(asked.alignment);
        const kept = await keepCampaign(
          parts,
          { source, id, ...known('name', asked.name) },
          read.simulation,
          {
            ...(alignment === undefined ? {} : { alignment }),
            ...(asked.otherCues === undefined ? {} : { otherCues: Number(asked.otherCues) }),
          },
        );
        return c.json(campaignJson(kept));
      },
    }),
  };
}

/** Errors: `bad-record` for JSON that is no template. */
async function mailOf(c: Context): Promise<SimulatedMail> {
  const bytes = await readRawBody(c, mailBytesMax);
  if (c.req.header('Content-Type')?.toLowerCase().startsWith(mailType) === true)
    return { kind: 'eml', bytes };
  const value = parseBody(bytes, { ...limits, stringCharsMax: mailBytesMax });
  if (!value.ok) throw new AppError(value.code, value.reason);
  const template = readTemplate(value.value);
  if (template === undefined)
    throw new AppError('bad-record', 'This is no template: it has no subject and no text.');
  return { kind: 'template', template };
}
