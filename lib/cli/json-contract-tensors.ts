// Types only: every verb loads what is beside this file.
import type { TargetFailure } from '../targets/index.ts';
import { toNamed } from './json-contract.ts';
import { type CountedLayer, sumOf, type TensorReport } from './tensor-report.ts';

/** The document of `targets tensors`; see json-contract.ts for what a contract is. */
export function targetsTensorsJson(
  reports: readonly TensorReport[],
  failures: readonly TargetFailure[],
): object {
  return { schema: 'warmset.targetsTensors/1', files: reports.map(fileJson), failures };
}

function fileJson({ file, table, layers, residency }: TensorReport): object {
  const { length, resident } = sumOf(layers);
  return {
    ...toNamed(file),
    format: table.format,
    size: table.fileSize,
    headerBytes: table.headerLength,
    architecture: table.format === 'gguf' ? table.architecture : null,
    name: table.format === 'gguf' ? table.name : null,
    layers: layers.map(layerJson),
    total: {
      tensors: layers.reduce((sum, { tensors }) => sum + tensors.length, 0),
      size: length,
      residentBytes: resident,
    },
    reason: residency.state === 'unknown' ? residency.reason.message : null,
    ...(residency.state === 'unknown'
      ? { reasonCode: residency.reason.code, remedy: residency.reason.remedy }
      : {}),
  };
}

function layerJson({ name, tensors, length, resident }: CountedLayer): object {
  return {
    name,
    size: length,
    residentBytes: resident,
    tensors: tensors.map((tensor) => ({
      name: tensor.name,
      dtype: tensor.dtype,
      shape: tensor.shape,
      offset: tensor.offset,
      size: tensor.length,
      residentBytes: tensor.resident,
    })),
  };
}
