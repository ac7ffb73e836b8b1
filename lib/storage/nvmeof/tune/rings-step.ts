import { z } from 'zod';
import { runCommand, type StepKind, type StepKinds } from '../../../change/index.ts';
import { parseRings } from './parse-network.ts';

const SIZES = z.strictObject({
  rx: z
    .number()
    .int()
    .min(1)
    .max(1 << 20),
  tx: z
    .number()
    .int()
    .min(1)
    .max(1 << 20),
});

const schema = z.strictObject({
  do: z.literal('ethtool-rings'),
  device: z.string().regex(/^[^\s/.-][^\s/]{0,14}$/),
  from: SIZES,
  to: SIZES,
});

export type EthtoolRings = z.infer<typeof schema>;
type Sizes = z.infer<typeof SIZES>;

/** How many packets a network card may keep for the processor. Most cards lose their link for a moment. */
const ringsStep: StepKind<EthtoolRings> = {
  do: 'ethtool-rings',
  schema,
  describe: ({ device, from, to }) =>
    `set the rings of ${device} from ${from.rx} and ${from.tx} to ${to.rx} received and ${to.tx} sent packets`,
  command: ({ device, to }) => setCommand(device, to),
  isDone: async ({ device, to }) => isSame(await readRings(device), to),
  async apply({ device, to }, { signal }) {
    await runCommand(setCommand(device, to), { signal });
  },
  async undo({ device, from, to }, { signal }) {
    // What somebody set since is theirs.
    if (!isSame(await readRings(device), to)) return;
    await runCommand(setCommand(device, from), { signal });
  },
};

export const TUNE_STEPS: StepKinds = [ringsStep];

function setCommand(device: string, { rx, tx }: Sizes): readonly string[] {
  return ['ethtool', '-G', device, 'rx', String(rx), 'tx', String(tx)];
}

async function readRings(device: string): Promise<Partial<Record<keyof Sizes, number | null>> | null> {
  return parseRings(await runCommand(['ethtool', '--json', '-g', device]));
}

function isSame(rings: Partial<Record<keyof Sizes, number | null>> | null, wanted: Sizes): boolean {
  return rings?.rx === wanted.rx && rings.tx === wanted.tx;
}
