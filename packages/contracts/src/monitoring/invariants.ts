import { compareText } from '@triflow/protocol';
import { eachRecord, type Invariant } from '../invariant.js';
import { alerts, assetAlerts, batches, devices, episodes } from './keys.js';
import { isOpen } from './lifecycle.js';

/** Checked after random command sequences, and by whoever holds a whole state. */
export const invariants: readonly Invariant[] = [
  {
    rule: 'N1 an episode has one alert',
    broken: (state) => {
      const keys = state
        .records(alerts)
        .map((alert) => `${alert.rule ?? ''} ${alert.kind} ${alert.asset} ${alert.episode}`);
      return keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `N1: ${key}`);
    },
  },
  {
    rule: 'N2 the critical alerts open on an asset are counted on it',
    broken: (state) => {
      const open = state.records(alerts).filter((alert) => isOpen(alert.state));
      const assets = [...new Set(state.records(alerts).map((alert) => alert.asset))];
      return assets
        .filter((asset) => {
          const own = open.filter((alert) => alert.asset === asset);
          const critical = own.filter((alert) => alert.severity === 'critical').length;
          const counted = state.read(assetAlerts, asset);
          return counted?.open !== own.length || counted.openCritical !== critical;
        })
        .map((asset) => `N2: ${asset}`);
    },
  },
  {
    rule: 'N3 no sequence number of a device is in two batches',
    broken: (state) =>
      state
        .records(devices)
        .filter((device) => {
          const own = state
            .records(batches)
            .filter((batch) => batch.device === device.id)
            .sort((a, b) => a.toSeq - b.toSeq || compareText(a.txId, b.txId));
          const apart = own.every((batch, at) => batch.fromSeq > (own[at - 1]?.toSeq ?? 0));
          return !apart || (own.at(-1)?.toSeq ?? 0) !== device.lastSeq;
        })
        .map((device) => `N3: ${device.id}`),
  },
  {
    rule: 'an open episode names an alert that is not cleared',
    broken: (state) =>
      state
        .records(episodes)
        .filter((episode) => {
          const alert = state.read(alerts, episode.alert);
          return alert === undefined || (alert.clearedAt === undefined) !== episode.open;
        })
        .map((episode) => `episode of ${episode.alert}`),
  },
  eachRecord('an alert that is closed says by whom', alerts, (alert) => {
    return isOpen(alert.state) === (alert.closed === undefined);
  }),
];
