import { isAbsolute, normalize } from 'node:path';
import { z } from 'zod';
import { WarmsetError } from '../../../errors.ts';
import { wrongFibreChannel, wrongHostId, wrongInterface, wrongIp, wrongNqn, wrongService } from './names.ts';

export const TRANSPORTS = ['tcp', 'rdma', 'fc', 'loop'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** What the kernel takes; a check warns where a time makes no sense. */
const MOST_SECONDS = 2 ** 31 - 1;

const text = (wrong: (value: string) => string | null): z.ZodType<string> =>
  z.string().superRefine((value, context) => {
    const message = wrong(value);
    if (message !== null)
      context.addIssue({ code: 'custom', message: `${JSON.stringify(value)} ${message}` });
  });

/** Where a secret is found when it is needed: it stands in no plan, journal or command line. */
const SECRET = z.discriminatedUnion('from', [
  z.strictObject({
    from: z.literal('file'),
    path: z
      .string()
      .max(4095)
      .refine(
        (path) => isAbsolute(path) && normalize(path) === path && !path.includes('\0'),
        'must be absolute',
      ),
  }),
  z.strictObject({
    from: z.literal('environment'),
    name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/),
  }),
]);

export type SecretSource = z.infer<typeof SECRET>;

/** What a connection is to be. Times in seconds. Strict, because it is also read back from a journal. */
export const CONNECT_REQUEST = z
  .strictObject({
    transport: z.enum(TRANSPORTS),
    nqn: text(wrongNqn),
    address: z.string().max(128).nullable(),
    service: text(wrongService).nullable(),
    hostNqn: text(wrongNqn).nullable(),
    hostId: text(wrongHostId).nullable(),
    hostAddress: z.string().max(128).nullable(),
    hostInterface: text(wrongInterface).nullable(),
    /** 0 switches it off: then nobody notices a target that is gone until something is read. */
    keepAliveSeconds: z.number().int().min(0).max(MOST_SECONDS),
    reconnectDelaySeconds: z.number().int().min(1).max(MOST_SECONDS),
    /** -1: never given up. */
    ctrlLossSeconds: z.number().int().min(-1).max(MOST_SECONDS),
    /** `null`: requests wait until the controller is given up. */
    fastIoFailSeconds: z.number().int().min(0).max(MOST_SECONDS).nullable(),
    ioQueues: z.number().int().min(1).max(65_535),
    queueSize: z.number().int().min(16).max(1024),
    headerDigest: z.boolean(),
    dataDigest: z.boolean(),
    secret: SECRET.nullable(),
    controllerSecret: SECRET.nullable(),
  })
  .superRefine((request, context) => {
    for (const [path, message] of contradictions(request)) {
      context.addIssue({ code: 'custom', message, path: [path] });
    }
  });

export type ConnectRequest = z.infer<typeof CONNECT_REQUEST>;

/** What doesn't go together, with the option that is to blame. Pure. */
function* contradictions(request: {
  readonly transport: Transport;
  readonly address: string | null;
  readonly service: string | null;
  readonly hostAddress: string | null;
  readonly hostInterface: string | null;
  readonly headerDigest: boolean;
  readonly dataDigest: boolean;
  readonly ctrlLossSeconds: number;
  readonly fastIoFailSeconds: number | null;
  readonly secret: SecretSource | null;
  readonly controllerSecret: SecretSource | null;
}): Generator<readonly [keyof ConnectRequest, string]> {
  const { transport, address, service, hostAddress, hostInterface, ctrlLossSeconds, fastIoFailSeconds } =
    request;
  const ip = transport === 'tcp' || transport === 'rdma';
  const wrong = ip ? wrongIp : wrongFibreChannel;
  if (transport === 'loop') {
    if (address !== null) yield ['address', 'is not for the transport loop'];
    if (hostAddress !== null) yield ['hostAddress', 'is not for the transport loop'];
  } else {
    if (address === null) yield ['address', `is needed for the transport ${transport}`];
    for (const [name, value] of [
      ['address', address],
      ['hostAddress', hostAddress],
    ] as const) {
      const message = value === null ? null : wrong(value);
      if (message !== null) yield [name, `${JSON.stringify(value)} ${message}`];
    }
    if (transport === 'fc' && hostAddress === null) yield ['hostAddress', 'is needed for the transport fc'];
  }
  if (service !== null && !ip) yield ['service', `is not for the transport ${transport}`];
  if (service === null && ip) yield ['service', `is needed for the transport ${transport}`];
  if (hostInterface !== null && transport !== 'tcp') yield ['hostInterface', 'is for the transport tcp only'];
  if (request.headerDigest && transport !== 'tcp') yield ['headerDigest', 'is for the transport tcp only'];
  if (request.dataDigest && transport !== 'tcp') yield ['dataDigest', 'is for the transport tcp only'];
  if (fastIoFailSeconds !== null && ctrlLossSeconds >= 0 && fastIoFailSeconds > ctrlLossSeconds) {
    yield ['fastIoFailSeconds', 'is later than the controller is given up'];
  }
  if (request.controllerSecret !== null && request.secret === null) {
    yield ['controllerSecret', 'needs a secret of the host, too'];
  }
}

const OPTION_OF: Readonly<Record<keyof ConnectRequest, string>> = {
  transport: '--transport',
  nqn: '--nqn',
  address: '--address',
  service: '--service',
  hostNqn: '--host-nqn',
  hostId: '--host-id',
  hostAddress: '--host-address',
  hostInterface: '--host-interface',
  keepAliveSeconds: '--keep-alive',
  reconnectDelaySeconds: '--reconnect-delay',
  ctrlLossSeconds: '--ctrl-loss',
  fastIoFailSeconds: '--fast-io-fail',
  ioQueues: '--io-queues',
  queueSize: '--queue-size',
  headerDigest: '--header-digest',
  dataDigest: '--data-digest',
  secret: '--secret',
  controllerSecret: '--controller-secret',
};

/** @throws WarmsetError `WARMSET_BAD_ARGUMENT` with the option that is wrong. */
export function checkRequest(request: ConnectRequest): ConnectRequest {
  const read = CONNECT_REQUEST.safeParse(request);
  if (read.success) return read.data;
  const [first] = read.error.issues;
  const field = String(first?.path[0] ?? '');
  const option = Object.hasOwn(OPTION_OF, field) ? OPTION_OF[field as keyof ConnectRequest] : field;
  throw new WarmsetError('WARMSET_BAD_ARGUMENT', `${option} ${first?.message ?? 'is wrong'}`, {
    subject: option,
    remedy: 'see warmset nvmeof connect --help',
  });
}
