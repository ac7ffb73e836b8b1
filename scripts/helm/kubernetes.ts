/** The parts of Kubernetes' own objects that are handed on as they are: only their outer shape is looked at here. */
import { z } from 'zod';
import { QUANTITY } from './patterns.ts';

const LABEL_NAME = '^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$';
const LABEL_VALUE = '^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$';
const DNS_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const text = () => z.string();
export const labels = () =>
  z.record(z.string().regex(new RegExp(LABEL_NAME)), z.string().regex(new RegExp(LABEL_VALUE)));
export const annotations = () => z.record(z.string(), z.string());
/** Passed on unseen. */
export const object = () => z.looseObject({});
export const objects = () => z.array(object());
export const dnsLabel = () => z.string().regex(DNS_LABEL);
export const absolutePath = () => z.string().regex(/^\/[^\0]*$/);
export const id = () =>
  z
    .int()
    .min(0)
    .max(2 ** 31 - 1);
export const quantity = () => z.union([z.int().min(0), z.string().regex(new RegExp(QUANTITY))]);
/** Go's duration, as Prometheus' operator writes them. */
export const interval = () => z.string().regex(/^(\d+(ms|[smhdwy]))+$/);
export const nodeLabel = () =>
  z.string().regex(new RegExp(`^$|${LABEL_NAME.slice(0, -1)}(=${LABEL_VALUE.slice(1, -1)})?$`));

export const resources = () =>
  z.strictObject({
    requests: z.record(z.string(), quantityOfAny()).optional(),
    limits: z.record(z.string(), quantityOfAny()).optional(),
    claims: objects().optional(),
  });

const quantityOfAny = () => z.union([z.number().min(0), z.string().regex(new RegExp(QUANTITY))]);

export const seccompProfile = () =>
  z.union([
    z.strictObject({ type: z.enum(['RuntimeDefault', 'Unconfined']) }),
    z.strictObject({ type: z.literal('Localhost'), localhostProfile: z.string().min(1) }),
  ]);
