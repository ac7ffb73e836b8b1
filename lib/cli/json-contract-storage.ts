import type { FootprintReport, ReadingSummary } from '../storage/footprint/index.ts';
import type { DeviceNode, KnownPlace, NvmeNode, Place, StorageInspection } from '../storage/inspect/index.ts';

/** The documents of `warmset storage`, under the same contract as those of json-contract.ts. */

export function storageInspectJson(inspections: readonly StorageInspection[]): object {
  return { schema: 'warmset.storageInspect/1', paths: inspections.map(inspectionJson) };
}

/** A tree as two lists that refer to each other: no reader has to walk it, and no field has an endless name. */
function inspectionJson({ place, findings }: StorageInspection): object {
  const places: object[] = [];
  const devices = new Map<string, object | null>();
  addPlace(place, places, devices);
  return { path: place.path, places, devices: [...devices.values()], findings };
}

function addPlace(place: Place, places: object[], devices: Map<string, object | null>): number {
  const at = places.length;
  const { state, role, path } = place;
  // Its number is taken before those of what it stands on.
  places.push({});
  places[at] =
    place.state === 'hidden'
      ? { state, role, path, why: place.why }
      : { state, role, path, why: null, ...knownJson(place, places, devices) };
  return at;
}

function knownJson(place: KnownPlace, places: object[], devices: Map<string, object | null>): object {
  const { realPath, mount, part, filesystem, space, readAhead } = place;
  const device = place.device === null ? null : addDevice(place.device, places, devices);
  const layers = place.layers.map((layer) => addPlace(layer, places, devices));
  return { realPath, mount, part, filesystem, space, readAhead, layers, device };
}

function addDevice(device: DeviceNode, places: object[], devices: Map<string, object | null>): string {
  const { name, members, backing, nvme, ...rest } = device;
  if (devices.has(name)) return name;
  devices.set(name, null);
  devices.set(name, {
    name,
    ...rest,
    nvme: nvme === null ? null : nvmeJson(nvme),
    backing: backing === null ? null : addPlace(backing, places, devices),
    members: members.map((member) => addDevice(member, places, devices)),
  });
  return name;
}

function nvmeJson({ subsystem, namespaceId, ioPolicy, paths }: NvmeNode): object {
  return { subsystem, namespaceId, ioPolicy, paths };
}

export function footprintJson(report: FootprintReport, reading: ReadingSummary): object {
  const { readBytes, leftPages, stopped } = reading;
  return { schema: 'warmset.footprint/1', ...report, reading: { readBytes, leftPages, stopped } };
}
