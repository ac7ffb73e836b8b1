import type { ExplainedTarget, Explanation } from '../targets/index.ts';
import { toNamed } from './json-contract.ts';

/** What `targets explain --json` prints; json-contract.ts has the rules. */
export function targetsExplainJson({ set, targets }: Explanation): object {
  return {
    schema: 'warmset.targetsExplain/1',
    targets: targets.map(targetJson),
    total: { files: set.files.length, size: set.size },
    failures: set.failures,
  };
}

function targetJson({ files, failures, ...target }: ExplainedTarget): object {
  const { kind, at, revision, looked, notes, leftOut } = target;
  return {
    target: target.target,
    kind,
    at,
    revision,
    looked,
    notes,
    files: files.map(({ file, why }) => {
      const { dev, ino, size, role = null } = file;
      return { ...toNamed(file), dev, ino, size, role, why };
    }),
    leftOut,
    failures,
  };
}
