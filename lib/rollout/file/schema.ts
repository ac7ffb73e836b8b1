import { z } from 'zod';
import { absolutePath, duration, share, text } from '../../config/values.ts';
import { GATE, leastWindows } from './gates.ts';
import { SIDE, STAGE } from './stages.ts';

const variable = () => text(/^[A-Z_][A-Z0-9_]*$/, 'is no name of a variable');

export const PROMETHEUS = z.strictObject({
  url: text(/^https?:\/\/[^\s@]+$/, 'must be http:// or https://, without a password in it').meta({
    description: 'Its address, with the path before /api where it has one.',
  }),
  timeout: duration({ least: 100, most: 600_000 }).prefault('10s'),
  tokenFile: absolutePath().optional().meta({ description: 'File with a bearer token.' }),
  tokenVariable: variable().optional().meta({ description: 'Environment variable with a bearer token.' }),
  user: text(/^[^\0:]+$/, 'must not be empty or hold a colon').optional(),
  passwordFile: absolutePath().optional(),
  passwordVariable: variable().optional(),
  caFile: absolutePath()
    .optional()
    .meta({ description: 'Certificate authorities beside the usual ones, PEM.' }),
});

export const SCHEMA = z.strictObject({
  name: text(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be of letters a-z, digits and -, at most 40').meta({
    description: 'Of the rollout, in its journal.',
  }),
  prometheus: PROMETHEUS,
  instanceLabel: text(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is no name of a label')
    .prefault('instance')
    .meta({ description: 'The label that tells replicas apart.' }),
  window: duration({ least: 1000, most: 3_600_000 })
    .prefault('1m')
    .meta({ description: 'Readings are compared window by window. At least two scrapes long.' }),
  during: duration({ least: 60_000, most: 604_800_000 })
    .prefault('1h')
    .meta({ description: 'How far back a check looks, and never to before its stage began.' }),
  settle: duration({ least: 0, most: 86_400_000 })
    .prefault('5m')
    .meta({ description: 'What happens so soon after a stage began counts for nothing.' }),
  leastWindows: leastWindows(),
  staleAfter: duration({ least: 1000 }).prefault('2m').meta({ description: 'Older readings are none.' }),
  confidence: share({ least: 0.5 }).prefault('95%').meta({ description: 'Of each one-sided bound.' }),
  baseline: z
    .union([z.literal(false), z.strictObject({ ago: duration({ least: 60_000 }).prefault('1d') })])
    .prefault({})
    .meta({ description: 'The same time so long ago; false where there was no canary then.' }),
  canary: SIDE,
  control: SIDE,
  gates: z.array(GATE).min(1),
  stages: z.array(STAGE).min(1),
});

export type RolloutFile = z.infer<typeof SCHEMA>;
export type PrometheusSettings = z.infer<typeof PROMETHEUS>;
