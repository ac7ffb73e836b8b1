import type { Path } from '../../config/tree.ts';
import type { RolloutFile } from './schema.ts';

export interface Slip {
  readonly path: Path;
  readonly message: string;
  readonly remedy: string | null;
}

/** What no key by itself can be blamed for. */
export function crossCheck(file: RolloutFile): readonly Slip[] {
  return [
    ...twice(file.gates, 'gates'),
    ...twice(file.stages, 'stages'),
    ...file.stages.flatMap(({ gates = [] }, stage) =>
      gates.flatMap((name, at) =>
        file.gates.some((gate) => gate.name === name)
          ? []
          : [
              slip(
                ['stages', stage, 'gates', at],
                `there is no gate ${name}`,
                'use the name of one of gates',
              ),
            ],
      ),
    ),
    ...sides(file),
    ...secrets(file),
    ...(file.during / file.window < file.leastWindows
      ? [
          slip(
            ['during'],
            `has fewer than ${file.leastWindows} windows`,
            'look further back, or lower leastWindows',
          ),
        ]
      : []),
    ...(file.during / file.window > 10_000
      ? [slip(['during'], 'has more than 10,000 windows, which Prometheus refuses', 'make window longer')]
      : []),
  ];
}

function slip(path: Path, message: string, remedy: string | null = null): Slip {
  return { path, message, remedy };
}

function twice(items: readonly { readonly name: string }[], key: string): readonly Slip[] {
  return items.flatMap(({ name }, at) =>
    items.findIndex((one) => one.name === name) === at
      ? []
      : [slip([key, at, 'name'], `${name} is there twice`)],
  );
}

/** Without labels, or with the same, canary and control would be one: and no worse than itself is everything. */
function sides({ canary, control, stages }: RolloutFile): readonly Slip[] {
  const pairs = [
    { path: ['canary'] as Path, canary, control },
    ...stages.map((stage, at) => ({
      path: ['stages', at, 'canary'] as Path,
      canary: stage.canary ?? canary,
      control: stage.control ?? control,
    })),
  ];
  return pairs.flatMap(({ path, canary: one, control: other }) => {
    if (JSON.stringify(sorted(one.server)) !== JSON.stringify(sorted(other.server))) return [];
    return [
      slip(path, 'the servers of canary and control are the same', 'give server labels that tell them apart'),
    ];
  });
}

function sorted(labels: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}

function secrets({ prometheus }: RolloutFile): readonly Slip[] {
  const { tokenFile, tokenVariable, user, passwordFile, passwordVariable } = prometheus;
  const given = [tokenFile, tokenVariable, passwordFile, passwordVariable].filter((one) => one !== undefined);
  const password = passwordFile !== undefined || passwordVariable !== undefined;
  if (given.length > 1) return [slip(['prometheus'], 'more than one token or password is given', 'keep one')];
  if (password !== (user !== undefined)) {
    return [slip(['prometheus'], 'user and passwordFile (or passwordVariable) belong together')];
  }
  return [];
}
