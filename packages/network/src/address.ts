import { isIPv4, isIPv6 } from 'node:net';
import { multiaddr } from '@multiformats/multiaddr';
import { failure, type Result, success } from '@triflow/protocol';

const HOST_NAME = /^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$/;
const HOST_AND_PORT = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):([0-9]{1,5})$/;
const ADDRESS_TEXT_MAX = 512;
/** What a multiaddr of a node may consist of: a host, a TCP port, perhaps the peer id. */
const PARTS = ['host', 'tcp', 'p2p'] as const;
const HOST_PROTOCOLS = new Set(['ip4', 'ip6', 'dns', 'dns4', 'dns6']);

/** `host:port`, `[v6]:port` or multiaddr text of a TCP address, as multiaddr text. */
export function multiaddrFromAddress(text: string): Result<string> {
  if (text.length > ADDRESS_TEXT_MAX) return wrongAddress('an address too long to be one');
  if (text.startsWith('/')) return parseMultiaddr(text);
  const match = HOST_AND_PORT.exec(text);
  if (match === null) return wrongAddress(text);
  const host = match[1] ?? match[2] ?? '';
  if (match[1] !== undefined && !isIPv6(host)) return wrongAddress(text);
  const address = multiaddrFromHost(host, Number(match[3]));
  return address === undefined || Number(match[3]) === 0 ? wrongAddress(text) : success(address);
}

/** The multiaddr text of a host (name or address) and a TCP port; undefined when it is neither. */
export function multiaddrFromHost(host: string, port: number): string | undefined {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return undefined;
  if (isIPv4(host)) return `/ip4/${host}/tcp/${port}`;
  if (isIPv6(host)) return `/ip6/${host}/tcp/${port}`;
  if (!HOST_NAME.test(host) || /^[0-9.]+$/.test(host)) return undefined;
  return `/dns/${host}/tcp/${port}`;
}

/** `host:port` as people write it. */
export function textFromHostPort(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

function parseMultiaddr(text: string): Result<string> {
  try {
    const address = multiaddr(text);
    const names = address.getComponents().map((part) => part.name);
    const kinds = names.map((name) => (HOST_PROTOCOLS.has(name) ? 'host' : name));
    const wanted = PARTS.slice(0, kinds.length);
    const fits = kinds.length >= 2 && kinds.length <= PARTS.length;
    if (!fits || kinds.some((kind, i) => kind !== wanted[i])) return wrongAddress(text);
    return success(address.toString());
  } catch {
    return wrongAddress(text);
  }
}

function wrongAddress(text: string): Result<string> {
  const want = 'want host:port, [v6]:port or a multiaddr such as /ip4/10.0.0.1/tcp/7000';
  return failure('address_invalid', `${text}: ${want}`);
}
