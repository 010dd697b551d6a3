import { z } from 'zod';
import { limits as caps } from '../../lib/limits.ts';
import { count, hostName, isPublicUrl, network } from '../fields.ts';
import { says } from '../says.ts';

export const http = z
  .strictObject({
    host: hostName
      .default('127.0.0.1')
      .meta(says('Address to listen on. Anything but this machine needs `publicUrl` or `hosts`.')),
    port: z.int().min(0).max(65_535).default(4400).meta(says('Port to listen on; 0 takes a free one.')),
    hosts: z
      .array(hostName)
      .max(50)
      .default([])
      .meta(
        says(
          'Further host names under which requests are answered; that of `publicUrl` and loopback names always are.',
        ),
      ),
    publicUrl: z
      .string()
      .refine(isPublicUrl, 'write https://name, without user, query or fragment')
      .overwrite((text) => text.replace(/\/+$/u, ''))
      .optional()
      .meta(
        says(
          'Where people reach Foldback: every link in a message begins with it. https, except on loopback.',
        ),
      ),
    requestsPerMinuteMax: count(1_000_000).default(60_000).meta(says('Requests of one token or address.')),
    trustedProxies: z
      .array(network)
      .max(50)
      .default([])
      .meta(
        says('Proxies in front, whose `X-Forwarded-For` is believed; else all requests seem to be theirs.'),
      ),
  })
  .prefault({})
  .describe('The server.');

export const limits = z
  .strictObject({
    bodyBytesMax: count(1024 ** 3)
      .default(caps.bodyBytesMax)
      .meta(says('Bytes of a request body.')),
    fileBytesMax: count(1024 ** 4)
      .default(caps.fileBytesMax)
      .meta(says('Unpacked bytes of one imported file.')),
    unpackedRatioMax: count(1100)
      .default(caps.unpackedRatioMax)
      .meta(says('How far compressed data may grow.')),
    depthMax: count(150).default(caps.depthMax).meta(says('Levels of arrays and objects in one record.')),
    stringCharsMax: count(64 * 1024 ** 2)
      .default(caps.stringCharsMax)
      .meta(says('Characters of one string.')),
    membersMax: count(10_000_000).default(caps.membersMax).meta(says('Values in one record.')),
    recordCharsMax: count(256 * 1024 ** 2)
      .default(caps.recordCharsMax)
      .meta(says('Characters of one record of a list.')),
  })
  .prefault({})
  .describe('Caps on what comes from outside.');
