import type { NodeInfo } from './backend.js';

/** What a browser is told of every answer: data of this origin, never a frame or a script. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The headers that name chain, height and request. */
export function chainHeaders(
  info: Pick<NodeInfo, 'chainId' | 'height'>,
  requestId: string,
): Record<string, string> {
  return {
    'triflow-chain-id': info.chainId,
    'triflow-height': String(info.height),
    'triflow-request-id': requestId,
  };
}
