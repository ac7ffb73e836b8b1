import type { DeviceNode, KnownPlace, Place } from './types.ts';

/** Every place of a tree, from the top. Pure. */
export function* places(place: Place): Generator<Place> {
  yield place;
  if (place.state === 'hidden') return;
  for (const layer of place.layers) yield* places(layer);
  for (const device of devices(place.device)) if (device.backing) yield* places(device.backing);
}

/** A place's device and those that it is made of, from the top; not those under a loop device's file. Pure. */
export function* devices(device: DeviceNode | null): Generator<DeviceNode> {
  if (device === null) return;
  yield device;
  for (const member of device.members) yield* devices(member);
}

export function knownPlaces(place: Place): readonly KnownPlace[] {
  return [...places(place)].filter((found) => found.state === 'known');
}

/** Every device under a path, each once. */
export function everyDevice(place: Place): readonly DeviceNode[] {
  const found = new Map<string, DeviceNode>();
  for (const { device } of knownPlaces(place)) {
    for (const each of devices(device)) if (!found.has(each.name)) found.set(each.name, each);
  }
  return [...found.values()];
}
