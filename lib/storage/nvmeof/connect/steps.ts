import { z } from 'zod';
import type { StepKind, StepKinds } from '../../../change/index.ts';
import { connectNow, findControllers } from './connect-now.ts';
import { disconnectNow } from './disconnect-now.ts';
import { fabricsLine, nvmeConnectCommand } from './options.ts';
import { CONNECT_REQUEST } from './request.ts';

const fields = { request: CONNECT_REQUEST, way: z.enum(['nvme-cli', 'kernel']) };
const connectSchema = z.strictObject({ do: z.literal('nvme-connect'), ...fields });
const disconnectSchema = z.strictObject({
  do: z.literal('nvme-disconnect'),
  ...fields,
  /** As it was called when this was planned, for the reader: what is ended is found by what it is connected to. */
  controller: z.string().regex(/^nvme\d{1,9}$/),
});

export type NvmeConnect = z.infer<typeof connectSchema>;
export type NvmeDisconnect = z.infer<typeof disconnectSchema>;

const nvmeConnectStep: StepKind<NvmeConnect> = {
  do: 'nvme-connect',
  schema: connectSchema,
  describe: ({ request, way }) =>
    `connect to ${placeOf(request)}${way === 'kernel' ? ' through /dev/nvme-fabrics' : ''}`,
  command: connectCommand,
  isDone: async ({ request }) => (await findControllers(request)).length > 0,
  apply: ({ request, way }, { signal }) => connectNow(request, way, signal),
  async undo({ request }, { signal }) {
    for (const controller of await findControllers(request)) await disconnectNow(controller, signal);
  },
};

const nvmeDisconnectStep: StepKind<NvmeDisconnect> = {
  do: 'nvme-disconnect',
  schema: disconnectSchema,
  describe: ({ request, controller }) => `disconnect ${controller} from ${placeOf(request)}`,
  command: ({ controller }) => ['nvme', 'disconnect', `--device=${controller}`],
  isDone: async ({ request }) => (await findControllers(request)).length === 0,
  async apply({ request }, { signal }) {
    for (const controller of await findControllers(request)) await disconnectNow(controller, signal);
  },
  async undo({ request, way }, { signal }) {
    if ((await findControllers(request)).length === 0) await connectNow(request, way, signal);
  },
};

export const CONNECT_STEPS: StepKinds = [nvmeConnectStep, nvmeDisconnectStep];

/** With a secret there is no command line that should be typed. */
function connectCommand({ request, way }: NvmeConnect): readonly string[] | null {
  if (way === 'nvme-cli') return nvmeConnectCommand(request);
  if (request.secret !== null) return null;
  return ['sh', '-c', 'printf %s "$1" > /dev/nvme-fabrics', 'sh', fabricsLine(request)];
}

function placeOf({ nqn, transport, address, service }: NvmeConnect['request']): string {
  const where = address === null ? '' : ` at ${address}${service === null ? '' : ` port ${service}`}`;
  return `${nqn} by ${transport}${where}`;
}
