import { Argument, type Command, Option } from 'commander';
import { WarmsetError } from '../../errors.ts';
import {
  applyOverlay,
  DEFAULT_FEATURES,
  type OverlayFeatures,
  type OverlayOptions,
  prepareOverlay,
  readOverlayStatus,
  removeOverlay,
} from '../../storage/overlay/index.ts';
import { STORAGE_STEPS } from '../../storage/step-kinds.ts';
import { parseSize } from '../../units.ts';
import { EXIT } from '../exit-codes.ts';
import { overlayPlanJson, overlayRecordJson, overlayStatusJson } from '../json-contract-layers.ts';
import { renderChangePlan } from '../render/change-plan.ts';
import { renderApplied, renderOverlayDiff, renderOverlayStatus, renderRemoved } from '../render/layers.ts';
import type { Session } from '../session.ts';
import type { Define } from '../verbs.ts';
import {
  addLayerOptions,
  changeOptions,
  type LayerFlags,
  needed,
  policyOf,
  printer,
} from './layer-options.ts';

const ACTIONS = ['plan', 'apply', 'status', 'diff', 'remove'] as const;
type Action = (typeof ACTIONS)[number];

interface Flags extends LayerFlags {
  readonly lower?: string;
  readonly writableLower?: boolean;
  readonly least?: number;
  readonly index: OverlayFeatures['index'];
  readonly xino: OverlayFeatures['xino'];
  readonly volatile?: boolean;
}

const EXAMPLE = 'warmset storage overlay plan /srv/vllm/cache --lower /mnt/shared/cache';

export const define: Define = (command: Command, session, exit) => {
  command
    .addArgument(new Argument('<action>', 'what to do').choices([...ACTIONS]))
    .argument('<path>', 'the directory that the backend uses')
    .option('--lower <dir>', 'the shared base, mounted read-only')
    .option('--writable-lower', 'nobody writes to the base, although it is writable')
    .option('--least <size>', 'smaller files are not compared with the base (default: 1MiB)', (text) =>
      parseSize(text, '--least'),
    )
    .addOption(
      new Option('--index <state>', 'of overlayfs').choices(['on', 'off']).default(DEFAULT_FEATURES.index),
    )
    .addOption(
      new Option('--xino <state>', 'of overlayfs')
        .choices(['on', 'off', 'auto'])
        .default(DEFAULT_FEATURES.xino),
    )
    .option('--volatile', 'of overlayfs: flush nothing');
  addLayerOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (action: Action, path: string, flags: Flags) => {
      const change = changeOptions(flags.state, session);
      const print = printer(flags.json, session);
      if (action === 'plan') {
        const plan = await prepareOverlay(path, await optionsOf(flags, session), change);
        if (plan.checks.some(({ verdict }) => verdict === 'refuse')) exit(EXIT.notAllDone);
        await print(overlayPlanJson(plan, STORAGE_STEPS), () =>
          renderChangePlan(session.terminal, plan, STORAGE_STEPS),
        );
      } else if (action === 'apply') {
        const record = await applyOverlay(path, await optionsOf(flags, session), change);
        await print(overlayRecordJson(action, record, null, STORAGE_STEPS), () =>
          renderApplied(session.terminal, record),
        );
      } else if (action === 'remove') {
        const { record, kept } = await removeOverlay(path, change);
        await print(overlayRecordJson(action, record, kept, STORAGE_STEPS), () =>
          renderRemoved(session.terminal, record, kept),
        );
      } else {
        const status = await readOverlayStatus(path, change);
        const sound =
          status.record.state === 'applied' &&
          status.mounts.every(({ mounted }) => mounted) &&
          status.drift?.length === 0;
        if (!sound) exit(EXIT.notAllDone);
        await print(overlayStatusJson(action, status, STORAGE_STEPS), () =>
          (action === 'status' ? renderOverlayStatus : renderOverlayDiff)(session.terminal, status),
        );
      }
    });
};

const EXAMPLES = `
Example:
  $ ${EXAMPLE}`;

async function optionsOf(flags: Flags, session: Session): Promise<OverlayOptions> {
  const { local, writableLower, least, index, xino, volatile = false, persist } = flags;
  if (least !== undefined && least < 1) {
    throw new WarmsetError('WARMSET_BAD_ARGUMENT', '--least must be at least one byte', {
      remedy: 'name a size, such as 1MiB',
    });
  }
  return {
    lower: needed(flags.lower, '--lower', EXAMPLE),
    policy: await policyOf(flags, session),
    features: { index, xino, volatile },
    ...{ local, writableLower, least, persist, signal: session.signal },
  };
}
