import { parseConfig } from '../../lib/config/index.ts';
import { type Manifest, only, type Values } from './helm.ts';

/** As far as these tests look into them. */
export interface PodSpec {
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly automountServiceAccountToken: boolean;
}
export interface Container {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly restartPolicy?: string;
  readonly resources: { readonly limits?: { readonly memory?: string }; readonly requests?: Values };
  readonly securityContext: Values;
  readonly readinessProbe?: { readonly httpGet: Values };
}

/** The pod of a DaemonSet or a Deployment. */
export function podOf(manifest: Manifest): PodSpec {
  return (manifest.spec as { readonly template: { readonly spec: PodSpec } }).template.spec;
}

/** The only container of the only DaemonSet. */
export function keeperOf(manifests: readonly Manifest[]): Container {
  const [container] = podOf(only(manifests, 'DaemonSet')).containers;
  if (container === undefined) throw new Error('no container');
  return container;
}

/** The rendered warmset.yaml, as the keeper reads it. */
export function configOf(manifests: readonly Manifest[]) {
  const found = manifests.find(({ data }) => data?.['warmset.yaml'] !== undefined);
  return parseConfig(found?.data?.['warmset.yaml'] ?? '').config;
}
