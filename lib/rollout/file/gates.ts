/** The gates as a rollout's file describes them. */
import { z } from 'zod';
import { duration, oneOf, share, text, wholeNumber } from '../../config/values.ts';

const metric = () => text(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'is no name of a metric');

/** Label to value; a value that begins with =~, !~ or != is a regular expression or a negation, as in PromQL. */
export const MATCHERS = z.record(
  text(/^[a-zA-Z_][a-zA-Z0-9_]*$/, 'is no name of a label'),
  text(/^[^\0]*$/, 'must not hold a zero byte'),
);

const common = {
  name: text(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be of letters a-z, digits and -, at most 40'),
  labels: MATCHERS.prefault({}).meta({ description: 'Labels of its series, beside those of the side.' }),
};

const margin = (written: string, description: string) => share().prefault(written).meta({ description });

const count = (least: number, written: number, description: string) =>
  wholeNumber({ least, most: 1e9 }).prefault(written).meta({ description });

export const LATENCY = z
  .strictObject({
    ...common,
    kind: z.literal('latency'),
    metric: metric().meta({ description: 'A histogram of seconds, without _bucket.' }),
    quantiles: z.array(z.number().gt(0).lt(1)).min(1).prefault([0.5, 0.95]).meta({
      description: 'Compared beside the mean, which is always compared.',
    }),
    margin: margin('10%', 'How much slower than the control is still no harm.'),
    baselineMargin: margin('25%', 'How much slower than its own baseline.'),
    tailQuantile: z.number().gt(0).lt(1).prefault(0.99),
    tailMargin: margin('25%', 'How much slower the tail may be: it is what is known least.'),
    replicaMargin: margin('25%', 'How much slower than the control one replica may be.'),
    most: duration({ least: 1 })
      .optional()
      .meta({ description: 'What the highest of the quantiles may not exceed whatever the control does.' }),
    leastRequests: count(1, 500, 'Requests of each side, and a tenth of a fair share of each replica.'),
  })
  .meta({ description: 'Not slower than the control and than its own baseline.' });

export const THROUGHPUT = z
  .strictObject({
    ...common,
    kind: z.literal('throughput'),
    metric: metric().meta({ description: 'A counter, such as of generated tokens.' }),
    margin: margin('10%', 'How much less than the control, by replica, is still no harm.'),
    baselineMargin: margin('25%', 'How much less than its own baseline.'),
    replicaMargin: margin('25%', 'How much less than the average of the control one replica may do.'),
  })
  .meta({ description: 'Each replica does as much as one of the control.' });

export const LOAD = z
  .strictObject({
    ...common,
    kind: z.literal('load'),
    metric: metric().meta({ description: 'A counter of requests.' }),
    margin: margin('25%', 'How much less than one of the control a replica may be asked for.'),
  })
  .meta({
    description: 'Each replica is asked for as much as one of the control: one that is spared is fast.',
  });

export const ERRORS = z
  .strictObject({
    ...common,
    kind: z.literal('errors'),
    metric: metric().meta({ description: 'A counter of requests that failed.' }),
    requests: metric().meta({ description: 'A counter of requests.' }),
    requestLabels: MATCHERS.prefault({}),
    requestsAre: oneOf(['all', 'successes']).prefault('all').meta({
      description: 'Whether requests that failed are counted among the requests.',
    }),
    most: margin('1%', 'Share of requests that may fail whatever the control does.'),
    margin: margin('0.5%', 'How much larger than that of the control the share may be.'),
    leastRequests: count(1, 500, 'Requests of the canary.'),
    absent: oneOf(['zero', 'missing']).prefault('missing').meta({
      description:
        'What no series of errors means while there are requests. Where both have one name it means zero anyway.',
    }),
  })
  .meta({ description: 'Not more errors than the control, and never more than so many.' });

export const GROWTH = z
  .strictObject({
    ...common,
    kind: z.literal('growth'),
    on: oneOf(['server', 'node']).prefault('node'),
    metric: metric().meta({ description: 'A counter.' }),
    mostPerHour: z
      .number()
      .min(0)
      .prefault(0)
      .meta({ description: 'Of each replica. Of seconds: 360 is a tenth of the time.' }),
    witness: metric().optional().meta({
      description:
        'Another metric of the same replica: where it is, a counter that is not there has counted nothing.',
    }),
  })
  .meta({ description: 'A counter hardly grows: reconnects, back-offs, memory pressure.' });

export const LEVEL = z
  .strictObject({
    ...common,
    kind: z.literal('level'),
    on: oneOf(['server', 'node']).prefault('node'),
    metric: metric().meta({ description: 'A gauge.' }),
    least: z.number().optional(),
    most: z.number().optional(),
    forShare: share({ least: 0.01 }).prefault('95%').meta({
      description: 'For this share of the time, and at its end.',
    }),
  })
  .refine(({ least, most }) => least !== undefined || most !== undefined, {
    error: 'least or most must be given',
  })
  .meta({ description: 'A gauge stays within limits: residency.' });

export const RESTARTS = z
  .strictObject({
    ...common,
    kind: z.literal('restarts'),
    on: oneOf(['server', 'node']).prefault('server'),
    metric: metric().prefault('process_start_time_seconds').meta({
      description: 'A start time, or a counter (_total, _count), which falls at a restart.',
    }),
    most: count(0, 0, 'Restarts of all replicas together.'),
  })
  .meta({ description: 'Nothing was restarted, and no replica has gone.' });

export const GATE = z.discriminatedUnion('kind', [
  LATENCY,
  THROUGHPUT,
  LOAD,
  ERRORS,
  GROWTH,
  LEVEL,
  RESTARTS,
]);

export type Gate = z.infer<typeof GATE>;
export type LatencyGate = z.infer<typeof LATENCY>;
export type ThroughputGate = z.infer<typeof THROUGHPUT>;
export type LoadGate = z.infer<typeof LOAD>;
export type ErrorsGate = z.infer<typeof ERRORS>;
export type GrowthGate = z.infer<typeof GROWTH>;
export type LevelGate = z.infer<typeof LEVEL>;
export type RestartsGate = z.infer<typeof RESTARTS>;

export const leastWindows = () => count(10, 20, 'Windows in which both sides are known.');
