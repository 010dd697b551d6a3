import { canonicalJson } from '../lib/canonical-json.ts';
import { isSignedBy, publicKeyId, type SigningKey } from '../lib/ed25519.ts';
import type { Finding } from './finding.ts';
import { type OscalDocument, oscalSchema } from './oscal-shape.ts';
import { uuid5 } from './uuid5.ts';

/** How cases that bear on one outcome of the framework stand. */
export type OutcomeFigures = {
  readonly id: string;
  readonly title: string;
  readonly behaviours: readonly string[];
  /** Cases that count: without those that were dismissed or joined another. */
  readonly loops: number;
  /** Of these, proven fixed, and proven fixed for a whole hold window. */
  readonly verified: number;
  readonly held: number;
};

export type OscalRequest = {
  readonly organisation: string;
  /** What it is about, for its ids: a period or a case. */
  readonly subject: string;
  readonly title: string;
  readonly from: number;
  readonly until: number;
  readonly exportedAt: number;
  readonly framework: string;
  readonly outcomes: readonly OutcomeFigures[];
  readonly signer: SigningKey;
};

export const oscalVersion = '1.2.2';
/** Names in `props` need a namespace of their own. */
const ns = 'urn:foldback:evidence';

/**
 * OSCAL assessment results, one result an outcome that some behaviour bears on. The framework has no assessment
 * objectives, so a finding's target is the statement of the outcome. `satisfied` is said only where every case that
 * counts is proven fixed; where there is no case, nothing was assessed and no finding is written.
 */
export function oscalResults(request: OscalRequest): OscalDocument {
  const { organisation, subject, from, until, exportedAt } = request;
  const id = (...parts: readonly string[]) => uuid5(canonicalJson([organisation, subject, ...parts]));
  const results = request.outcomes.map((outcome) => {
    const observation = id('observation', outcome.id, String(exportedAt));
    const proven = outcome.verified + outcome.held;
    const isSatisfied = outcome.loops > 0 && proven === outcome.loops;
    const finding = {
      uuid: id('finding', outcome.id),
      title: isSatisfied ? 'Every case is proven fixed' : 'Not every case is proven fixed',
      description: `${proven} of ${outcome.loops} cases that bear on ${outcome.id} are proven fixed. This speaks of the cases that were captured, not of the whole outcome.`,
      target: {
        type: 'statement-id' as const,
        'target-id': `${outcome.id}_statement`,
        status: { state: isSatisfied ? ('satisfied' as const) : ('not-satisfied' as const) },
      },
      'related-observations': [{ 'observation-uuid': observation }],
    };
    return {
      uuid: id('result', outcome.id),
      title: outcome.id,
      description: outcome.title,
      start: instant(from),
      end: instant(until),
      'reviewed-controls': {
        'control-selections': [{ 'include-controls': [{ 'control-id': outcome.id }] }],
      },
      observations: [
        {
          uuid: observation,
          description: `Behaviours ${outcome.behaviours.join(', ')}: ${outcome.loops} cases, ${outcome.verified} verified, ${outcome.held} held.`,
          methods: ['TEST' as const],
          collected: instant(exportedAt),
        },
      ],
      ...(outcome.loops === 0 ? {} : { findings: [finding] }),
    };
  });
  const plan = id('plan');
  const document: OscalDocument = {
    'assessment-results': {
      uuid: id('document', String(exportedAt)),
      metadata: {
        title: request.title,
        'last-modified': instant(exportedAt),
        version: '1',
        'oscal-version': oscalVersion,
        props: [
          { name: 'organisation', ns, value: organisation.replace(/\s+/gu, ' ').trim() },
          { name: 'framework', ns, value: request.framework },
          { name: 'public-key', ns, value: request.signer.publicKey },
        ],
      },
      'import-ap': { href: `#${plan}` },
      results,
      'back-matter': {
        resources: [
          {
            uuid: plan,
            title: 'How it is assessed',
            description:
              'Every case that a source reported is followed until the world shows that it is mended and stays away. There is no plan beside this.',
          },
        ],
      },
    },
  };
  return withSignature(document, request.signer.sign(signedText(document)));
}

function withSignature(document: OscalDocument, value: string): OscalDocument {
  const { metadata, ...rest } = document['assessment-results'];
  const props = [...metadata.props, { name: 'signature', ns, value }];
  return { 'assessment-results': { ...rest, metadata: { ...metadata, props } } };
}

/** What is signed: the whole document but its signature. */
function signedText(document: OscalDocument): string {
  const { metadata, ...rest } = document['assessment-results'];
  const props = metadata.props.filter(({ name }) => name !== 'signature');
  return canonicalJson(JSON.parse(JSON.stringify({ ...rest, metadata: { ...metadata, props } })));
}

export type OscalVerdict = {
  readonly isWhole: boolean;
  readonly findings: readonly Finding[];
  readonly summary?: {
    readonly results: number;
    readonly keyIds: readonly string[];
    readonly isTrusted: boolean;
  };
};

/** Checks the shape and the signature, and that every state follows from its own observation. */
export function verifyOscal(raw: unknown, trustedKeys?: readonly string[]): OscalVerdict {
  const parsed = oscalSchema.safeParse(raw);
  if (!parsed.success) {
    const findings = parsed.error.issues.slice(0, 20).map((issue): Finding => {
      return { kind: 'bad-format', where: `/${issue.path.map(String).join('/')}`, detail: issue.message };
    });
    return { isWhole: false, findings };
  }
  const { metadata, results } = parsed.data['assessment-results'];
  const propOf = (name: string) => metadata.props.find((prop) => prop.name === name && prop.ns === ns)?.value;
  const publicKey = propOf('public-key') ?? '';
  const keyId = publicKeyId(publicKey);
  const findings: Finding[] = [];
  if (!isSignedBy(publicKey, signedText(parsed.data), propOf('signature') ?? ''))
    findings.push({ kind: 'bad-signature', where: 'document', detail: `It is not signed by key ${keyId}.` });
  const isTrusted = trustedKeys?.includes(keyId) === true;
  if (trustedKeys !== undefined && !isTrusted)
    findings.push({
      kind: 'unknown-key',
      where: `key ${keyId}`,
      detail: 'It is not among the trusted keys.',
    });
  return {
    isWhole: findings.length === 0,
    findings,
    summary: { results: results.length, keyIds: [keyId], isTrusted },
  };
}

function instant(at: number): string {
  return new Date(at).toISOString();
}
